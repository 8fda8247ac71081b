package io.clinicsync.booking;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The attempts somebody must look after. Each claim makes the attempt the claimer's: whoever had it
 * before writes nothing any more.
 */
@Component
class AttemptQueue {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final AttemptRows rows;
  private final Clock clock;

  AttemptQueue(
      Tenancy tenancy,
      JdbcClient jdbc,
      CrossTenantReads crossTenant,
      AttemptRows rows,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.rows = rows;
    this.clock = clock;
  }

  /** Which clinics have attempts somebody must look after. */
  List<ClinicId> clinicsToSettle() {
    return crossTenant.list(
        Sweep.BOOKINGS_TO_SETTLE,
        "SELECT DISTINCT tenant_id FROM booking_attempts WHERE state <> 'DONE' AND settle_at <= :now",
        Map.of("now", AttemptRows.utc(clock.instant())),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  /** The next attempt to look after now, handed to one caller; whoever had it has it no more. */
  Optional<Attempt> claimToSettle(ClinicId clinic) {
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    UPDATE booking_attempts SET settle_at = ?, turn = turn + 1 WHERE tenant_id = ? AND id =
                      (SELECT id FROM booking_attempts WHERE tenant_id = ? AND state <> 'DONE' AND settle_at <= ?
                       ORDER BY settle_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING *
                    """)
                .params(
                    AttemptRows.utc(now.plus(Settling.LONGEST_WRITE)),
                    clinic.value(),
                    clinic.value(),
                    AttemptRows.utc(now))
                .query((row, number) -> rows.read(row))
                .optional());
  }

  /** A registration that waits for its lost answer, handed to a caller who can look for it. */
  Optional<Attempt> claimUnknown(ClinicId clinic, UUID id) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    UPDATE booking_attempts SET settle_at = ?, turn = turn + 1
                    WHERE tenant_id = ? AND id = ? AND operation = 'REGISTER' AND state = 'UNKNOWN' RETURNING *
                    """)
                .params(
                    AttemptRows.utc(clock.instant().plus(Settling.LOOK_AGAIN)), clinic.value(), id)
                .query((row, number) -> rows.read(row))
                .optional());
  }

  /** Nothing is certain yet; it comes up again soon. */
  void lookAgain(Attempt attempt) {
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          jdbc.sql(
                  "UPDATE booking_attempts SET settle_at = ? WHERE tenant_id = ? AND id = ? AND turn = ? AND state <> 'DONE'")
              .params(
                  AttemptRows.utc(clock.instant().plus(Settling.LOOK_AGAIN)),
                  attempt.clinic().value(),
                  attempt.id(),
                  attempt.turn())
              .update();
        });
  }
}
