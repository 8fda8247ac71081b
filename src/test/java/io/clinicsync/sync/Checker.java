package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Proves the invariants from outside: the simulator's log and rows on one side, our tables on the
 * other. Each method returns what it found wrong, so that mutants can be shown to be caught.
 */
final class Checker {

  private static final int QUOTA = 200;
  private static final Duration PER = Duration.ofMinutes(1);

  private final SyncTestBed bed;
  private final SandboxServer sandbox;
  private final LeakWatch leaks;

  Checker(SyncTestBed bed, SandboxServer sandbox, LeakWatch leaks) {
    this.bed = bed;
    this.sandbox = sandbox;
    this.leaks = leaks;
  }

  /** Everything, for tenants that were left to come to rest. */
  void holds(Tenant... tenants) {
    List<String> wrong = new ArrayList<>();
    for (Tenant tenant : tenants) {
      wrong.addAll(converged(tenant));
      wrong.addAll(nothingStuck(tenant));
    }
    wrong.addAll(always(tenants));
    assertThat(wrong.stream().limit(12).toList()).as("%s violations", wrong.size()).isEmpty();
  }

  /** What must hold at any moment, in the middle of a fault too. */
  List<String> always(Tenant... tenants) {
    List<String> wrong = new ArrayList<>();
    for (Tenant tenant : tenants) {
      wrong.addAll(traced(tenant));
      wrong.addAll(contained(tenant));
      wrong.addAll(withinQuota(tenant));
      wrong.addAll(failuresVisible(tenant));
    }
    wrong.addAll(onlyForwards());
    leaks.leaked().stream().map(leak -> "I7 " + leak).forEach(wrong::add);
    return wrong;
  }

  /** I1. */
  List<String> converged(Tenant tenant) {
    return differences(tenant.truth().now(), ours(tenant));
  }

  private static List<String> differences(Map<String, String> theirs, Map<String, String> ours) {
    List<String> wrong = new ArrayList<>();
    theirs.forEach(
        (key, line) -> {
          String held = ours.get(key);
          if (held == null && line.contains("gone=true")) {
            return; // what vanished before we ever saw it need not be held
          }
          if (!line.equals(held)) {
            wrong.add("I1 " + key + ": theirs " + line + " ours " + held);
          }
        });
    ours.forEach(
        (key, line) -> {
          if (!theirs.containsKey(key)) {
            wrong.add("I1 " + key + " is not at the vendor");
          }
        });
    return wrong;
  }

  /** I2. */
  List<String> traced(Tenant tenant) {
    tenant.truth().remember();
    List<String> wrong = new ArrayList<>();
    ours(tenant)
        .forEach(
            (key, line) -> {
              // Our own mark of a proven deletion is no version of the vendor's.
              boolean real =
                  tenant.truth().existed(key, line)
                      || tenant.truth().existed(key, line.replace("gone=true", "gone=false"));
              if (!real) {
                wrong.add("I2 " + key + " never stood at the vendor as " + line);
              }
            });
    return wrong;
  }

  /** I3. */
  List<String> onlyForwards() {
    return bed.query(
        "SELECT tab, id, was, became FROM regressions",
        row ->
            "I3 "
                + row.getString(1)
                + " "
                + row.getString(2)
                + " went from "
                + row.getString(3)
                + " to "
                + row.getString(4));
  }

  /**
   * I5: neither the canary's text nor any of its tenant's record ids stand under another tenant.
   */
  List<String> contained(Tenant tenant) {
    List<String> tables =
        bed.query(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'",
            row -> row.getString(1));
    // One question about all tables: a session for each would cost more than what it asks. A canary
    // is ASCII, so letters need no locale.
    String foreign =
        tables.stream()
            .map(
                table ->
                    "SELECT '%s' FROM %s t WHERE tenant_id <> '%s' AND t::text ILIKE '%%%s%%' COLLATE \"C\""
                        .formatted(table, table, tenant.clinic(), tenant.canary()))
            .collect(Collectors.joining(" UNION "));
    return bed.query(
        foreign,
        row -> "I5 " + row.getString(1) + " holds a canary of " + tenant + " under another tenant");
  }

