package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What a run costs that finds nothing new. Alone, since others on the same server write log too.
 */
@SyncTest
@Isolated
class UnchangedCycleTests {

  private static final List<String> TABLES =
      List.of(
          "records_patients",
          "records_appointments",
          "records_invoices",
          "records_catalogues",
          "records_due",
          "records_transitions",
          "records_quarantined",
          "sync_checkpoints");

  @Autowired private SyncTestBed bed;
  @Autowired private StatementCount statements;

  @Test
  void anUnchangedRunAsksEachListOnceAndHardlyTheDatabase() {
    Tenant tenant = workedIn();
    bed.pass(Duration.ofMinutes(6));
    long mark = bed.mark();
    List<String> sent = statements.during(() -> bed.run(tenant));
    assertThat(sent).as("statements").hasSizeLessThanOrEqualTo(6);
    // Permits are virtual here; one lease of the shared ones costs two statements more and lasts
    // for several calls.
    List<String> calls = bed.callsSince(tenant, mark).stream().map(LogEntry::operation).toList();
    assertThat(calls).doesNotHaveDuplicates();
    assertThat(calls)
        .containsExactlyInAnyOrder(
            "GET /v1/patients",
            "GET /v1/individual_appointments",
            "GET /v1/group_appointments",
            "GET /v1/attendees",
            "GET /v1/invoices");
  }

  @Test
  void anUnchangedRunWritesNoRecordAndLittleLogHoweverManyRecordsThereAre() {
    Tenant tenant = workedIn();
    String before = versions(tenant);
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 3; run++) {
      bed.pass(Duration.ofMinutes(6));
      long at = position();
      RunResult result = bed.run(tenant);
      least = Math.min(least, position() - at);
      assertThat(result.created() + result.updated()).isZero();
    }
    assertThat(versions(tenant)).as("every row's place and writer").isEqualTo(before);
    assertThat(least)
        .as("bytes of log: the run's own row and its lease")
        .isLessThanOrEqualTo(3_000);
  }

  /** A clinic in which something of every kind changed after the large load. */
  private Tenant workedIn() {
    Tenant tenant = bed.loaded(300);
    bed.pass(Duration.ofMinutes(40));
    var edits = tenant.account().edits();
    // A class among the latest changes costs its participants' look-up again each time, as long as
    // it is in the overlap.
    edits.touchMany("group_appointments", 1);
    bed.pass(Duration.ofMinutes(10));
    edits.updatePatient(
        tenant.account().ids("patients").getFirst(), Map.of("last_name", "Changed"));
    edits.touchMany("individual_appointments", 2);
    edits.touchMany("attendees", 2);
    edits.touchMany("invoices", 2);
    bed.quiet(tenant);
    bed.quiet(tenant);
    return tenant;
  }

  private long position() {
    return bed.number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
  }

  /** Changes with any write to any row, even one that leaves it equal. */
  private String versions(Tenant tenant) {
    StringBuilder all = new StringBuilder();
    for (String table : TABLES) {
      all.append(
              bed.query(
                  "SELECT count(*) || ' ' || coalesce(md5(string_agg(ctid::text || xmin::text, ',' ORDER BY ctid)), '') FROM "
                      + table
                      + " WHERE tenant_id = '"
                      + tenant.clinic()
                      + "'",
                  row -> row.getString(1)))
          .append('\n');
    }
    return all.toString();
  }
}
