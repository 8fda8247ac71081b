ALTER TABLE bridge_appointments
  ADD COLUMN calendar_id text,       -- GoHighLevel's; null where it was not said
  ADD COLUMN ends_at timestamptz,    -- of the latest state that was live; null where none was
  ADD COLUMN untold_at timestamptz;  -- when telling GoHighLevel of a refusal was given up; null unless it was
-- Row-level security binds the tables' owner, too; what is there already is filled without it.
ALTER TABLE bridge_appointments NO FORCE ROW LEVEL SECURITY;
UPDATE bridge_appointments SET ends_at = coalesce(nullif(split_part(ghl_state, ' ', 3), 'null'), split_part(ghl_state, ' ', 2))::timestamptz
  WHERE ghl_state LIKE 'live %';
ALTER TABLE bridge_appointments FORCE ROW LEVEL SECURITY;
CREATE INDEX bridge_appointments_untold ON bridge_appointments (tenant_id) WHERE untold_at IS NOT NULL;
