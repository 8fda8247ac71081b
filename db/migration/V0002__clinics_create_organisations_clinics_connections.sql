CREATE TABLE organisations (
  organisation_id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);
CALL app.protect_organisation_table('organisations');
CALL app.allow_resolver('organisations', 'organisation_id');

-- The clinic is the tenant: its id is every other table's tenant_id. The row itself belongs to the organisation.
CREATE TABLE clinics (
  organisation_id uuid NOT NULL REFERENCES organisations,
  id uuid NOT NULL,
  name text NOT NULL,
  zone text NOT NULL,
  country text NOT NULL,
  currency text NOT NULL,
  settings jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (id)
);
ALTER TABLE clinics ENABLE ROW LEVEL SECURITY;
ALTER TABLE clinics FORCE ROW LEVEL SECURITY;
CREATE POLICY clinic_select ON clinics FOR SELECT TO clinicsync_app USING (app.sees_clinic(organisation_id, id));
CREATE POLICY organisation_insert ON clinics FOR INSERT TO clinicsync_app
  WITH CHECK (organisation_id = (SELECT app.current_org()));
CREATE POLICY organisation_update ON clinics FOR UPDATE TO clinicsync_app
  USING (organisation_id = (SELECT app.current_org())) WITH CHECK (organisation_id = (SELECT app.current_org()));
CREATE POLICY organisation_delete ON clinics FOR DELETE TO clinicsync_app
  USING (organisation_id = (SELECT app.current_org()));
GRANT SELECT, INSERT, UPDATE, DELETE ON clinics TO clinicsync_app;

CREATE TABLE clinics_connections (
  tenant_id uuid NOT NULL REFERENCES clinics (id),
  id uuid NOT NULL,
  emr text NOT NULL,
  way text NOT NULL,
  name text NOT NULL,
  base_uri text NOT NULL,
  zone text NOT NULL,
  currency text NOT NULL,
  state text NOT NULL,
  state_code text,
  state_since timestamptz NOT NULL,
  paused boolean NOT NULL,
  quiet_until_loaded boolean NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (id)
);
CALL app.protect_tenant_table('clinics_connections');
CALL app.allow_sweep('clinics_connections', 'tenant_id, id, emr, paused, state');

-- One row per credential field; replaced as a whole under one version [R25].
CREATE TABLE clinics_connection_credentials (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  name text NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, name),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('clinics_connection_credentials');

-- The clinic's GoHighLevel sub-account, at most one, and each sub-account at most once in the whole installation.
CREATE TABLE clinics_ghl_accounts (
  tenant_id uuid NOT NULL REFERENCES clinics (id),
  location_id text NOT NULL,
  base_uri text NOT NULL,
  kind text NOT NULL,
  access_sealed bytea NOT NULL,
  refresh_sealed bytea,
  expires_at timestamptz,
  token_version bigint NOT NULL,
  refresh_lease_until timestamptz,
  refresh_failed_at timestamptz,
  state text NOT NULL,
  state_code text,
  state_since timestamptz NOT NULL,
  PRIMARY KEY (tenant_id),
  UNIQUE (location_id)
);
CALL app.protect_tenant_table('clinics_ghl_accounts');
CALL app.allow_resolver('clinics_ghl_accounts', 'tenant_id, location_id');
CALL app.allow_sweep('clinics_ghl_accounts', 'tenant_id, kind, state, expires_at');

-- One row per quota owner: the state of its generic cell rate algorithm, leased in blocks by the nodes [R15].
CREATE TABLE clinics_permits (
  tenant_id uuid NOT NULL,
  owner text NOT NULL,
  state text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, owner)
) WITH (fillfactor = 50);
CALL app.protect_tenant_table('clinics_permits');
