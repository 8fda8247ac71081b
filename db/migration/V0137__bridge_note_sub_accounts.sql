ALTER TABLE bridge_appointments
  ADD COLUMN location_id text;          -- the sub-account that showed it; null where that was not kept yet
-- A look found so many of a calendar's appointments missing that none was cancelled; null unless the latest did.
ALTER TABLE bridge_calendars
  ADD COLUMN emptied_since timestamptz,
  ADD COLUMN emptied_at timestamptz;
-- Refusals that were given up are told again. Row-level security binds the tables' owner, too, so it is set aside for that.
ALTER TABLE bridge_appointments NO FORCE ROW LEVEL SECURITY;
UPDATE bridge_appointments SET stage = 'REPORTING', due_at = now() WHERE untold_at IS NOT NULL AND ends_at > now();
ALTER TABLE bridge_appointments FORCE ROW LEVEL SECURITY;
