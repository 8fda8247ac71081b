package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** A patient's appointments, page by page. Every method joins the caller's transaction. */
@Component
public class PatientAppointments {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");

  private final JdbcClient jdbc;

  PatientAppointments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Which appointments.
   *
   * @param from earliest start; null means any
   * @param to before this start; null means any
   * @param statuses at least one
   * @param after the last one of the page before; null starts with the newest
   */
  public record Query(
      EmrId patient,
      @Nullable Instant from,
      @Nullable Instant to,
      Collection<Appointment.Status> statuses,
      @Nullable Place after,
      int limit) {}

  /** Where a page ended. */
  public record Place(Instant startsAt, String id) {}

  /** Those that stand, newest start first. */
  public List<Appointment> find(ClinicId clinic, ConnectionId connection, Query query) {
    Instant from = query.from() == null ? EARLIEST : query.from();
    Instant to = query.to() == null ? LATEST : query.to();
    Place after = query.after();
    return jdbc.sql(
            """
            SELECT body, source FROM records_appointments
            WHERE tenant_id = :tenant AND connection_id = :connection AND patient_id = :patient AND removed_at IS NULL
              AND starts_at >= :from AND starts_at < :to AND status = ANY (:statuses)
              AND (starts_at, id) < (:last, :lastId)
            ORDER BY starts_at DESC, id DESC LIMIT :limit
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("patient", query.patient().value())
        .param("from", from.atOffset(ZoneOffset.UTC))
        .param("to", to.atOffset(ZoneOffset.UTC))
        .param("statuses", query.statuses().stream().map(Enum::name).toArray(String[]::new))
        .param("last", (after == null ? LATEST : after.startsAt()).atOffset(ZoneOffset.UTC))
        .param("lastId", after == null ? "" : after.id())
        .param("limit", query.limit())
        .query(
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), Appointment.class))
        .list();
  }
}
