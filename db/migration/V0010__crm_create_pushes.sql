-- Patients whose contact must be compared with their facts, and written if it differs. One row per patient; "turn" rises
-- with each mark, so a change made while its predecessor is being sent is not lost.
CREATE TABLE crm_pushes (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  patient_id text NOT NULL,
  cause smallint NOT NULL,
  turn bigint NOT NULL,
  marked_at timestamptz NOT NULL,
  claimed_until timestamptz,
  attempts integer NOT NULL,
  not_before timestamptz,
  code text,
  PRIMARY KEY (tenant_id, connection_id, patient_id)
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('crm_pushes');
CALL app.allow_sweep('crm_pushes', 'tenant_id, cause, marked_at, not_before, claimed_until');

-- What we last wrote to a patient's contact, by field key; only this is compared, so values of others stay [R14].
CREATE TABLE crm_pushed (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  patient_id text NOT NULL,
  contact_id text NOT NULL,
  written jsonb NOT NULL,
  hash text NOT NULL,
  tags text[] NOT NULL,
  closed text[] NOT NULL,
  not_applied text[] NOT NULL,
  pushed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, patient_id)
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('crm_pushed');

-- The sub-account's custom fields by our key; ids differ between sub-accounts and change when a field is made anew.
CREATE TABLE crm_fields (
  tenant_id uuid NOT NULL,
  location_id text NOT NULL,
  key text NOT NULL,
  field_id text NOT NULL,
  name text NOT NULL,
  data_type text NOT NULL,
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, location_id, key)
);
CALL app.protect_tenant_table('crm_fields');

-- Who installs a clinic's fields right now; two at once would create each field twice.
CREATE TABLE crm_installs (
  tenant_id uuid NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (tenant_id)
);
CALL app.protect_tenant_table('crm_installs');
