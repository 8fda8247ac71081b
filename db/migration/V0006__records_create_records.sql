-- Our copy of what each EMR holds. "body" is the record in our words, "source" the EMR's own object, trimmed;
-- "hash" covers both and the vendor's change time, so an equal hash means nothing to write.
CREATE PROCEDURE app.create_record_table(name text, columns text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'CREATE TABLE %I (
       tenant_id uuid NOT NULL, connection_id uuid NOT NULL, id text NOT NULL,
       changed_at timestamptz, removed_at timestamptz, %s,
       body jsonb NOT NULL, source jsonb NOT NULL, hash bytea NOT NULL, stored_at timestamptz NOT NULL,
       PRIMARY KEY (tenant_id, connection_id, id),
       FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
     ) WITH (fillfactor = 90)', name, columns);
  EXECUTE format('CALL app.protect_tenant_table(%L)', name);
END
$$;
CALL app.create_record_table('records_patients', 'email text, birth_date date, merged_into text');
CALL app.create_record_table('records_appointments',
  'patient_id text, practitioner_id text, treatment_id text, site_id text,
   starts_at timestamptz NOT NULL, ends_at timestamptz, status text NOT NULL, cancelled_at timestamptz');
CALL app.create_record_table('records_invoices', 'patient_id text, status text NOT NULL, settled_at timestamptz');
CALL app.create_record_table('records_payments', 'patient_id text, paid_at timestamptz NOT NULL');
CALL app.create_record_table('records_purchases', 'patient_id text, expires_on date');
DROP PROCEDURE app.create_record_table;

CREATE INDEX records_patients_by_email ON records_patients (tenant_id, lower(email));
CREATE INDEX records_appointments_by_patient ON records_appointments (tenant_id, connection_id, patient_id);
CREATE INDEX records_appointments_by_start ON records_appointments (tenant_id, connection_id, starts_at);
CREATE INDEX records_invoices_by_patient ON records_invoices (tenant_id, connection_id, patient_id);
CREATE INDEX records_payments_by_patient ON records_payments (tenant_id, connection_id, patient_id);
CREATE INDEX records_purchases_by_patient ON records_purchases (tenant_id, connection_id, patient_id);

-- Who offers what where: read as a whole, kept as a whole.
CREATE TABLE records_catalogues (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  body jsonb NOT NULL,
  hash bytea NOT NULL,
  read_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('records_catalogues');

-- What happened to an appointment, once per version of it [TR-1].
CREATE TABLE records_transitions (
  tenant_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  connection_id uuid NOT NULL,
  appointment_id text NOT NULL,
  patient_id text,
  type text NOT NULL,
  version text NOT NULL,
  occurred_at timestamptz NOT NULL,
  detected_at timestamptz NOT NULL,
  starts_at timestamptz NOT NULL,
  previous_starts_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, connection_id, appointment_id, type, version)
);
CALL app.protect_tenant_table('records_transitions');

-- Whose facts must be computed again. One row per patient; "turn" rises with each mark, so a mark made while its
-- predecessor is being worked on is not lost.
CREATE SEQUENCE records_due_turns;
GRANT USAGE ON SEQUENCE records_due_turns TO clinicsync_app;
CREATE TABLE records_due (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  patient_id text NOT NULL,
  cause smallint NOT NULL,
  turn bigint NOT NULL,
  marked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, patient_id)
);
CALL app.protect_tenant_table('records_due');
CALL app.allow_sweep('records_due', 'tenant_id, cause, marked_at');

-- Entries of an EMR that could not be understood; each stands alone [R9].
CREATE TABLE records_quarantined (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  problem text NOT NULL,
  seen integer NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, kind, id)
);
CALL app.protect_tenant_table('records_quarantined');
CREATE INDEX records_transitions_by_patient ON records_transitions (tenant_id, connection_id, patient_id);
