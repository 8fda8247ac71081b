-- Data keys, one set per owner, wrapped by the master key named beside them [R44].
CREATE TABLE vault_clinic_keysets (
  tenant_id uuid NOT NULL REFERENCES clinics (id),
  wrapped bytea NOT NULL,
  master_key_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id)
);
CALL app.protect_tenant_table('vault_clinic_keysets');
CALL app.allow_sweep('vault_clinic_keysets', 'tenant_id, master_key_id');

CREATE TABLE vault_organisation_keysets (
  organisation_id uuid NOT NULL REFERENCES organisations,
  wrapped bytea NOT NULL,
  master_key_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id)
);
CALL app.protect_organisation_table('vault_organisation_keysets');
CALL app.allow_sweep('vault_organisation_keysets', 'organisation_id, master_key_id');
