package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.TestDatabase;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/**
 * What a benchmark works with: a clinic of our own with its two simulated accounts, and the
 * database behind.
 */
final class Bench {

  /** A clinic under test. {@code account} names it at the EMR, {@code location} at the CRM. */
  record Subject(
      ClinicId clinic,
      ConnectionId connection,
      String account,
      String apiKey,
      String location,
      String token) {}

  private final SandboxProcess sandbox;
  private final TestDatabase database;
  private final Clinics clinics;
  private final Connections connections;
  private final GhlAccounts ghlAccounts;
  private final BenchClock clock;

  Bench(
      SandboxProcess sandbox,
      TestDatabase database,
      Clinics clinics,
      Connections connections,
      GhlAccounts ghlAccounts,
      BenchClock clock) {
    this.sandbox = sandbox;
    this.database = database;
    this.clinics = clinics;
    this.connections = connections;
    this.ghlAccounts = ghlAccounts;
    this.clock = clock;
  }

  /** Makes a clinic with a world of so many patients; nothing is read yet. */
  Subject subject(String name, long seed, int patients) {
    JsonNode emr =
        sandbox.control("accounts", Map.of("name", name, "seed", seed, "size", patients));
    JsonNode crm = sandbox.control("accounts", Map.of("vendor", "ghl", "name", name));
    OrganisationId organisation = clinics.createOrganisation(name);
    ZoneId zone = ZoneId.of("Australia/Sydney");
    ClinicId clinic = clinics.create(organisation, name, zone, "AU", "AUD").id();
    String location = crm.get("locationId").asText();
    String token = crm.get("token").asText();
    String apiKey = emr.get("apiKey").asText();
    ghlAccounts.connect(clinic, location, token, sandbox.ghlBase());
    URI base = sandbox.clinikoBase();
    ConnectionId connection =
        connections
            .add(
                clinic,
                new Connections.NewConnection(
                    "cliniko", "api-key", name, Map.of("apiKey", apiKey), base, zone, "AUD"))
            .id();
    return new Subject(clinic, connection, name, apiKey, location, token);
  }

  /** Pushes everybody's time forward. */
  void advance(Duration by) {
    sandbox.control("clock", Map.of("advanceSeconds", by.toSeconds()));
    clock.advance(by);
  }

  /**
   * Waits until nothing is due and nothing waits to be pushed; what is put off for later counts as
   * waiting.
   */
  void quiet(Subject subject, Duration atMost) {
    BooleanSupplier done =
        () ->
            number(
                    "SELECT (SELECT count(*) FROM records_due WHERE tenant_id = '%1$s') + (SELECT count(*) FROM crm_pushes WHERE tenant_id = '%1$s')"
                        .formatted(subject.clinic()))
                == 0;
    Awaitility.await()
        .atMost(atMost)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(done::getAsBoolean);
  }

  long walPosition() {
    return number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
  }

  long number(String sql) {
    return Long.parseLong(text(sql));
  }

  String text(String sql) {
    try (Connection connection = database.connectAsSuperuser();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  TestDatabase database() {
    return database;
  }
}
