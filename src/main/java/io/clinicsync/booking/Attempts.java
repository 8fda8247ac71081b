package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The attempts in the database: each step is written down before it is taken [R26, R29]. */
@Component
class Attempts {

  /** How long a derived key answers for the same call [R26]. */
  private static final Duration DERIVED_LIFE = Duration.ofMinutes(10);

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final AttemptRows rows;
  private final Clock clock;

  Attempts(
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

  /** What a call turned out to be. */
  sealed interface Begun {
    /** A new intent, to be worked on by the caller. */
    record Ours(Attempt attempt) implements Begun {}

    /** Answered before. */
    record Answered(BookingAnswer answer) implements Begun {}

    /** Being worked on elsewhere, or waiting for its lost answer. */
    record Elsewhere(Attempt attempt) implements Begun {}

    /** It ended at this very moment; ask again. */
    record JustEnded() implements Begun {}

    /** The clinic may not book here. */
    record NotEnabled() implements Begun {}

    /** The key stands for another request. */
    record Mismatch() implements Begun {}
  }

  /**
   * How a call is known again.
   *
   * @param caller the API key it came with; null for calls that need none
   * @param otherId of an appointment that is booked
   */
  record Key(
      String text,
      boolean derived,
      byte[] requestHash,
      @Nullable UUID caller,
      @Nullable OtherId otherId) {}

  Begun begin(ClinicId clinic, ConnectionId connection, Operation operation, Key key) {
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () ->
            made(clinic, connection, operation, key, now)
                .or(
                    () ->
                        isExpired(clinic, operation, key, now)
                            ? made(clinic, connection, operation, key, now)
                            : Optional.empty())
                .<Begun>map(Begun.Ours::new)
                .orElseGet(() -> known(clinic, operation, key, now)));
  }

  /** A new attempt under this key; empty when there is one. */
  private Optional<Attempt> made(
      ClinicId clinic, ConnectionId connection, Operation operation, Key key, Instant now) {
    UUID id = UUID.randomUUID();
    OtherId other = key.otherId();
    int made =
        jdbc.sql(
                """
                INSERT INTO booking_attempts (tenant_id, id, connection_id, operation, idem_key, derived, request_hash,
                  state, settle_at, trace, key_id, other_id_of, other_id, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'STARTED', ?, '[]'::jsonb, ?, ?, ?, ?, ?)
                ON CONFLICT (tenant_id, operation, idem_key) DO NOTHING
                """)
            .params(
                clinic.value(),
                id,
                connection.value(),
                operation.name(),
                key.text(),
                key.derived(),
                key.requestHash(),
                AttemptRows.utc(now.plus(Holds.LIFE)),
                key.caller(),
                other == null ? null : other.of().name(),
                other == null ? null : other.value(),
                AttemptRows.utc(now),
                AttemptRows.utc(now))
            .update();
    return made == 1
        ? Optional.of(
            new Attempt(
                id,
                clinic,
                connection,
                operation,
                State.STARTED,
                null,
                null,
                null,
                null,
                null,
                null,
                other,
                1))
        : Optional.empty();
  }

  /** Frees a derived key that has answered long enough; whether it did. */
  private boolean isExpired(ClinicId clinic, Operation operation, Key key, Instant now) {
    return jdbc.sql(
                """
                UPDATE booking_attempts SET idem_key = NULL WHERE tenant_id = ? AND operation = ? AND idem_key = ?
                  AND derived AND state = 'DONE' AND created_at < ?
                """)
            .params(
                clinic.value(),
                operation.name(),
                key.text(),
                AttemptRows.utc(now.minus(DERIVED_LIFE)))
            .update()
        > 0;
  }

  private record Row(Attempt attempt, byte[] hash, @Nullable String answer, Instant settleAt) {}

