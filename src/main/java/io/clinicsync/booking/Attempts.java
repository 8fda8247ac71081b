package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.State;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How attempts go on: each step is written down before it is taken, and by nobody but the attempt's
 * owner [R29].
 */
@Component
class Attempts {

  /**
   * What is done with an attempt's holds in the statement that changes the attempt.
   *
   * @param first before it
   * @param only what must be so for the attempt to be changed
   */
  private record Along(String first, String only) {}

  private static final Along NOTHING = new Along("", "");

  /** Its time is held for longer; with none left the attempt goes no further. */
  private static final Along STILL_HELD =
      new Along(
          """
          WITH held AS (
            UPDATE booking_holds SET expires_at = :until WHERE tenant_id = :tenant AND attempt_id = :id AND expires_at > :now
              AND (what LIKE 'practitioner:%' OR what LIKE 'seats:%')
            RETURNING what
          )
          """,
          " AND EXISTS (SELECT FROM held)");

  private static final Along FREED =
      new Along(
          "WITH freed AS (DELETE FROM booking_holds WHERE tenant_id = :tenant AND attempt_id = :id) ",
          "");

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final AttemptKeys keys;
  private final AttemptRows rows;
  private final Clock clock;

  Attempts(Tenancy tenancy, JdbcClient jdbc, AttemptKeys keys, AttemptRows rows, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.keys = keys;
    this.rows = rows;
    this.clock = clock;
  }

  /**
   * The write is about to be sent.
   *
   * @param held whether a time is held for it; then it must still be, and stays so
   * @throws Overtaken when somebody else has the attempt, or the time, by now
   */
  Attempt writing(
      Attempt attempt,
      @Nullable NewBooking booking,
      @Nullable String appointment,
      Attempt.@Nullable Back back,
      boolean held) {
    Instant now = clock.instant();
    tenancy.inClinic(
        attempt.clinic(),
        () ->
            guarded(
                attempt,
                held ? STILL_HELD : NOTHING,
                """
                state = 'WRITING', patient_id = :patient, practitioner_id = :practitioner, treatment_id = :treatment,
                site_id = :site, starts_at = :starts, ends_at = :ends, seats = :seats, appointment_id = :appointment,
                back = :back::jsonb, release_id = :release, sent_at = :now, settle_at = :settle
                """,
                parameters(attempt, booking, appointment, back, now)));
    return attempt.writing(booking, appointment, back, now);
  }

