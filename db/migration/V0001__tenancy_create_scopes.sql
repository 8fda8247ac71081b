-- Whose data a transaction may touch. The application sets app.tenant, app.tenants and app.org with
-- set_config(…, true) as the first statement of each transaction; every policy reads them through these functions.
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO clinicsync_app, clinicsync_system, clinicsync_resolver;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO clinicsync_app, clinicsync_system, clinicsync_resolver;

-- The one clinic that may be written. After a transaction ends the setting reads '', not null: both are refused.
CREATE FUNCTION app.current_tenant() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  value text := current_setting('app.tenant', true);
BEGIN
  IF value IS NULL OR value = '' THEN
    RAISE EXCEPTION 'no clinic is bound to this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN value::uuid;
END
$$;

-- The clinics that may be read, as the text of a uuid array.
CREATE FUNCTION app.visible_tenants() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  value text := current_setting('app.tenants', true);
BEGIN
  IF value IS NULL OR value = '' THEN
    RAISE EXCEPTION 'no clinics are bound to this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN value;
END
$$;

CREATE FUNCTION app.current_org() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  value text := current_setting('app.org', true);
BEGIN
  IF value IS NULL OR value = '' THEN
    RAISE EXCEPTION 'no organisation is bound to this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN value::uuid;
END
$$;

-- For the clinics table alone, which both scopes may read: either side may be unbound, never both.
CREATE FUNCTION app.sees_clinic(organisation uuid, clinic uuid) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  org text := nullif(current_setting('app.org', true), '');
  tenants text := nullif(current_setting('app.tenants', true), '');
BEGIN
  IF org IS NULL AND tenants IS NULL THEN
    RAISE EXCEPTION 'neither an organisation nor a clinic is bound to this transaction'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN coalesce(organisation = org::uuid, false) OR coalesce(clinic = ANY (tenants::uuid[]), false);
END
$$;

-- Gives a tenant-owned table its forced row security, its four policies and the application's rights.
CREATE PROCEDURE app.protect_tenant_table(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY tenant_select ON %s FOR SELECT TO clinicsync_app '
                 'USING (tenant_id = ANY ((SELECT app.visible_tenants())::uuid[]))', target);
  EXECUTE format('CREATE POLICY tenant_insert ON %s FOR INSERT TO clinicsync_app '
                 'WITH CHECK (tenant_id = (SELECT app.current_tenant()))', target);
  EXECUTE format('CREATE POLICY tenant_update ON %s FOR UPDATE TO clinicsync_app '
                 'USING (tenant_id = (SELECT app.current_tenant())) '
                 'WITH CHECK (tenant_id = (SELECT app.current_tenant()))', target);
  EXECUTE format('CREATE POLICY tenant_delete ON %s FOR DELETE TO clinicsync_app '
                 'USING (tenant_id = (SELECT app.current_tenant()))', target);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO clinicsync_app', target);
END
$$;

-- The same for a table that belongs to an organisation as a whole.
CREATE PROCEDURE app.protect_organisation_table(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY organisation_select ON %s FOR SELECT TO clinicsync_app '
                 'USING (organisation_id = (SELECT app.current_org()))', target);
  EXECUTE format('CREATE POLICY organisation_insert ON %s FOR INSERT TO clinicsync_app '
                 'WITH CHECK (organisation_id = (SELECT app.current_org()))', target);
  EXECUTE format('CREATE POLICY organisation_update ON %s FOR UPDATE TO clinicsync_app '
                 'USING (organisation_id = (SELECT app.current_org())) '
                 'WITH CHECK (organisation_id = (SELECT app.current_org()))', target);
  EXECUTE format('CREATE POLICY organisation_delete ON %s FOR DELETE TO clinicsync_app '
                 'USING (organisation_id = (SELECT app.current_org()))', target);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO clinicsync_app', target);
END
$$;

-- Lets the system role read the named columns of every tenant's rows, for one listed sweep.
CREATE PROCEDURE app.allow_sweep(target regclass, columns text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY system_sweep ON %s FOR SELECT TO clinicsync_system USING (true)', target);
  EXECUTE format('GRANT SELECT (%s) ON %s TO clinicsync_system', columns, target);
END
$$;

-- Lets the resolver functions read the named columns.
CREATE PROCEDURE app.allow_resolver(target regclass, columns text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY resolver ON %s FOR SELECT TO clinicsync_resolver USING (true)', target);
  EXECUTE format('GRANT SELECT (%s) ON %s TO clinicsync_resolver', columns, target);
END
$$;
GRANT CREATE ON SCHEMA app TO clinicsync_resolver;
