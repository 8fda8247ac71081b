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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
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

  /** Makes a clinic at Cliniko with a world of so many patients; nothing is read yet. */
  Subject subject(String name, long seed, int patients) {
    return subject(EmrWay.ALL.getFirst(), name, seed, patients);
  }

  /** Makes a clinic of any EMR with a world of so many patients; nothing is read yet. */
  Subject subject(EmrWay way, String name, long seed, int patients) {
    ZoneId zone = way.zone();
    Map<String, Object> wanted = new HashMap<>();
    wanted.putAll(Map.of("vendor", way.emr(), "name", name, "seed", seed));
    wanted.putAll(Map.of("size", patients, "zone", zone.getId()));
    JsonNode emr = sandbox.control("accounts", wanted);
    JsonNode crm =
        sandbox.control(
            "accounts",
            Map.of("vendor", "ghl", "name", name, "country", way.country(), "zone", zone.getId()));
    OrganisationId organisation = clinics.createOrganisation(name);
    ClinicId clinic = clinics.create(organisation, name, zone, way.country(), way.currency()).id();
    String location = crm.get("locationId").asText();
    String token = crm.get("token").asText();
    ghlAccounts.connect(clinic, location, token, sandbox.ghlBase());
    Map<String, String> typed = new HashMap<>();
    emr.at("/credentials/" + way.way())
        .properties()
        .forEach(each -> typed.put(each.getKey(), each.getValue().asText()));
    URI base = sandbox.base().resolve("/" + way.emr());
    ConnectionId connection =
        connections
            .add(
                clinic,
                new Connections.NewConnection(
                    way.emr(), way.way(), name, typed, base, zone, way.currency()))
            .id();
    return new Subject(clinic, connection, name, emr.path("apiKey").asText(), location, token);
  }

  /** Calls at the EMR after a number of its log, sign-ins included, oldest first. */
  List<SandboxProcess.Operation> emrCalls(Subject subject, long since) {
    return Stream.concat(
            sandbox.log(subject.account(), since).stream(),
            // Who signs in is not known before.
            sandbox.log("unknown", since).stream())
        .filter(each -> !each.kind().equals("EDIT"))
        .toList();
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