  /** I5: what a pooled connection still shows to work without a clinic. */
  List<String> carriedOver(DataSource pool) {
    List<Connection> taken = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    try {
      for (int session = 0; session < 8; session++) {
        Connection connection = pool.getConnection();
        taken.add(connection);
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("SELECT count(*) FROM records_patients")) {
          rows.next();
          wrong.add("I5 a session without a clinic sees " + rows.getLong(1) + " patients");
        } catch (SQLException refused) {
          // As it must be.
        }
        connection.rollback();
      }
      for (Connection connection : taken) {
        connection.close();
      }
      return wrong;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** I6. */
  List<String> withinQuota(Tenant tenant) {
    List<Instant> calls =
        sandbox.log().since(tenant.account().name(), 0).stream()
            .filter(entry -> entry.kind() != LogEntry.Kind.EDIT)
            .map(LogEntry::at)
            .sorted()
            .toList();
    for (int call = QUOTA; call < calls.size(); call++) {
      if (Duration.between(calls.get(call - QUOTA), calls.get(call)).compareTo(PER) < 0) {
        return List.of(
            "I6 "
                + tenant
                + " was called more than "
                + QUOTA
                + " times within a minute at "
                + calls.get(call));
      }
    }
    return List.of();
  }

  /** I8. */
  List<String> nothingStuck(Tenant tenant) {
    String of = " WHERE connection_id = '" + tenant.connection() + "'";
    List<String> wrong = new ArrayList<>();
    wrong.addAll(
        bed.query(
            "SELECT lane FROM sync_runs" + of + " AND state = 'RUNNING'",
            row -> "I8 a run of lane " + row.getString(1) + " never ended"));
    wrong.addAll(
        bed.query(
            "SELECT lane FROM sync_leases" + of + " AND expires_at > clock_timestamp()",
            row -> "I8 a lease of lane " + row.getString(1) + " is still held"));
    wrong.addAll(
        bed.query(
            "SELECT source FROM sync_checkpoints"
                + of
                + " AND lane = 'LIVE' AND window_cursor IS NOT NULL",
            row -> "I8 source " + row.getString(1) + " stands in the middle of a window"));
    if (bed.connection(tenant).paused()) {
      wrong.add("I8 the connection is paused: " + bed.connection(tenant).stateCode());
    }
    if (bed.connection(tenant).quietUntilLoaded()) {
      wrong.add("I8 the first load never ended");
    }
    return wrong;
  }

  /** I9. */
  List<String> failuresVisible(Tenant tenant) {
    String of = " WHERE connection_id = '" + tenant.connection() + "'";
    return bed.query(
        "SELECT state FROM sync_runs"
            + of
            + " AND state IN ('FAILED', 'PARTIAL', 'ABANDONED') AND code IS NULL",
        row -> "I9 a run ended as " + row.getString(1) + " without a reason");
  }

  /** Our records in the words of {@link Truth}. */
  Map<String, String> ours(Tenant tenant) {
    String of =
        " WHERE tenant_id = '"
            + tenant.clinic()
            + "' AND connection_id = '"
            + tenant.connection()
            + "'";
    Map<String, String> lines = new TreeMap<>();
    bed.query(
        "SELECT *, body->'name'->>'first' AS first, body->'name'->>'last' AS last FROM records_patients"
            + of,
        row ->
            lines.put(
                "patient " + row.getString("id"),
                Truth.line(
                    "first", text(row, "first"),
                    "last", text(row, "last"),
                    "email", text(row, "email"),
                    "born", text(row, "birth_date"),
                    "merged", text(row, "merged_into"),
                    "gone", gone(row))));
    bed.query(
        "SELECT * FROM records_invoices" + of,
        row ->
            lines.put(
                "invoice " + row.getString("id"),
                Truth.line(
                    "patient",
                    text(row, "patient_id"),
                    "status",
                    text(row, "status"),
                    "gone",
                    gone(row))));
    bed.query(
        "SELECT * FROM records_appointments" + of,
        row ->
            lines.put(
                "appointment " + row.getString("id"),
                Truth.line(
                    "patient", text(row, "patient_id"),
                    "practitioner", text(row, "practitioner_id"),
                    "treatment", text(row, "treatment_id"),
                    "site", text(row, "site_id"),
                    "start", instant(row, "starts_at"),
                    "end", instant(row, "ends_at"),
                    "status", text(row, "status"),
                    "gone", gone(row))));
    return lines;
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  private static boolean gone(ResultSet row) throws SQLException {
    return row.getObject("removed_at") != null;
  }

  private static String instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? "" : value.toInstant().toString();
  }
}