  private Begun known(ClinicId clinic, Operation operation, Key key, Instant now) {
    Row row =
        jdbc.sql(
                "SELECT * FROM booking_attempts WHERE tenant_id = ? AND operation = ? AND idem_key = ? FOR UPDATE")
            .params(clinic.value(), operation.name(), key.text())
            .query(
                (found, number) ->
                    new Row(
                        rows.read(found),
                        found.getBytes("request_hash"),
                        found.getString("answer"),
                        Optional.ofNullable(AttemptRows.instant(found, "settle_at"))
                            .orElse(Instant.MAX)))
            .optional()
            .orElse(null);
    if (row == null) {
      return new Begun.JustEnded();
    }
    if (!Arrays.equals(row.hash(), key.requestHash())) {
      return new Begun.Mismatch();
    }
    Attempt attempt = row.attempt();
    String answer = row.answer();
    if (answer != null) {
      return new Begun.Answered(rows.answer(answer).of(attempt.id()).again());
    }
    if (attempt.state() == State.STARTED && row.settleAt().isBefore(now)) {
      // Whoever began it died before anything was sent.
      return new Begun.Ours(
          jdbc.sql(
                  """
                  UPDATE booking_attempts SET settle_at = ?, turn = turn + 1 WHERE tenant_id = ? AND id = ? RETURNING *
                  """)
              .params(AttemptRows.utc(now.plus(Holds.LIFE)), clinic.value(), attempt.id())
              .query((found, number) -> rows.read(found))
              .single());
    }
    return new Begun.Elsewhere(attempt);
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
        () -> {
          if (held && !stillHeld(attempt, now)) {
            throw new Overtaken();
          }
          guarded(
              attempt,
              """
              state = 'WRITING', patient_id = :patient, practitioner_id = :practitioner, treatment_id = :treatment,
              site_id = :site, starts_at = :starts, ends_at = :ends, seats = :seats, appointment_id = :appointment,
              back = :back::jsonb, release_id = :release, sent_at = :now, settle_at = :settle
              """,
              parameters(attempt, booking, appointment, back, now));
        });
    return attempt.writing(booking, appointment, back, now);
  }

  private boolean stillHeld(Attempt attempt, Instant now) {
    return jdbc.sql(
                "UPDATE booking_holds SET expires_at = ? WHERE tenant_id = ? AND attempt_id = ? AND expires_at > ?"
                    + " AND (what LIKE 'practitioner:%' OR what LIKE 'seats:%')")
            .params(
                AttemptRows.utc(now.plus(Holds.LIFE)),
                attempt.clinic().value(),
                attempt.id(),
                AttemptRows.utc(now))
            .update()
        > 0;
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

  /** Changes an attempt that is still this caller's, in the state the caller believes it is in. */
  private void guarded(Attempt attempt, String sets, Map<String, ?> parameters) {
    int changed =
        jdbc.sql(
                "UPDATE booking_attempts SET updated_at = :now, "
                    + sets
                    + " WHERE tenant_id = :tenant AND id = :id AND state = :state AND turn = :turn")
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
   * Ends an attempt. Its key answers the same call again where the answer is definitive; a derived
   * one only where something was done, since a refusal may be outdated in a minute. Joins an open
   * transaction.
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
              """
              state = 'DONE', answer = :answer::jsonb, trace = :trace::jsonb, settle_at = NULL,
              idem_key = CASE WHEN :confirmed OR (:kept AND NOT derived) THEN idem_key END,
              appointment_id = coalesce(:appointment, appointment_id)
              """,
              parameters);
          if (done != null && attempt.operation() != Operation.BOOK) {
            endDerivedKeys(attempt, done.id());
          }
          if (done != null && answer.code() == Code.BOOKED) {
            endKeysOfOtherId(attempt);
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

  /** Who moves or cancels an appointment may want the same again afterwards [R26]. */
  private void endDerivedKeys(Attempt attempt, String appointment) {
    Set<String> named = new HashSet<>(Set.of(appointment));
    Stream.of(attempt.appointment(), attempt.releases())
        .filter(Objects::nonNull)
        .forEach(named::add);
    jdbc.sql(
            """
            UPDATE booking_attempts SET idem_key = NULL
            WHERE tenant_id = ? AND connection_id = ? AND appointment_id = ANY (?) AND derived AND id <> ? AND idem_key IS NOT NULL
            """)
        .params(
            attempt.clinic().value(),
            attempt.connection().value(),
            named.toArray(String[]::new),
            attempt.id())
        .update();
  }

  /** What a caller's id means is another appointment from now on: earlier answers are past. */
  private void endKeysOfOtherId(Attempt attempt) {
    BookingRequests.OtherId other = attempt.otherId();
    if (other == null) {
      return;
    }
    jdbc.sql(
            """
            UPDATE booking_attempts SET idem_key = NULL WHERE tenant_id = ? AND connection_id = ? AND derived AND id <> ?
              AND idem_key IS NOT NULL AND appointment_id IN
                (SELECT appointment_id FROM booking_attempts WHERE tenant_id = ? AND connection_id = ? AND other_id = ?
                   AND other_id_of = ? AND id <> ?)
            """)
        .params(
            attempt.clinic().value(),
            attempt.connection().value(),
            attempt.id(),
            attempt.clinic().value(),
            attempt.connection().value(),
            other.value(),
            other.of().name(),
            attempt.id())
        .update();
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
}