  private Map<String, Object> parameters(
      Attempt attempt,
      @Nullable NewBooking booking,
      @Nullable String appointment,
      Attempt.@Nullable Back back,
      Instant now) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("patient", booking == null ? null : booking.patient().id().value());
    parameters.put("practitioner", booking == null ? null : booking.practitioner().id().value());
    parameters.put("treatment", booking == null ? null : booking.treatment().id().value());
    parameters.put("site", booking == null ? null : booking.site().id().value());
    parameters.put("starts", booking == null ? null : AttemptRows.utc(booking.startsAt()));
    parameters.put("ends", booking == null ? null : AttemptRows.utc(booking.endsAt()));
    parameters.put("seats", booking == null ? null : booking.seats());
    parameters.put("appointment", appointment);
    parameters.put("release", attempt.releases());
    parameters.put("back", back == null ? null : rows.write(back));
    parameters.put("settle", AttemptRows.utc(now.plus(Settling.LONGEST_WRITE)));
    parameters.put("until", AttemptRows.utc(now.plus(Holds.LIFE)));
    return parameters;
  }

  /** A person is about to be registered. */
  Attempt registering(Attempt attempt) {
    Instant now = clock.instant();
    tenancy.inClinic(
        attempt.clinic(),
        () ->
            guarded(
                attempt,
                "state = 'REGISTERING', sent_at = :now, settle_at = :settle",
                Map.of("settle", AttemptRows.utc(now.plus(Settling.LONGEST_WRITE)))));
    return attempt.at(State.REGISTERING, now);
  }

  /** The answer is lost, or what was done must be taken back: somebody looks after it. */
  Attempt toSettle(Attempt attempt, State state, @Nullable String appointment) {
    Instant now = clock.instant();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("next", state.name());
    parameters.put("appointment", appointment);
    parameters.put("settle", AttemptRows.utc(now.plus(Settling.LOOK_AGAIN)));
    tenancy.inClinic(
        attempt.clinic(),
        () ->
            guarded(
                attempt,
                "state = :next, appointment_id = coalesce(:appointment, appointment_id), settle_at = :settle",
                parameters));
    String known = attempt.appointment();
    String which = appointment == null ? known : appointment;
    Instant sent = attempt.sentAt();
    Attempt next = attempt.at(state, sent == null ? now : sent);
    return which == null ? next : next.booked(which, state);
  }

  private void guarded(Attempt attempt, String sets, Map<String, ?> parameters) {
    guarded(attempt, NOTHING, sets, parameters);
  }

  /** Changes an attempt that is still this caller's, in the state the caller believes it is in. */
  private void guarded(Attempt attempt, Along holds, String sets, Map<String, ?> parameters) {
    int changed =
        jdbc.sql(
                holds.first()
                    + "UPDATE booking_attempts SET updated_at = :now, "
                    + sets
                    + " WHERE tenant_id = :tenant AND id = :id AND state = :state AND turn = :turn"
                    + holds.only())
            .params(parameters)
            .param("now", AttemptRows.utc(clock.instant()))
            .param("tenant", attempt.clinic().value())
            .param("id", attempt.id())
            .param("state", attempt.state().name())
            .param("turn", attempt.turn())
            .update();
    if (changed != 1) {
      throw new Overtaken();
    }
  }

  /**
   * Ends an attempt and lets go of whatever it holds. Its key answers the same call again where the
   * answer is definitive; a derived one only where something was done, since a refusal may be
   * outdated in a minute. Joins an open transaction.
   */
  void finish(Attempt attempt, BookingAnswer answer, Trace trace) {
    boolean kept = answer.code().isDefinitive();
    BookingAnswer.Entry done = answer.appointment();
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          Map<String, Object> parameters = new HashMap<>();
          parameters.put("answer", rows.write(answer));
          parameters.put("trace", rows.write(trace.steps()));
          parameters.put("confirmed", answer.code().isConfirmed());
          parameters.put("kept", kept);
          parameters.put("appointment", done == null ? null : done.id());
          guarded(
              attempt,
              FREED,
              """
              state = 'DONE', answer = :answer::jsonb, trace = :trace::jsonb, settle_at = NULL,
              idem_key = CASE WHEN :confirmed OR (:kept AND NOT derived) THEN idem_key END,
              appointment_id = coalesce(:appointment, appointment_id)
              """,
              parameters);
          if (done != null) {
            keys.endPast(attempt, done.id(), answer.code());
          }
        });
  }

  /**
   * Frees the key of an attempt that failed for a reason of ours before anything was sent.
   *
   * @return whether it was still so
   */
  boolean giveUp(Attempt attempt) {
    try {
      tenancy.inClinic(
          attempt.clinic(),
          () -> guarded(attempt, "state = 'DONE', idem_key = NULL, settle_at = NULL", Map.of()));
      return true;
    } catch (Overtaken past) {
      return false;
    }
  }

  /** Whether another attempt about an appointment was sent and has not ended. */
  boolean isOpenAbout(Attempt asking, String appointment) {
    return tenancy.inClinic(
        asking.clinic(),
        () ->
            jdbc.sql(
                        """
                        SELECT count(*) FROM booking_attempts WHERE tenant_id = :tenant AND connection_id = :connection
                          AND (appointment_id = :id OR release_id = :id) AND state NOT IN ('DONE', 'STARTED') AND id <> :asking
                        """)
                    .param("tenant", asking.clinic().value())
                    .param("connection", asking.connection().value())
                    .param("id", appointment)
                    .param("asking", asking.id())
                    .query(Integer.class)
                    .single()
                > 0);
  }

  /** The attempt for its connector; notes are stored at once. */
  WriteAttempt asWrite(Attempt attempt) {
    return new WriteAttempt() {
      private @Nullable String known = attempt.note();

      @Override
      public String key() {
        return attempt.key();
      }

      @Override
      public Instant begunAt() {
        return Objects.requireNonNull(attempt.sentAt());
      }

      /** Whoever was overtaken leaves no note, and so passes no point of no return. */
      @Override
      public void note(String anchor) {
        int noted =
            tenancy.inClinic(
                attempt.clinic(),
                () ->
                    jdbc.sql(
                            "UPDATE booking_attempts SET note = ? WHERE tenant_id = ? AND id = ? AND turn = ?"
                                + " AND state <> 'DONE'")
                        .params(anchor, attempt.clinic().value(), attempt.id(), attempt.turn())
                        .update());
        if (noted != 1) {
          throw new Overtaken();
        }
        known = anchor;
      }

      @Override
      public Optional<String> note() {
        return Optional.ofNullable(known);
      }
    };
  }
}
