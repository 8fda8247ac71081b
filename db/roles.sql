-- The database roles. Run once per server by a superuser, before the first start; running it again changes nothing.
-- Then give the three login roles their passwords:  ALTER ROLE clinicsync_app PASSWORD '…';
--
--   clinicsync_owner     owns the schema and runs the migrations; never serves a request
--   clinicsync_app       serves requests and jobs; owns nothing and cannot bypass row-level security
--   clinicsync_system    the listed cross-tenant sweeps, with column-wise read rights only
--   clinicsync_resolver  no login; owns the few functions that find a tenant before one is known
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT * FROM (VALUES ('clinicsync_owner', true), ('clinicsync_app', true),
                          ('clinicsync_system', true), ('clinicsync_resolver', false)) AS r (name, login)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
      EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', wanted.name,
                     CASE WHEN wanted.login THEN 'LOGIN' ELSE 'NOLOGIN' END);
    END IF;
  END LOOP;
END
$$;
-- The owner may hand functions over to the resolver, but does not inherit its rights.
GRANT clinicsync_resolver TO clinicsync_owner WITH INHERIT FALSE, SET TRUE;
