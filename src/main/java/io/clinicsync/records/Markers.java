package io.clinicsync.records;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A table of patients something is due for. One row per patient; its turn rises with each mark, so
 * that a mark made while its predecessor is being worked on is not lost. Every method joins the
 * caller's transaction.
 */
public final class Markers {

  private final JdbcClient jdbc;
  private final String table;

  public Markers(JdbcClient jdbc, String table) {
    this.jdbc = jdbc;
    this.table = table;
  }

  /** A patient something is due for. */
  public record Due(ConnectionId connection, EmrId patient, Cause cause, long turn) {}

  /** Marks patients; marked twice, the more urgent cause stays. */
  public int mark(
      ClinicId clinic,
      ConnectionId connection,
      Collection<EmrId> patients,
      Cause cause,
      Instant now) {
    // Sorted, so that two transactions marking the same patients lock them in the same order.
    String[] ids = patients.stream().map(EmrId::value).distinct().sorted().toArray(String[]::new);
    return jdbc.sql(
            "INSERT INTO "
                + table
                + """
             AS d (tenant_id, connection_id, patient_id, cause, turn, marked_at)
            SELECT :tenant, :connection, id, :cause, nextval('records_due_turns'), :now
            FROM unnest(:ids::text[]) AS id
            ON CONFLICT (tenant_id, connection_id, patient_id)
            DO UPDATE SET cause = least(d.cause, excluded.cause), turn = excluded.turn
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("cause", cause.ordinal())
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("ids", ids)
        .update();
  }

  /**
   * Takes up to so many, locked against other takers until the transaction ends; most urgent first.
   */
  public List<Due> take(ClinicId clinic, int limit) {
    return jdbc.sql(
            "SELECT connection_id, patient_id, cause, turn FROM "
                + table
                + " WHERE tenant_id = :tenant ORDER BY cause, turn LIMIT :limit FOR UPDATE SKIP LOCKED")
        .param("tenant", clinic.value())
        .param("limit", limit)
        .query(
            (row, number) ->
                new Due(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    new EmrId(row.getString("patient_id")),
                    Cause.values()[row.getInt("cause")],
                    row.getLong("turn")))
        .list();
  }

  /** Removes what was worked off and not marked again meanwhile. */
  public void done(ClinicId clinic, Collection<Due> worked) {
    jdbc.sql(
            "DELETE FROM "
                + table
                + """
             d USING unnest(:connections::uuid[], :ids::text[], :turns::bigint[]) AS w (c, i, t)
            WHERE d.tenant_id = :tenant AND d.connection_id = w.c AND d.patient_id = w.i AND d.turn = w.t
            """)
        .param(
            "connections",
            worked.stream().map(due -> due.connection().toString()).toArray(String[]::new))
        .param("ids", worked.stream().map(due -> due.patient().value()).toArray(String[]::new))
        .param("turns", worked.stream().map(Due::turn).toArray(Long[]::new))
        .param("tenant", clinic.value())
        .update();
  }
}
