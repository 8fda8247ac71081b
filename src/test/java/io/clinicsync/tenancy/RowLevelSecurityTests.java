package io.clinicsync.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Isolation, tried as the application's own role against two clinics; each refusal is shown to
 * depend on its policy.
 */
class RowLevelSecurityTests {

  private final TestDatabase database = TestDatabase.create();
  private final UUID organisation = UUID.randomUUID();
  private final UUID mine = UUID.randomUUID();
  private final UUID theirs = UUID.randomUUID();

  @BeforeEach
  void twoClinicsWithOneConnectionEach() throws SQLException {
    try (Connection admin = database.connectAsSuperuser();
        Statement statement = admin.createStatement()) {
      statement.execute("INSERT INTO organisations VALUES ('" + organisation + "', 'Org', now())");
      for (UUID clinic : List.of(mine, theirs)) {
        statement.execute(
            "INSERT INTO clinics VALUES ('%s', '%s', 'Clinic', 'UTC', 'AU', 'AUD', '{}', now(), 0)"
                .formatted(organisation, clinic));
        statement.execute(permit(clinic));
      }
    }
  }

  @Test
  void everyTenantTableHasForcedRowSecurityFourPoliciesAndATenantLeadingKey() throws SQLException {
    try (Connection admin = database.connectAsSuperuser()) {
      List<String> tables =
          strings(
              admin,
              "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                  + " WHERE c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT a.attisdropped"
                  + " AND c.relnamespace = 'public'::regnamespace");
      assertThat(tables).hasSizeGreaterThan(5);
      assertThat(
              strings(
                  admin,
                  "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                      + " WHERE c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND c.relnamespace = 'public'::regnamespace"
                      + " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND a.attnotnull)"))
          .as("tables without forced row security or with a nullable tenant")
          .isEmpty();
      for (String table : tables) {
        assertThat(
                strings(
                    admin,
                    "SELECT polcmd::text || (polqual IS NOT NULL)::text || (polwithcheck IS NOT NULL)::text FROM pg_policy"
                        + " WHERE polrelid = '"
                        + table
                        + "'::regclass AND polroles = ARRAY['clinicsync_app'::regrole::oid] ORDER BY 1"))
            .as(table)
            .containsExactlyInAnyOrder("rtruefalse", "afalsetrue", "wtruetrue", "dtruefalse");
        assertThat(
                strings(
                    admin,
                    "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
                        + " WHERE i.indrelid = '"
                        + table
                        + "'::regclass AND i.indisprimary"))
            .as("leading key column of " + table)
            .containsExactly("tenant_id");
      }
    }
  }

  @Test
  void everyTableIsProtectedOneWayOrTheOther() throws SQLException {
    try (Connection admin = database.connectAsSuperuser()) {
      assertThat(
              strings(
                  admin,
                  "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
                      + " AND NOT (relrowsecurity AND relforcerowsecurity)"))
          .containsExactly("flyway_schema_history");
      assertThat(
              strings(
                  admin,
                  "SELECT table_name || ' ' || grantee || ' ' || privilege_type FROM information_schema.role_table_grants"
                      + " WHERE table_schema = 'public' AND grantee NOT IN ('clinicsync_owner', 'postgres')"
                      + " AND NOT (grantee = 'clinicsync_app' AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))"))
          .as("rights beyond the list; the system role and the resolver have columns, not tables")
          .isEmpty();
    }
  }

  @Test
  void everyForeignKeyBetweenTenantTablesIncludesTheTenant() throws SQLException {
    try (Connection admin = database.connectAsSuperuser()) {
      assertThat(
              strings(
                  admin,
                  "SELECT conname FROM pg_constraint f WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
                      + " AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = f.confrelid AND a.attname = 'tenant_id')"
                      + " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = f.conrelid AND a.attname = 'tenant_id'"
                      + "   AND a.attnum = ANY (f.conkey))"))
          .isEmpty();
    }
  }

  @Test
  void withoutAClinicEveryStatementFailsLoudly() throws SQLException {
    try (Connection app = database.connect("app")) {
      for (String sql :
          List.of("SELECT * FROM clinics_permits", permit(mine), "DELETE FROM clinics_permits")) {
        assertThatThrownBy(() -> execute(app, sql))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("bound");
      }
    }
  }

