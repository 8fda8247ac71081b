package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The keys under which the same call is known again, and until when they answer [R26, R27]. */
@Component
class AttemptKeys {

  /** How long a derived key answers for the same call [R26]. */
  private static final Duration DERIVED_LIFE = Duration.ofMinutes(10);

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final AttemptRows rows;
  private final Clock clock;

  AttemptKeys(Tenancy tenancy, JdbcClient jdbc, AttemptRows rows, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
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
   * Ends the derived keys of whatever an attempt that succeeded has made past. Joins an open
   * transaction.
   *
   * @param appointment as the EMR confirmed it
   */
  void endPast(Attempt attempt, String appointment, Code code) {
    if (attempt.operation() != Operation.BOOK) {
      endDerived(attempt, appointment);
    }
    if (code == Code.BOOKED) {
      endOfOtherId(attempt);
    }
  }

  /** Who moves or cancels an appointment may want the same again afterwards [R26]. */
  private void endDerived(Attempt attempt, String appointment) {
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
  private void endOfOtherId(Attempt attempt) {
    OtherId other = attempt.otherId();
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
}
