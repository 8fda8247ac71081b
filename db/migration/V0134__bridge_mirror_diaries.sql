-- Whether a mapped calendar of GoHighLevel shows its practitioner's taken times.
ALTER TABLE bridge_calendars ADD COLUMN mirror boolean NOT NULL DEFAULT false;

-- Calendars that are compared with the EMR's diary. A row outlives its mapping until everything of ours is taken out
-- of the calendar. Times are the database's clock.
CREATE TABLE bridge_mirrors (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  calendar_id text NOT NULL,
  due_at timestamptz NOT NULL,       -- when it is compared again, whatever wake was lost
  again boolean NOT NULL,            -- woken once more while it was being compared
  turn integer NOT NULL,             -- whose it is: rises with every claim
  claimed_until timestamptz,
  tries integer NOT NULL,            -- failures in a row; while there are any, no wake comes before due_at
  code text,                         -- why the last try failed
  failing_since timestamptz,
  failed_at timestamptz,
  PRIMARY KEY (tenant_id, connection_id, calendar_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('bridge_mirrors');
CALL app.allow_sweep('bridge_mirrors', 'tenant_id, due_at, claimed_until');

-- Blocked times we wrote into calendars, and nobody else's. A row is written before the call that makes the block.
CREATE TABLE bridge_blocks (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  calendar_id text NOT NULL,
  subject text NOT NULL,             -- the EMR's appointment, or the diary entry that all of a class share
  location_id text NOT NULL,
  mark text NOT NULL,                -- stands in the block's title, so that a lost one is found
  event_id text,                     -- GoHighLevel's; null while it is not known to exist
  starts_at timestamptz NOT NULL,    -- what was written last
  ends_at timestamptz NOT NULL,
  sure boolean NOT NULL,             -- whether GoHighLevel confirmed it
  tries integer NOT NULL,            -- refusals in a row
  due_at timestamptz,                -- not tried before; null for at once
  refused_since timestamptz,
  refused_at timestamptz,
  PRIMARY KEY (tenant_id, connection_id, calendar_id, subject),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CALL app.protect_tenant_table('bridge_blocks');
CREATE INDEX bridge_blocks_by_event ON bridge_blocks (tenant_id, event_id);
