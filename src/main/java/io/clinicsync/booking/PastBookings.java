package io.clinicsync.booking;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes what is past, a few hundred rows at a time. An attempt that is open is never touched, nor
 * anything that speaks of an appointment ahead.
 */
@Component
class PastBookings {

  /** After an attempt ended, and after its appointment. */
  static final Duration ATTEMPTS = Duration.ofDays(30);

  /** After an id was last named. */
  static final Duration OTHER_IDS = Duration.ofDays(400);

  /** After a hold was over; so long it is told from one that never was. */
  static final Duration HOLDS = Duration.ofDays(1);

  private static final int BATCH = 500;

  /** The appointment an attempt speaks of may have been moved since, and may have another id. */
  private static final String PAST_ATTEMPTS =
      """
      DELETE FROM booking_attempts WHERE tenant_id = :tenant AND id IN (
        SELECT a.id FROM booking_attempts a
          LEFT JOIN booking_other_ids m ON m.tenant_id = a.tenant_id AND m.connection_id = a.connection_id
            AND m.other_id_of = 'MOVED' AND m.other_id = a.appointment_id
         WHERE a.tenant_id = :tenant AND a.state = 'DONE' AND greatest(a.updated_at, a.ends_at) < :before
           AND coalesce((a.answer #>> '{appointment,startsAt}')::timestamptz < :before, true)
           AND NOT EXISTS (SELECT FROM records_appointments r
             WHERE r.tenant_id = a.tenant_id AND r.connection_id = a.connection_id
               AND r.id IN (a.appointment_id, m.appointment_id) AND coalesce(r.ends_at, r.starts_at) >= :before)
         LIMIT :batch)
      """;

  private static final String UNNAMED_IDS =
      """
      DELETE FROM booking_other_ids WHERE tenant_id = :tenant AND (connection_id, other_id_of, other_id) IN (
        SELECT o.connection_id, o.other_id_of, o.other_id FROM booking_other_ids o
         WHERE o.tenant_id = :tenant AND o.named_at < :before
           AND NOT EXISTS (SELECT FROM records_appointments r
             WHERE r.tenant_id = o.tenant_id AND r.connection_id = o.connection_id AND r.id = o.appointment_id
               AND r.starts_at > :now)
         LIMIT :batch)
      """;

  private static final String EXPIRED_HOLDS =
      """
      DELETE FROM booking_holds WHERE tenant_id = :tenant AND (attempt_id, what) IN (
        SELECT attempt_id, what FROM booking_holds WHERE tenant_id = :tenant AND expires_at < :before LIMIT :batch)
      """;

  private static final String EXPIRED_KEPT_TIMES =
      """
      DELETE FROM booking_kept_times WHERE tenant_id = :tenant AND id IN (
        SELECT id FROM booking_kept_times WHERE tenant_id = :tenant AND expires_at < :before LIMIT :batch)
      """;

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  PastBookings(Tenancy tenancy, JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** Which clinics may have something to forget; some of it may speak of what lies ahead. */
  List<ClinicId> clinicsToForget() {
    return crossTenant.list(
        Sweep.BOOKINGS_TO_FORGET,
        """
        SELECT tenant_id FROM booking_attempts WHERE state = 'DONE' AND greatest(updated_at, ends_at) < :attempts
        UNION SELECT tenant_id FROM booking_other_ids WHERE named_at < :ids
        UNION SELECT tenant_id FROM booking_holds WHERE expires_at < :holds
        UNION SELECT tenant_id FROM booking_kept_times WHERE expires_at < :holds
        """,
        Map.of("attempts", ago(ATTEMPTS), "ids", ago(OTHER_IDS), "holds", ago(HOLDS)),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  /** Forgets what is past of a clinic. */
  void forget(ClinicId clinic) {
    delete(clinic, PAST_ATTEMPTS, ago(ATTEMPTS));
    delete(clinic, UNNAMED_IDS, ago(OTHER_IDS));
    delete(clinic, EXPIRED_HOLDS, ago(HOLDS));
    delete(clinic, EXPIRED_KEPT_TIMES, ago(HOLDS));
  }

  /** Each batch is a transaction of its own, so that nobody waits long for a row. */
  private void delete(ClinicId clinic, String statement, OffsetDateTime before) {
    int deleted;
    do {
      deleted =
          tenancy.inClinic(
              clinic,
              () ->
                  jdbc.sql(statement)
                      .param("tenant", clinic.value())
                      .param("before", before)
                      .param("now", AttemptRows.utc(clock.instant()))
                      .param("batch", BATCH)
                      .update());
    } while (deleted == BATCH);
  }

  private OffsetDateTime ago(Duration duration) {
    return AttemptRows.utc(clock.instant().minus(duration));
  }
}
