-- What names the account in its EMR, so that working credentials of another account are told apart. Null while unknown.
ALTER TABLE clinics_connections ADD COLUMN emr_account_id text;
