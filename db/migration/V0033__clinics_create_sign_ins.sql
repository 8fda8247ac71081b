-- Who began to sign in at an EMR's own page. The state's hash finds the clinic; it is used once [R46].
CREATE TABLE clinics_sign_ins (
  tenant_id uuid NOT NULL,
  state_hash bytea NOT NULL,
  connection_id uuid NOT NULL,
  verifier_sealed bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, state_hash),
  UNIQUE (state_hash),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('clinics_sign_ins');
CALL app.allow_resolver('clinics_sign_ins', 'tenant_id, state_hash');
CREATE FUNCTION app.resolve_sign_in(hash bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.tenant_id FROM clinics_sign_ins s WHERE s.state_hash = hash
$$;
REVOKE ALL ON FUNCTION app.resolve_sign_in(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_sign_in(bytea) TO clinicsync_app;
ALTER FUNCTION app.resolve_sign_in(bytea) OWNER TO clinicsync_resolver;

-- The clinic's signed authorisation of a way in that acts as one of its people. Never changed; a new one is a new row.
CREATE TABLE clinics_authorisations (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  id uuid NOT NULL,
  signed_by text NOT NULL,
  signed_on date NOT NULL,
  wording text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('clinics_authorisations');
