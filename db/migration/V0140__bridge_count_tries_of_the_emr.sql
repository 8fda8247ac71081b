-- Only an EMR that does not answer makes a booking be given up; waiting for GoHighLevel does not count.
ALTER TABLE bridge_appointments ADD COLUMN emr_tries integer NOT NULL DEFAULT 0;
