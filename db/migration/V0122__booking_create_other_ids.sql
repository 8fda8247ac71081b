-- Appointments by the ids GoHighLevel and callers know them by. An attempt carries its own, so that it is kept whoever settles it.
ALTER TABLE booking_attempts ALTER COLUMN key_id DROP NOT NULL, ADD COLUMN other_id_of text, ADD COLUMN other_id text;
CREATE INDEX booking_attempts_open_other_id ON booking_attempts (tenant_id, connection_id, other_id)
  WHERE other_id IS NOT NULL AND state <> 'DONE';

CREATE TABLE booking_other_ids (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  other_id_of text NOT NULL,      -- GHL, CALLER, or MOVED for the id an appointment had before
  other_id text NOT NULL,
  appointment_id text NOT NULL,
  kept_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, other_id_of, other_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('booking_other_ids');
CREATE INDEX booking_other_ids_of_appointment ON booking_other_ids (tenant_id, connection_id, appointment_id);
