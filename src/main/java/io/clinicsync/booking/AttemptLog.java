package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.ConnectionId;
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

/** Attempts looked back upon, as they are shown to callers. */
@Component
class AttemptLog {

  private static final String OF_KEY = " AND (?::uuid IS NULL OR key_id = ?)";

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

  /**
   * One attempt.
   *
   * @param ofKey only if this key made it; null for whoever did
   */
  Optional<Shown> find(ClinicId clinic, UUID id, @Nullable UUID ofKey) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT * FROM booking_attempts WHERE tenant_id = ? AND id = ?" + OF_KEY)
                .params(clinic.value(), id, ofKey, ofKey)
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

  /**
   * Latest first.
   *
   * @param ofKey only what this key made; null for whoever did
   */
  List<Shown> latest(ClinicId clinic, ConnectionId connection, @Nullable UUID ofKey, int limit) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM booking_attempts WHERE tenant_id = ? AND connection_id = ?"
                        + OF_KEY
                        + " ORDER BY created_at DESC, id LIMIT ?")
                .params(clinic.value(), connection.value(), ofKey, ofKey, limit)
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
}
