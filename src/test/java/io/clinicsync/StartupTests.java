package io.clinicsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * The application refuses to start where clinics would not be isolated or secrets not sealed, and
 * says why.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupTests {

  @Test
  void productionNeedsItsSettingsAndNamesTheMissingOnes(CapturedOutput output) {
    assertThatThrownBy(() -> start(Map.of())).isInstanceOf(IllegalStateException.class);
    assertThat(output)
        .contains("these settings are missing")
        .contains("CLINICSYNC_DATABASE_URL")
        .contains("CLINICSYNC_DATABASE_OWNER_USER")
        .contains("CLINICSYNC_DATABASE_APP_PASSWORD")
        .contains("CLINICSYNC_DATABASE_SYSTEM_USER")
        .contains("CLINICSYNC_VAULT_MASTER_KEYS");
  }

  @Test
  void aServingRoleThatOwnsTablesIsRefused(CapturedOutput output) {
    Map<String, Object> settings = new HashMap<>(TestDatabase.create().settings());
    settings.put("clinicsync.database.app.user", "clinicsync_owner");
    assertThatThrownBy(() -> start(settings)).rootCause().hasMessageContaining("owns tables");
    assertThat(output)
        .contains("Clinics would not be isolated")
        .contains("CLINICSYNC_DATABASE_APP_USER owns tables");
  }

  @Test
  void aServingRoleThatBypassesRowSecurityIsRefused(CapturedOutput output) throws Exception {
    TestDatabase database = TestDatabase.create();
    String role = "bypassing_" + database.name();
    try (Connection admin = database.connectAsSuperuser();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "CREATE ROLE "
              + role
              + " LOGIN BYPASSRLS PASSWORD '"
              + TestDatabase.PASSWORD
              + "' IN ROLE clinicsync_app");
    }
    Map<String, Object> settings = new HashMap<>(database.settings());
    settings.put("clinicsync.database.app.user", role);
    assertThatThrownBy(() -> start(settings)).rootCause().hasMessageContaining("BYPASSRLS");
    assertThat(output).contains(role + " has BYPASSRLS");
  }

  @Test
  void aSystemRoleThatIsASuperuserIsRefused() throws Exception {
    TestDatabase database = TestDatabase.create();
    String role = "super_" + database.name();
    try (Connection admin = database.connectAsSuperuser();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "CREATE ROLE " + role + " LOGIN SUPERUSER PASSWORD '" + TestDatabase.PASSWORD + "'");
    }
    Map<String, Object> settings = new HashMap<>(database.settings());
    settings.put("clinicsync.database.system.user", role);
    assertThatThrownBy(() -> start(settings)).rootCause().hasMessageContaining("is a superuser");
  }

  private static void start(Map<String, Object> settings) {
    new SpringApplicationBuilder(ClinicSync.class)
        .web(WebApplicationType.SERVLET)
        .properties(Map.of("server.port", "0", "spring.quartz.auto-startup", "false"))
        .properties(settings)
        .run()
        .close();
  }
}
