package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.Seeds;
import io.clinicsync.TestDatabase;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.ClinicId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clinics connected to simulated accounts, hands that let time pass, and a checker of what must
 * hold.
 */
final class SyncTestBed {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  private final Runs runs;
  private final Sweeps sweeps;
  private final Clinics clinics;
  private final Connections connections;
  private final SandboxServer sandbox;
  private final TestDatabase database;
  private final LeakWatch leaks = LeakWatch.install();

  SyncTestBed(
      Runs runs,
      Sweeps sweeps,
      Clinics clinics,
      Connections connections,
      SandboxServer sandbox,
      TestDatabase database) {
    this.runs = runs;
    this.sweeps = sweeps;
    this.clinics = clinics;
    this.connections = connections;
    this.sandbox = sandbox;
    this.database = database;
    VersionWatch.install(this);
  }

  /**
   * A clinic with one connection.
   *
   * @param canary a text only this tenant's records hold
   */
  record Tenant(
      ClinicId clinic,
      ConnectionId connection,
      ClinikoAccount account,
      String canary,
      Truth truth) {

    @Override
    public String toString() {
      return account.name();
    }
  }

  /** A clinic connected to a fresh account of about so many patients; nothing is read yet. */
  Tenant tenant(int patients) {
    return tenant(patients, Seeds.next());
  }

  /** As {@link #tenant(int)}; equal seeds make equal worlds. */
  Tenant tenant(int patients, long seed) {
    int number = NUMBER.incrementAndGet();
    String name = "clinic-" + number;
    String canary = "Canary" + Integer.toString(900_000 + number, 36);
    ClinikoAccount account = sandbox.cliniko().createAccount(name, seed, patients, SYDNEY);
    String planted =
        account
            .edits()
            .createPatient(
                Map.of(
                    "first_name",
                    canary,
                    "last_name",
                    "Example",
                    "email",
                    canary.toLowerCase() + "@example.org"));
    assertThat(planted).isNotEmpty();
    leaks.watch(canary);
    leaks.watch(account.apiKey());
    Clinic clinic =
        clinics.create(
            clinics.createOrganisation("Organisation " + number), name, SYDNEY, "AU", "AUD");
    Connection connection =
        connections.add(
            clinic.id(),
            new Connections.NewConnection(
                "cliniko",
                "api-key",
                name,
                Map.of("apiKey", account.apiKey()),
                sandbox.base().resolve("/cliniko"),
                SYDNEY,
                "AUD"));
    return new Tenant(clinic.id(), connection.id(), account, canary, new Truth(account));
  }

  /** As {@link #tenant}, with everything read and nothing left to do. */
  Tenant loaded(int patients) {
    Tenant tenant = tenant(patients);
    quiet(tenant);
    return tenant;
  }

  SandboxClock clock() {
    return sandbox.clock();
  }

  Connections connections() {
    return connections;
  }

  RunResult run(Tenant tenant) {
    return runs.run(tenant.clinic(), tenant.connection()).orElseThrow();
  }

  RunResult sweep(Tenant tenant) {
    return sweeps.sweep(tenant.clinic(), tenant.connection()).orElseThrow();
  }

  void pass(Duration time) {
    clock().advance(time);
  }

  /** Runs, an interval apart, until a run finds nothing; returns how many it took. */
  int quiet(Tenant tenant) {
    for (int round = 1; round <= 12; round++) {
      pass(Duration.ofMinutes(6));
      RunResult result = run(tenant);
      if (result.state() == RunState.SUCCEEDED
          && result.created() + result.updated() + result.removed() == 0) {
        return round;
      }
    }
    throw new AssertionError(tenant + " does not come to rest");
  }

  Fault on(Tenant tenant, Fault fault) {
    return fault.onAccount(tenant.account().name());
  }

  void set(Tenant tenant, Fault fault) {
    sandbox.faults().set(on(tenant, fault));
  }

  void healthy() {
    sandbox.faults().clear();
  }

  /** Where the operation log stands, for {@link #callsSince}. */
  long mark() {
    return sandbox.log().lastSeq();
  }

  /** Calls that reached the vendor, refused ones included. */
  List<LogEntry> callsSince(Tenant tenant, long mark) {
    return sandbox.log().since(tenant.account().name(), mark).stream()
        .filter(entry -> entry.kind() != LogEntry.Kind.EDIT)
        .toList();
  }

  Checker checker() {
    return new Checker(this, sandbox, leaks);
  }

  /** What the clinic's own screens would say about the connection. */
  Connection connection(Tenant tenant) {
    return connections.find(tenant.clinic(), tenant.connection()).orElseThrow();
  }

  TestDatabase database() {
    return database;
  }

  /** One row's cells of a query that sees everything. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Queries as superuser, past row-level security. */
  <T> List<T> query(String sql, Row<T> reader) {
    try (var session = database.connectAsSuperuser();
        Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(reader.read(rows));
      }
      return found;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  long number(String sql) {
    return query(sql, row -> row.getLong(1)).getFirst();
  }

  void execute(String sql) {
    try (var session = database.connectAsSuperuser();
        Statement statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Lets the leases of processes that died run out. */
  void expireLeases(Tenant tenant) {
    execute(
        "UPDATE sync_leases SET expires_at = clock_timestamp() - interval '1 second' WHERE connection_id = '"
            + tenant.connection()
            + "'");
  }

  /** Cuts every session of the serving role, as a restart of the database does. */
  void killSessions() {
    query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clinicsync_app' AND datname = current_database()",
        row -> row.getBoolean(1));
  }

  /** The mark and place of each source, as text. */
  String checkpoints(Tenant tenant) {
    return String.join(
        "\n",
        query(
            "SELECT source || ' ' || coalesce(mark::text, '-') || ' ' || coalesce(window_cursor, '-')"
                + " FROM sync_checkpoints WHERE lane = 'LIVE' AND connection_id = '"
                + tenant.connection()
                + "' ORDER BY source",
            row -> row.getString(1)));
  }
}
