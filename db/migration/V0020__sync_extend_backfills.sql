-- What a backfill must remember to be paused, resumed and explained [SY-2].
ALTER TABLE sync_backfills
  ADD COLUMN active_only boolean NOT NULL DEFAULT false,
  ADD COLUMN done_sources text[] NOT NULL DEFAULT '{}',
  ADD COLUMN skipped integer NOT NULL DEFAULT 0,
  ADD COLUMN worked_ms bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT sync_backfills_state CHECK (state IN ('QUEUED', 'RUNNING', 'PAUSED', 'DONE', 'CANCELLED', 'FAILED'));
-- One at a time per connection: they share its quota and its places.
CREATE UNIQUE INDEX sync_backfills_one_open ON sync_backfills (tenant_id, connection_id)
  WHERE state IN ('QUEUED', 'RUNNING', 'PAUSED');
