-- GoHighLevel's appointments that we were told of, each with the state of it we acted on last: one state has one effect.
CREATE TABLE bridge_appointments (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  ghl_appointment_id text NOT NULL,
  ghl_state text NOT NULL,           -- whether it is live, and when, as GoHighLevel said it
  change integer NOT NULL,           -- rises with each new state, so that A, B and A again are three
  stage text NOT NULL,               -- OPEN, REPORTING, DONE
  choice jsonb NOT NULL,             -- what the workflow chose: practitioner, treatment, site, room
  code text,
  says text,
  alternatives jsonb NOT NULL,
  appointment_id text,               -- the EMR's
  noted boolean NOT NULL,            -- whether the contact got its note about a refusal
  again boolean NOT NULL,            -- told of once more while it was being worked on
  tries integer NOT NULL,
  turn integer NOT NULL,             -- whose it is: rises with every claim
  due_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, ghl_appointment_id),
  UNIQUE (tenant_id, ghl_appointment_id), -- an appointment of GoHighLevel is in one EMR
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('bridge_appointments');
CALL app.allow_sweep('bridge_appointments', 'tenant_id, stage, again, due_at');
CREATE INDEX bridge_appointments_due ON bridge_appointments (tenant_id, due_at) WHERE stage <> 'DONE' OR again;

-- Every call without a key, also those that were refused. Kept for thirty days.
CREATE TABLE bridge_calls (
  tenant_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  called_at timestamptz NOT NULL,
  path text NOT NULL,
  connection_id uuid,
  ghl_appointment_id text,
  code text NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CALL app.protect_tenant_table('bridge_calls');
CREATE INDEX bridge_calls_by_time ON bridge_calls (tenant_id, called_at);

-- What a calendar of GoHighLevel stands for; wins over what a workflow chooses.
CREATE TABLE bridge_calendars (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  calendar_id text NOT NULL,
  practitioner text,
  treatment text,
  site text,
  room text,
  PRIMARY KEY (tenant_id, connection_id, calendar_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('bridge_calendars');

-- Whether an appointment the EMR refused is cancelled in GoHighLevel; no row means yes.
CREATE TABLE bridge_settings (
  tenant_id uuid PRIMARY KEY REFERENCES clinics (id),
  cancel_refused boolean NOT NULL
);
CALL app.protect_tenant_table('bridge_settings');

-- The unguessable addresses of a connection's workflows. Only hashes are kept; the two newest are live.
CREATE TABLE bridge_addresses (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, secret_hash),
  UNIQUE (secret_hash),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('bridge_addresses');
CALL app.allow_resolver('bridge_addresses', 'tenant_id, connection_id, secret_hash');
CREATE FUNCTION app.resolve_hook_address(hash bytea) RETURNS TABLE (tenant uuid, connection uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.tenant_id, a.connection_id FROM bridge_addresses a WHERE a.secret_hash = hash
$$;
REVOKE ALL ON FUNCTION app.resolve_hook_address(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_hook_address(bytea) TO clinicsync_app;
ALTER FUNCTION app.resolve_hook_address(bytea) OWNER TO clinicsync_resolver;
