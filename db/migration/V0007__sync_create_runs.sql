-- One row per connection and lane: who runs it now. Every write of a run checks the fence [R19].
CREATE TABLE sync_leases (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  lane text NOT NULL,
  fence bigint NOT NULL,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, lane),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('sync_leases');

-- How far each source is read. "mark": every change before this vendor time is stored. The window columns describe a
-- window being read; they survive a crash, so that reading goes on from its last page [R3, F1].
CREATE TABLE sync_checkpoints (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  lane text NOT NULL,
  source text NOT NULL,
  mark timestamptz,
  window_since timestamptz,
  window_from timestamptz,
  window_to timestamptz,
  window_cursor text,
  window_seen_to timestamptz,
  window_vendor_start timestamptz,
  generation bigint,
  done_at timestamptz,
  PRIMARY KEY (tenant_id, connection_id, lane, source),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('sync_checkpoints');

CREATE TABLE sync_runs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  lane text NOT NULL,
  state text NOT NULL,
  code text,
  fence bigint NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  pages integer NOT NULL,
  read integer NOT NULL,
  created integer NOT NULL,
  updated integer NOT NULL,
  unchanged integer NOT NULL,
  removed integer NOT NULL,
  rejected integer NOT NULL,
  sources jsonb NOT NULL,
  next_run_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('sync_runs');
CREATE INDEX sync_runs_by_connection ON sync_runs (tenant_id, connection_id, started_at DESC);

-- Ids a full sweep has met so far; whatever it has not met at its end is asked for one by one [R7].
CREATE TABLE sync_sweep_seen (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  source text NOT NULL,
  generation bigint NOT NULL,
  id text NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, source, generation, id)
);
CALL app.protect_tenant_table('sync_sweep_seen');

-- What a reconciliation found, per source: both counts and every gap with its reason [SY-3].
CREATE TABLE sync_reconciliations (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  source text NOT NULL,
  generation bigint NOT NULL,
  finished_at timestamptz NOT NULL,
  emr_count integer NOT NULL,
  our_count integer NOT NULL,
  repaired integer NOT NULL,
  removed integer NOT NULL,
  quarantined integer NOT NULL,
  unexplained integer NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, source, generation)
);
CALL app.protect_tenant_table('sync_reconciliations');

-- A backfill somebody asked for [SY-2].
CREATE TABLE sync_backfills (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  sources text[] NOT NULL,
  range_from timestamptz,
  range_to timestamptz,
  announce boolean NOT NULL,
  dry_run boolean NOT NULL,
  state text NOT NULL,
  code text,
  requested_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  read integer NOT NULL,
  created integer NOT NULL,
  updated integer NOT NULL,
  unchanged integer NOT NULL,
  rejected integer NOT NULL,
  expected integer,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('sync_backfills');
