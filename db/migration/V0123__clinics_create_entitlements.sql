-- What a connection may be used for beyond the sync, and when.
CREATE TABLE clinics_entitlements (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  feature text NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz,
  PRIMARY KEY (tenant_id, connection_id, feature),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE,
  CHECK (valid_until IS NULL OR valid_until > valid_from)
);
CALL app.protect_tenant_table('clinics_entitlements');
