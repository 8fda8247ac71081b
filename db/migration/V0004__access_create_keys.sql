-- API keys. The secret is kept as a hash under a random key that is itself sealed, so the table alone verifies nothing.
CREATE TABLE access_clinic_keys (
  tenant_id uuid NOT NULL REFERENCES clinics (id),
  id uuid NOT NULL,
  connection_id uuid,
  name text NOT NULL,
  scopes text[] NOT NULL,
  hash bytea NOT NULL,
  hash_key_sealed bytea NOT NULL,
  replaced_by uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id)
);
CALL app.protect_tenant_table('access_clinic_keys');
CALL app.allow_resolver('access_clinic_keys', 'tenant_id, id');

CREATE TABLE access_organisation_keys (
  organisation_id uuid NOT NULL REFERENCES organisations,
  id uuid NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  hash bytea NOT NULL,
  hash_key_sealed bytea NOT NULL,
  replaced_by uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (id)
);
CALL app.protect_organisation_table('access_organisation_keys');
CALL app.allow_resolver('access_organisation_keys', 'organisation_id, id');

-- Resolvers: what must be found before a tenant is known. They return ids only.
CREATE FUNCTION app.resolve_api_key(key_id uuid) RETURNS TABLE (tenant_id uuid, organisation_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.tenant_id, NULL::uuid FROM access_clinic_keys k WHERE k.id = key_id
  UNION ALL
  SELECT NULL::uuid, k.organisation_id FROM access_organisation_keys k WHERE k.id = key_id
$$;
CREATE FUNCTION app.resolve_ghl_location(location text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.tenant_id FROM clinics_ghl_accounts a WHERE a.location_id = location
$$;
CREATE FUNCTION app.any_organisation() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM organisations)
$$;
REVOKE ALL ON FUNCTION app.resolve_api_key(uuid), app.resolve_ghl_location(text), app.any_organisation() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_api_key(uuid), app.resolve_ghl_location(text), app.any_organisation()
  TO clinicsync_app;
ALTER FUNCTION app.resolve_api_key(uuid) OWNER TO clinicsync_resolver;
ALTER FUNCTION app.resolve_ghl_location(text) OWNER TO clinicsync_resolver;
ALTER FUNCTION app.any_organisation() OWNER TO clinicsync_resolver;
