package io.clinicsync.records;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says whose facts must be computed again. Written in the transaction of the change, taken by {@code insights}. */
@Component
public class DueMarkers {

  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  DueMarkers(JdbcClient jdbc, CrossTenantReads crossTenant, ApplicationEventPublisher events, Clock clock) {
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.events = events;
    this.clock = clock;
  }

  /** A patient whose facts are due. */
  public record Due(ConnectionId connection, EmrId patient, Cause cause, long turn) {}

  /** Marks patients, within the caller's transaction; announces it, to be heard after the commit. */
  public void mark(ClinicId clinic, ConnectionId connection, Collection<EmrId> patients, Cause cause) {
    if (patients.isEmpty()) {
      return;
    }
    // Sorted, so that two transactions marking the same patients lock them in the same order.
    String[] ids = patients.stream().map(EmrId::value).distinct().sorted().toArray(String[]::new);
    jdbc.sql(
            """
            INSERT INTO records_due AS d (tenant_id, connection_id, patient_id, cause, turn, marked_at)
            SELECT :tenant, :connection, id, :cause, nextval('records_due_turns'), :now
            FROM unnest(:ids::text[]) AS id
            ON CONFLICT (tenant_id, connection_id, patient_id)
            DO UPDATE SET cause = least(d.cause, excluded.cause), turn = excluded.turn
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("cause", cause.ordinal())
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .param("ids", ids)
        .update();
    events.publishEvent(new PatientsTouched(clinic, connection, ids.length, cause));
  }

  /** Marks every patient of a connection, in one statement: at the end of a first load, or when a mapping changed. */
  public void markAll(ClinicId clinic, ConnectionId connection, Cause cause) {
    int marked =
        jdbc.sql(
                """
                INSERT INTO records_due AS d (tenant_id, connection_id, patient_id, cause, turn, marked_at)
                SELECT p.tenant_id, p.connection_id, p.id, :cause, nextval('records_due_turns'), :now
                FROM records_patients p WHERE p.tenant_id = :tenant AND p.connection_id = :connection ORDER BY p.id
                ON CONFLICT (tenant_id, connection_id, patient_id)
                DO UPDATE SET cause = least(d.cause, excluded.cause), turn = excluded.turn
                """)
            .param("tenant", clinic.value())
            .param("connection", connection.value())
            .param("cause", cause.ordinal())
            .param("now", clock.instant().atOffset(ZoneOffset.UTC))
            .update();
    events.publishEvent(new PatientsTouched(clinic, connection, marked, cause));
  }

  /** Takes up to so many markers, locked against other takers until the caller's transaction ends; most urgent first. */
  public List<Due> take(ClinicId clinic, int limit) {
    return jdbc.sql(
            """
            SELECT connection_id, patient_id, cause, turn FROM records_due WHERE tenant_id = :tenant
            ORDER BY cause, turn LIMIT :limit FOR UPDATE SKIP LOCKED
            """)
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

  /** Removes markers that were worked off, in the transaction that took them. */
  public void done(ClinicId clinic, Collection<Due> worked) {
    jdbc.sql(
            """
            DELETE FROM records_due d USING unnest(:connections::uuid[], :ids::text[], :turns::bigint[]) AS w (c, i, t)
            WHERE d.tenant_id = :tenant AND d.connection_id = w.c AND d.patient_id = w.i AND d.turn = w.t
            """)
        .param("connections", worked.stream().map(due -> due.connection().toString()).toArray(String[]::new))
        .param("ids", worked.stream().map(due -> due.patient().value()).toArray(String[]::new))
        .param("turns", worked.stream().map(Due::turn).toArray(Long[]::new))
        .param("tenant", clinic.value())
        .update();
  }

  /** Every clinic that has patients due, most urgent first. */
  public List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.FACTS_DUE,
        "SELECT tenant_id FROM records_due GROUP BY tenant_id ORDER BY min(cause), min(marked_at)",
        Map.of(),
        (row, number) -> new ClinicId(row.getObject(1, UUID.class)));
  }
}
