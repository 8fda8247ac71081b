-- Who began to connect GoHighLevel through its sign-in page. The state's hash finds the clinic; it is used once [R46].
CREATE TABLE clinics_oauth_states (
  tenant_id uuid NOT NULL REFERENCES clinics (id),
  state_hash bytea NOT NULL,
  key_id uuid NOT NULL,
  of_organisation boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, state_hash),
  UNIQUE (state_hash)
);
CALL app.protect_tenant_table('clinics_oauth_states');
CALL app.allow_resolver('clinics_oauth_states', 'tenant_id, state_hash');
CREATE FUNCTION app.resolve_oauth_state(hash bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.tenant_id FROM clinics_oauth_states s WHERE s.state_hash = hash
$$;
REVOKE ALL ON FUNCTION app.resolve_oauth_state(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_oauth_state(bytea) TO clinicsync_app;
ALTER FUNCTION app.resolve_oauth_state(bytea) OWNER TO clinicsync_resolver;
