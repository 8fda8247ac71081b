ALTER TABLE bridge_appointments
  ADD COLUMN location_id text;          -- the sub-account that showed it; null where that was not kept yet
-- A look found so many of a calendar's appointments missing that none was cancelled; null unless the latest did.
ALTER TABLE bridge_calendars
  ADD COLUMN emptied_since timestamptz,
  ADD COLUMN emptied_at timestamptz;
