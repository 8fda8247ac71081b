-- People are looked for by their last name: over two EMRs, and when somebody calls. A stored column, since row security lets
-- only plain comparisons use an index; what counts is what NameKey makes of a name too.
ALTER TABLE records_patients ADD COLUMN last_name_key text GENERATED ALWAYS AS (
  regexp_replace(lower(normalize(body -> 'name' ->> 'last', NFD) COLLATE pg_c_utf8), '[^a-z0-9\u0370-\uffff]', '', 'g')) STORED;
CREATE INDEX records_patients_by_last_name ON records_patients (tenant_id, last_name_key);