  @Test
  void aPooledConnectionCarriesNothingOverToTheNextTransaction() throws SQLException {
    try (Connection app = database.connect("app")) {
      app.setAutoCommit(false);
      bind(app, mine);
      assertThat(strings(app, "SELECT tenant_id::text FROM clinics_permits"))
          .containsExactly(mine.toString());
      app.commit();
      // The setting now reads '' and not null; both must be refused.
      assertThatThrownBy(() -> strings(app, "SELECT tenant_id::text FROM clinics_permits"))
          .isInstanceOf(SQLException.class);
      app.rollback();
      bind(app, theirs);
      assertThat(strings(app, "SELECT tenant_id::text FROM clinics_permits"))
          .containsExactly(theirs.toString());
    }
  }

  @Test
  void anotherClinicIsNeitherReadNorWritten() throws SQLException {
    for (Attack attack : Attack.values()) {
      assertThat(succeeds(attack)).as("%s with its policy", attack).isFalse();
    }
  }

  @Test
  void eachRefusalDependsOnItsPolicy() throws SQLException {
    for (Attack attack : Attack.values()) {
      try (Connection admin = database.connectAsSuperuser()) {
        execute(admin, attack.breakPolicy);
      }
      assertThat(succeeds(attack)).as("%s once its policy is broken", attack).isTrue();
    }
  }

  @Test
  void aReaderOfSeveralClinicsCanWriteNone() throws SQLException {
    try (Connection app = database.connect("app")) {
      app.setAutoCommit(false);
      execute(app, "SELECT set_config('app.tenants', '{" + mine + "," + theirs + "}', true)");
      assertThat(strings(app, "SELECT tenant_id::text FROM clinics_permits"))
          .containsExactlyInAnyOrder(mine.toString(), theirs.toString());
      assertThatThrownBy(() -> execute(app, "DELETE FROM clinics_permits"))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void theSystemRoleReadsTheGrantedIdsAndNothingElse() throws SQLException {
    try (Connection system = database.connect("system")) {
      assertThat(strings(system, "SELECT tenant_id::text FROM clinics_connections")).isEmpty();
      assertThatThrownBy(() -> strings(system, "SELECT base_uri FROM clinics_connections"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> execute(system, permit(mine)))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(
              () -> strings(system, "SELECT sealed::text FROM clinics_connection_credentials"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void resolversGiveIdsOnly() throws SQLException {
    try (Connection app = database.connect("app")) {
      assertThat(strings(app, "SELECT app.any_organisation()::text")).containsExactly("true");
      assertThat(strings(app, "SELECT app.resolve_ghl_location('nowhere')::text"))
          .containsExactly((String) null);
      assertThatThrownBy(() -> execute(app, "SET ROLE clinicsync_resolver"))
          .isInstanceOf(SQLException.class);
    }
  }

  /**
   * What a bug in our code could send while bound to one clinic, and how its policy is broken to
   * prove the test bites.
   */
  private enum Attack {
    READ(
        "SELECT count(*) FROM clinics_permits WHERE tenant_id = '%s'",
        "ALTER POLICY tenant_select ON clinics_permits USING (true)"),
    INSERT(
        "INSERT INTO clinics_permits VALUES ('%s', 'planted', '', now())",
        "ALTER POLICY tenant_insert ON clinics_permits WITH CHECK (true)"),
    UPDATE(
        "UPDATE clinics_permits SET state = 'stolen' WHERE tenant_id = '%s'",
        "ALTER POLICY tenant_update ON clinics_permits USING (true) WITH CHECK (true)"),
    DELETE(
        "DELETE FROM clinics_permits WHERE tenant_id = '%s'",
        "ALTER POLICY tenant_delete ON clinics_permits USING (true)");

    private final String sql;
    private final String breakPolicy;

    Attack(String sql, String breakPolicy) {
      this.sql = sql;
      this.breakPolicy = breakPolicy;
    }
  }

  private boolean succeeds(Attack attack) throws SQLException {
    try (Connection app = database.connect("app");
        Statement statement = app.createStatement()) {
      app.setAutoCommit(false);
      bind(app, mine);
      try {
        String sql = attack.sql.formatted(theirs);
        boolean reached;
        if (attack == Attack.READ) {
          try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            reached = rows.getInt(1) > 0;
          }
        } else {
          reached = statement.executeUpdate(sql) > 0;
        }
        return reached;
      } catch (SQLException refused) {
        return false;
      } finally {
        app.rollback();
      }
    }
  }

  private static String permit(UUID clinic) {
    return "INSERT INTO clinics_permits VALUES ('" + clinic + "', 'emr', '', now())";
  }

  private static void bind(Connection connection, UUID clinic) throws SQLException {
    TenantBinding.bind(connection, TenantScope.of(new ClinicId(clinic)));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> strings(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
