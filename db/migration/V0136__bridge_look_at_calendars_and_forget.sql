-- When a calendar came to stand for both practitioner and treatment; null while it leaves one of them to the workflow.
-- What GoHighLevel had before is not ours to book, so calendars of today count from today.
ALTER TABLE bridge_calendars ADD COLUMN mapped_at timestamptz;
-- Row-level security binds the tables' owner, too; what is there already is filled without it.
ALTER TABLE bridge_calendars NO FORCE ROW LEVEL SECURITY;
UPDATE bridge_calendars SET mapped_at = now() WHERE practitioner IS NOT NULL AND treatment IS NOT NULL;
ALTER TABLE bridge_calendars FORCE ROW LEVEL SECURITY;
CALL app.allow_sweep('bridge_calendars', 'tenant_id, mapped_at');

-- What a look at a calendar should find there.
CREATE INDEX bridge_appointments_by_calendar ON bridge_appointments (tenant_id, calendar_id, ends_at);

-- Appointments that a look at a calendar found and that came to nothing: not judged again until GoHighLevel changes them.
CREATE TABLE bridge_looks (
  tenant_id uuid NOT NULL,
  ghl_appointment_id text NOT NULL,
  ghl_state text NOT NULL,           -- whether it is live, and when, as GoHighLevel said it
  changed_at timestamptz,            -- when GoHighLevel says it was changed last
  looked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, ghl_appointment_id),
  FOREIGN KEY (tenant_id) REFERENCES clinics (id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('bridge_looks');

-- What is old is forgotten a clinic at a time, in small batches.
CREATE INDEX bridge_appointments_old ON bridge_appointments (tenant_id, greatest(ends_at, updated_at))
  WHERE stage = 'DONE' AND NOT again;
CALL app.allow_sweep('bridge_looks', 'tenant_id');
CALL app.allow_sweep('bridge_calls', 'tenant_id');
