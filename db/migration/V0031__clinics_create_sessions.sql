-- What a connector keeps of an account between calls: tokens and cookies, sealed. Whoever works on one holds it for a while;
-- a holder that was overtaken finds its token gone and changes nothing.
CREATE TABLE clinics_sessions (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  name text NOT NULL,
  sealed bytea,
  expires_at timestamptz,
  version bigint NOT NULL,
  holder uuid,
  held_until timestamptz,
  PRIMARY KEY (tenant_id, connection_id, name),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL app.protect_tenant_table('clinics_sessions');
