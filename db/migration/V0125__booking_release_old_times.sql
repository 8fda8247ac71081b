-- Where an EMR cannot move an appointment, the new one is booked first and the old one, named here, is cancelled after.
ALTER TABLE booking_attempts ADD COLUMN release_id text;
