-- Whose the times are that callers hold before they know the patient, and what they are held for. The time itself is a row of
-- booking_holds under the hold's id until an attempt takes it over, so one constraint keeps all apart.
CREATE TABLE booking_kept_times (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  key_id uuid NOT NULL,
  practitioner_id text NOT NULL,
  treatment_id text NOT NULL,
  site_id text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,  -- rows stay a day longer, so that a hold that is over is told from none
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('booking_kept_times');
CREATE INDEX booking_kept_times_by_key ON booking_kept_times (tenant_id, key_id, expires_at);
