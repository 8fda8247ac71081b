-- Addresses given to vendors for their webhooks. Only hashes are kept; the two newest of a connection are live, so that one
-- can be exchanged without a gap.
CREATE TABLE sync_vendor_addresses (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, secret_hash),
  UNIQUE (secret_hash),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('sync_vendor_addresses');
CALL app.allow_resolver('sync_vendor_addresses', 'tenant_id, connection_id, secret_hash');
CREATE FUNCTION app.resolve_vendor_address(hash bytea) RETURNS TABLE (tenant uuid, connection uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.tenant_id, a.connection_id FROM sync_vendor_addresses a WHERE a.secret_hash = hash
$$;
REVOKE ALL ON FUNCTION app.resolve_vendor_address(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_vendor_address(bytea) TO clinicsync_app;
ALTER FUNCTION app.resolve_vendor_address(bytea) OWNER TO clinicsync_resolver;

-- What vendors' webhooks told us to read again: ids and spans only, never their bodies. Kept for seven days, so that a
-- repeated delivery is known again [R38].
CREATE TABLE sync_notices (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  notice_hash bytea NOT NULL,
  received_at timestamptz NOT NULL,
  what jsonb NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL,
  not_before timestamptz,
  claimed_until timestamptz,
  code text,
  PRIMARY KEY (tenant_id, connection_id, notice_hash),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('sync_notices');
CALL app.allow_sweep('sync_notices', 'tenant_id, state, not_before, claimed_until');
CREATE INDEX sync_notices_waiting ON sync_notices (tenant_id, received_at) WHERE state = 'WAITING';
