package io.clinicsync.booking;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Times our own callers are booking at this moment, kept apart by an exclusion constraint over all
 * nodes [R28]. The EMR stays the authority on everything else.
 */
@Component
class Holds {

  /** A crashed attempt blocks its time no longer; one that takes longer writes nothing any more. */
  static final Duration LIFE = Duration.ofMinutes(3);

  private static final String EXCLUSION_VIOLATION = "23P01";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final TimeRange ALWAYS =
      new TimeRange(Instant.parse("1970-01-01T00:00:00Z"), Instant.parse("9000-01-01T00:00:00Z"));

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final JdbcTemplate template;
  private final ConnectionTurns turns;
  private final Clock clock;

  Holds(
      Tenancy tenancy, JdbcClient jdbc, JdbcTemplate template, ConnectionTurns turns, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.template = template;
    this.turns = turns;
    this.clock = clock;
  }

  static String practitioner(EmrRef practitioner) {
    return "practitioner:" + practitioner.id().value();
  }

  /** A class at its time, while a seat of it is being taken; begins with {@link #classesOf}. */
  static String classOf(EmrRef practitioner, EmrRef treatment) {
    return classesOf(practitioner) + treatment.id().value();
  }

  static String classesOf(EmrRef practitioner) {
    return "class:" + practitioner.id().value() + ":";
  }

  static String seatsOf(EmrRef practitioner, EmrRef treatment) {
    return "seats:" + practitioner.id().value() + ":" + treatment.id().value();
  }

  /** Whether the time is ours now; false when another attempt holds some of it. */
  boolean take(Attempt attempt, String what, TimeRange span) {
    return take(attempt, what, span, () -> true);
  }

  /**
   * As {@link #take(Attempt, String, TimeRange)}, where something more must hold.
   *
   * @param also asked in the same transaction, with the time taken; when it is false nothing is
   */
  boolean take(Attempt attempt, String what, TimeRange span, BooleanSupplier also) {
    Instant now = clock.instant();
    try {
      return tenancy.inClinic(
          attempt.clinic(),
          () -> {
            insert(attempt, what, span, now);
            if (also.getAsBoolean()) {
              return true;
            }
            tenancy.rollBack();
            return false;
          });
    } catch (DataIntegrityViolationException refused) {
      if (refused.getRootCause() instanceof SQLException cause
          && EXCLUSION_VIOLATION.equals(cause.getSQLState())) {
        return false;
      }
      throw refused;
    }
  }

  /**
   * Three statements in one message. Two inserts under an exclusion constraint can wait for each
   * other; so they queue.
   */
  private void insert(Attempt attempt, String what, TimeRange span, Instant now) {
    Object[] parameters = {
      attempt.connection() + what,
      attempt.clinic().value(),
      attempt.connection().value(),
      what,
      utc(now),
      attempt.clinic().value(),
      attempt.connection().value(),
      attempt.id(),
      what,
      utc(span.from()),
      utc(span.to()),
      utc(now.plus(LIFE))
    };
    template.execute(
        """
        SELECT pg_advisory_xact_lock(hashtextextended(?, 0));
        DELETE FROM booking_holds WHERE tenant_id = ? AND connection_id = ? AND what = ? AND expires_at < ?;
        INSERT INTO booking_holds (tenant_id, connection_id, attempt_id, what, span, expires_at)
        VALUES (?, ?, ?, ?, tstzrange(?, ?), ?)
        ON CONFLICT (tenant_id, attempt_id, what) DO UPDATE SET span = excluded.span, expires_at = excluded.expires_at
        """,
        (PreparedStatement statement) -> {
          for (int each = 0; each < parameters.length; each++) {
            statement.setObject(each + 1, parameters[each]);
          }
          return statement.execute();
        });
  }

  /**
   * Hands a caller's live hold over to the attempt that books it, in one statement, so that nobody
   * gets between; false when the hold is over.
   */
  boolean passOver(java.util.UUID hold, Attempt attempt, String what) {
    Instant now = clock.instant();
    return tenancy.inClinic(
            attempt.clinic(),
            () ->
                jdbc.sql(
                        "UPDATE booking_holds SET attempt_id = ?, expires_at = ? WHERE tenant_id = ? AND connection_id = ?"
                            + " AND attempt_id = ? AND what = ? AND expires_at > ?")
                    .params(
                        attempt.id(),
                        utc(now.plus(LIFE)),
                        attempt.clinic().value(),
                        attempt.connection().value(),
                        hold,
                        what,
                        utc(now))
                    .update())
        == 1;
  }

  /**
   * Waits where callers must go one after the other: seats of a class, a person who is being
   * registered, an id. Who waits steps aside, so that others of the connection are worked on.
   */
  void takeInTurn(Attempt attempt, String what) {
    if (!take(attempt, what, ALWAYS)) {
      turns.stepAside(() -> waitFor(attempt, what));
    }
  }

  private void waitFor(Attempt attempt, String what) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!take(attempt, what, ALWAYS)) {
      if (System.nanoTime() > end) {
        throw Stopped.because(
            Code.EMR_UNAVAILABLE, "Too many calls about this at once; try again in a moment.");
      }
      LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
    }
  }

  /**
   * Lets go of the times and classes an attempt holds, to try another practitioner's. Its turn
   * about an id or a person stays.
   */
  void releaseTimes(Attempt attempt) {
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          jdbc.sql(
                  "DELETE FROM booking_holds WHERE tenant_id = ? AND attempt_id = ? AND (what LIKE 'practitioner:%'"
                      + " OR what LIKE 'seats:%' OR what LIKE 'class:%')")
              .params(attempt.clinic().value(), attempt.id())
              .update();
        });
  }

  /** Lets go of everything an attempt holds; joins an open transaction. */
  void release(Attempt attempt) {
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          jdbc.sql("DELETE FROM booking_holds WHERE tenant_id = ? AND attempt_id = ?")
              .params(attempt.clinic().value(), attempt.id())
              .update();
        });
  }

  /** A practitioner's times that are being booked at this moment. */
  List<TimeRange> of(ClinicId clinic, ConnectionId connection, EmrRef practitioner) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT lower(span), upper(span) FROM booking_holds WHERE tenant_id = ? AND connection_id = ? AND what = ?"
                        + " AND expires_at >= ?")
                .params(
                    clinic.value(),
                    connection.value(),
                    practitioner(practitioner),
                    utc(clock.instant()))
                .query(
                    (row, number) ->
                        new TimeRange(
                            row.getObject(1, OffsetDateTime.class).toInstant(),
                            row.getObject(2, OffsetDateTime.class).toInstant()))
                .list());
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
