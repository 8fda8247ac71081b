package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What sweeps met, and what came of it. Every method joins the caller's transaction. */
@Component
class SweepStore {

  private final JdbcClient jdbc;
  private final PatientRecords records;
  private final Clock clock;

  SweepStore(JdbcClient jdbc, PatientRecords records, Clock clock) {
    this.jdbc = jdbc;
    this.records = records;
    this.clock = clock;
  }

  /**
   * Both sides of a comparison.
   *
   * @param emr records the sweep met
   * @param ours records we hold that are not marked removed
   * @param missing ours that the sweep did not meet
   * @param quarantined entries met but not understood
   */
  record Tally(int emr, int ours, List<EmrRef> missing, int quarantined) {}

  /** A reconciliation as stored [SY-3]. */
  record Reconciliation(
      RecordKind source,
      Instant finishedAt,
      int emrCount,
      int ourCount,
      int repaired,
      int removed,
      int quarantined,
      int unexplained) {}

  Tally tally(ClinicId clinic, ConnectionId connection, RecordKind kind, long generation) {
    int emr =
        jdbc.sql(
                "SELECT count(*) FROM sync_sweep_seen WHERE tenant_id = ? AND connection_id = ? AND source = ? AND generation = ?")
            .params(clinic.value(), connection.value(), kind.name(), generation)
            .query(Integer.class)
            .single();
    List<String> met =
        jdbc.sql(
                "SELECT id FROM sync_sweep_seen WHERE tenant_id = ? AND connection_id = ? AND source = ? AND generation = ?")
            .params(clinic.value(), connection.value(), kind.name(), generation)
            .query(String.class)
            .list();
    List<EmrRef> missing = records.standingBut(clinic, connection, kind, met);
    int quarantined =
        jdbc.sql(
                "SELECT count(*) FROM records_quarantined WHERE tenant_id = ? AND connection_id = ? AND kind = ?")
            .params(clinic.value(), connection.value(), kind.name())
            .query(Integer.class)
            .single();
    return new Tally(emr, records.count(clinic, connection, kind), missing, quarantined);
  }

  void record(
      ClinicId clinic,
      ConnectionId connection,
      RecordKind kind,
      long generation,
      Tally tally,
      int repaired,
      int removed) {
    int unexplained = Math.max(0, tally.missing().size() - removed - repaired);
    jdbc.sql(
            """
            INSERT INTO sync_reconciliations (tenant_id, connection_id, source, generation, finished_at, emr_count, our_count,
              repaired, removed, quarantined, unexplained)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """)
        .params(
            clinic.value(),
            connection.value(),
            kind.name(),
            generation,
            clock.instant().atOffset(ZoneOffset.UTC),
            tally.emr(),
            tally.ours(),
            repaired,
            removed,
            tally.quarantined(),
            unexplained)
        .update();
  }

  void clear(ClinicId clinic, ConnectionId connection, RecordKind kind, long generation) {
    jdbc.sql(
            "DELETE FROM sync_sweep_seen WHERE tenant_id = ? AND connection_id = ? AND source = ? AND generation <= ?")
        .params(clinic.value(), connection.value(), kind.name(), generation)
        .update();
  }

  /** The latest reconciliation of each source. */
  List<Reconciliation> latest(ClinicId clinic, ConnectionId connection) {
    return jdbc.sql(
            """
            SELECT DISTINCT ON (source) * FROM sync_reconciliations WHERE tenant_id = ? AND connection_id = ?
            ORDER BY source, generation DESC
            """)
        .params(clinic.value(), connection.value())
        .query(
            (row, number) ->
                new Reconciliation(
                    RecordKind.valueOf(row.getString("source")),
                    row.getObject("finished_at", OffsetDateTime.class).toInstant(),
                    row.getInt("emr_count"),
                    row.getInt("our_count"),
                    row.getInt("repaired"),
                    row.getInt("removed"),
                    row.getInt("quarantined"),
                    row.getInt("unexplained")))
        .list();
  }
}
