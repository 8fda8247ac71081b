package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Attempts looked back upon: shown to callers, and counted. */
@Component
class AttemptLog {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final AttemptRows rows;

  AttemptLog(Tenancy tenancy, JdbcClient jdbc, AttemptRows rows) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.rows = rows;
  }

  /** An attempt as it can be shown. */
  record Shown(
      UUID id,
      ConnectionId connection,
      Operation operation,
      State state,
      @Nullable BookingAnswer answer,
      List<Trace.Step> trace,
      Instant createdAt) {}

  Optional<Shown> find(ClinicId clinic, UUID id) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT * FROM booking_attempts WHERE tenant_id = ? AND id = ?")
                .params(clinic.value(), id)
                .query((row, number) -> shown(row))
                .optional());
  }

  /** Attempts that could not be settled for ten minutes: a person must look [R29]. */
  List<Shown> stuck(ClinicId clinic, Instant before) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM booking_attempts WHERE tenant_id = ? AND state <> 'DONE' AND created_at < ?"
                        + " ORDER BY created_at LIMIT 100")
                .params(clinic.value(), AttemptRows.utc(before))
                .query((row, number) -> shown(row))
                .list());
  }

  /** Latest first. */
  List<Shown> latest(ClinicId clinic, ConnectionId connection, int limit) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM booking_attempts WHERE tenant_id = ? AND connection_id = ?"
                        + " ORDER BY created_at DESC, id LIMIT ?")
                .params(clinic.value(), connection.value(), limit)
                .query((row, number) -> shown(row))
                .list());
  }

  private Shown shown(ResultSet row) throws SQLException {
    Attempt attempt = rows.read(row);
    String answer = row.getString("answer");
    return new Shown(
        attempt.id(),
        attempt.connection(),
        attempt.operation(),
        attempt.state(),
        answer == null ? null : rows.answer(answer).of(attempt.id()),
        rows.steps(row.getString("trace")),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  /**
   * How many appointments a practitioner got through us that start within a span and were not
   * cancelled through us.
   */
  int bookedWithin(ClinicId clinic, ConnectionId connection, EmrRef practitioner, TimeRange span) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT count(*) FROM booking_attempts b WHERE b.tenant_id = ? AND b.connection_id = ? AND b.operation = 'BOOK'
                      AND b.practitioner_id = ? AND b.starts_at >= ? AND b.starts_at < ? AND b.answer ->> 'code' = 'BOOKED'
                      AND NOT EXISTS (SELECT FROM booking_attempts c WHERE c.tenant_id = b.tenant_id AND c.connection_id = b.connection_id
                        AND c.appointment_id = b.appointment_id AND c.operation <> 'BOOK'
                        AND c.answer ->> 'code' IN ('CANCELLED', 'RESCHEDULED'))
                    """)
                .params(
                    clinic.value(),
                    connection.value(),
                    practitioner.id().value(),
                    AttemptRows.utc(span.from()),
                    AttemptRows.utc(span.to()))
                .query(Integer.class)
                .single());
  }
}
