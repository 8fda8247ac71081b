-- When the clinic connected the sub-account it has, and when our app was taken out of it. A sub-account without our app is
-- kept, with its state, but nothing is sent to it. Rows from before were connected at some time in the past.
ALTER TABLE clinics_ghl_accounts
  ADD COLUMN connected_at timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN uninstalled_at timestamptz;
