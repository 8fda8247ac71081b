-- A sign-in is good only while the key of whoever began it is live [R46]. Those begun before last ten minutes at most.
DELETE FROM clinics_sign_ins;
ALTER TABLE clinics_sign_ins ADD COLUMN key_id uuid NOT NULL, ADD COLUMN of_organisation boolean NOT NULL;

-- Which sessions are kept alive is decided before any clinic's rows are opened.
GRANT SELECT (way, state_code) ON clinics_connections TO clinicsync_system;
