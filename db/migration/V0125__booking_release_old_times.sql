-- Where an EMR cannot move an appointment, the new one is booked first and the old one, named here, is cancelled after.
ALTER TABLE booking_attempts ADD COLUMN release_id text;
CREATE INDEX booking_attempts_releasing ON booking_attempts (tenant_id, connection_id, release_id) WHERE release_id IS NOT NULL;
