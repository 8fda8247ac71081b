CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Every attempt to book, move or cancel: an intent is written before each step, so that a crash leaves a trace of what may
-- have happened [R29]. Names and addresses of people are never kept here.
CREATE TABLE booking_attempts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  operation text NOT NULL,
  idem_key text,                 -- null once it may not answer for another call any more
  derived boolean NOT NULL,
  request_hash bytea NOT NULL,
  state text NOT NULL,
  patient_id text,
  practitioner_id text,
  treatment_id text,
  site_id text,
  starts_at timestamptz,
  ends_at timestamptz,
  seats integer,
  appointment_id text,           -- what is moved or cancelled, or what was booked
  note text,                     -- the connector's own, for finding a lost answer
  sent_at timestamptz,           -- when the write was sent
  settle_at timestamptz,         -- when somebody else looks after it
  answer jsonb,
  trace jsonb NOT NULL,
  key_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, operation, idem_key),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('booking_attempts');
CALL app.allow_sweep('booking_attempts', 'tenant_id, state, settle_at');
CREATE INDEX booking_attempts_open ON booking_attempts (tenant_id, settle_at) WHERE state <> 'DONE';
CREATE INDEX booking_attempts_by_time ON booking_attempts (tenant_id, connection_id, created_at DESC);
CREATE INDEX booking_attempts_of_appointment ON booking_attempts (tenant_id, connection_id, appointment_id);

-- A time that one attempt is booking: nobody else of ours may book it meanwhile [R28]. "what" is a practitioner, a class
-- whose seats are taken one after the other, or a person who is being registered.
CREATE TABLE booking_holds (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  attempt_id uuid NOT NULL,
  what text NOT NULL,
  span tstzrange NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, attempt_id, what),
  EXCLUDE USING gist (tenant_id WITH =, connection_id WITH =, what WITH =, span WITH &&),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('booking_holds');

-- What a clinic allows, for all treatments of a connection (treatment '') or for one.
CREATE TABLE booking_policies (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  treatment_id text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, treatment_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('booking_policies');
