package io.clinicsync.booking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
  private final ObjectMapper json;
  private final Clock clock;

  Attempts(
      Tenancy tenancy,
      JdbcClient jdbc,
      CrossTenantReads crossTenant,
      ObjectMapper json,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.json = json;
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

    /** The key stands for another request. */
    record Mismatch() implements Begun {}
  }

  /** How a call is known again. */
  record Key(String text, boolean derived, byte[] requestHash, UUID caller) {}

  Begun begin(ClinicId clinic, ConnectionId connection, Operation operation, Key key) {
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  """
                  UPDATE booking_attempts SET idem_key = NULL WHERE tenant_id = ? AND operation = ? AND idem_key = ?
                    AND derived AND state = 'DONE' AND created_at < ?
                  """)
              .params(clinic.value(), operation.name(), key.text(), utc(now.minus(DERIVED_LIFE)))
              .update();
          UUID id = UUID.randomUUID();
          int made =
              jdbc.sql(
                      """
                      INSERT INTO booking_attempts (tenant_id, id, connection_id, operation, idem_key, derived, request_hash,
                        state, settle_at, trace, key_id, created_at, updated_at)
                      VALUES (?, ?, ?, ?, ?, ?, ?, 'STARTED', ?, '[]'::jsonb, ?, ?, ?)
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
                      utc(now.plus(Holds.LIFE)),
                      key.caller(),
                      utc(now),
                      utc(now))
                  .update();
          return made == 1
              ? new Begun.Ours(
                  new Attempt(
                      id, clinic, connection, operation, State.STARTED, null, null, null, null))
              : known(clinic, operation, key, now);
        });
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
                        read(found),
                        found.getBytes("request_hash"),
                        found.getString("answer"),
                        Optional.ofNullable(instant(found, "settle_at")).orElse(Instant.MAX)))
            .single();
    if (!Arrays.equals(row.hash(), key.requestHash())) {
      return new Begun.Mismatch();
    }
    Attempt attempt = row.attempt();
    String answer = row.answer();
    if (answer != null) {
      return new Begun.Answered(answer(answer).of(attempt.id()).again());
    }
    if (attempt.state() == State.STARTED && row.settleAt().isBefore(now)) {
      // Whoever began it died before anything was sent.
      jdbc.sql("UPDATE booking_attempts SET settle_at = ? WHERE tenant_id = ? AND id = ?")
          .params(utc(now.plus(Holds.LIFE)), clinic.value(), attempt.id())
          .update();
      return new Begun.Ours(attempt);
    }
    return new Begun.Elsewhere(attempt);
  }

  /** The write is about to be sent. */
  Attempt writing(Attempt attempt, @Nullable NewBooking booking, @Nullable String appointment) {
    Instant now = clock.instant();
    update(
        attempt,
        """
        state = 'WRITING', patient_id = :patient, practitioner_id = :practitioner, treatment_id = :treatment,
        site_id = :site, starts_at = :starts, ends_at = :ends, seats = :seats, appointment_id = :appointment,
        sent_at = :now, settle_at = :settle
        """,
        booking,
        appointment,
        now);
    return attempt.writing(booking, appointment, now);
  }

  private void update(
      Attempt attempt,
      String sets,
      @Nullable NewBooking booking,
      @Nullable String appointment,
      Instant now) {
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          int updated =
              jdbc.sql(
                      "UPDATE booking_attempts SET updated_at = :now, "
                          + sets
                          + " WHERE tenant_id = :tenant AND id = :id")
                  .param("tenant", attempt.clinic().value())
                  .param("id", attempt.id())
                  .param("patient", booking == null ? null : booking.patient().id().value())
                  .param(
                      "practitioner", booking == null ? null : booking.practitioner().id().value())
                  .param("treatment", booking == null ? null : booking.treatment().id().value())
                  .param("site", booking == null ? null : booking.site().id().value())
                  .param("starts", booking == null ? null : utc(booking.startsAt()))
                  .param("ends", booking == null ? null : utc(booking.endsAt()))
                  .param("seats", booking == null ? null : booking.seats())
                  .param("appointment", appointment)
                  .param("now", utc(now))
                  .param("settle", utc(now.plus(Settling.LOOK_AGAIN)))
                  .update();
          if (updated != 1) {
            throw new IllegalStateException("Attempt " + attempt.id() + " is gone");
          }
        });
  }

  /** The answer is lost, or what was done must be taken back: somebody looks after it. */
  void toSettle(Attempt attempt, State state, @Nullable String appointment) {
    Instant now = clock.instant();
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          jdbc.sql(
                  """
                  UPDATE booking_attempts SET state = ?, appointment_id = coalesce(?, appointment_id), settle_at = ?,
                    updated_at = ? WHERE tenant_id = ? AND id = ?
                  """)
              .params(
                  state.name(),
                  appointment,
                  utc(now.plus(Settling.LOOK_AGAIN)),
                  utc(now),
                  attempt.clinic().value(),
                  attempt.id())
              .update();
        });
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
          jdbc.sql(
                  """
                  UPDATE booking_attempts SET state = 'DONE', answer = :answer::jsonb, trace = :trace::jsonb, settle_at = NULL,
                    idem_key = CASE WHEN :confirmed OR (:kept AND NOT derived) THEN idem_key END,
                    appointment_id = coalesce(:appointment, appointment_id), updated_at = :now
                  WHERE tenant_id = :tenant AND id = :id
                  """)
              .param("answer", write(answer))
              .param("trace", write(trace.steps()))
              .param("confirmed", answer.code().isConfirmed())
              .param("kept", kept)
              .param("appointment", done == null ? null : done.id())
              .param("now", utc(clock.instant()))
              .param("tenant", attempt.clinic().value())
              .param("id", attempt.id())
              .update();
          if (done != null && attempt.operation() != Operation.BOOK) {
            endDerivedKeys(attempt, done.id());
          }
        });
  }

  /**
   * Frees the key of an attempt that failed for a reason of ours before anything was sent.
   *
   * @return whether it was still so
   */
  boolean giveUp(Attempt attempt) {
    return tenancy.inClinic(
        attempt.clinic(),
        () ->
            jdbc.sql(
                        """
                        UPDATE booking_attempts SET state = 'DONE', idem_key = NULL, settle_at = NULL, updated_at = ?
                        WHERE tenant_id = ? AND id = ? AND state = 'STARTED'
                        """)
                    .params(utc(clock.instant()), attempt.clinic().value(), attempt.id())
                    .update()
                == 1);
  }

  /** How many appointments a practitioner got through us that start within a span. */
  int bookedWithin(ClinicId clinic, ConnectionId connection, EmrRef practitioner, TimeRange span) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT count(*) FROM booking_attempts WHERE tenant_id = ? AND connection_id = ? AND operation = 'BOOK'
                      AND practitioner_id = ? AND starts_at >= ? AND starts_at < ? AND answer ->> 'code' = 'BOOKED'
                    """)
                .params(
                    clinic.value(),
                    connection.value(),
                    practitioner.id().value(),
                    utc(span.from()),
                    utc(span.to()))
                .query(Integer.class)
                .single());
  }

  /** Who moves or cancels an appointment may want the same again afterwards [R26]. */
  private void endDerivedKeys(Attempt attempt, String appointment) {
    jdbc.sql(
            """
            UPDATE booking_attempts SET idem_key = NULL
            WHERE tenant_id = ? AND connection_id = ? AND appointment_id = ? AND derived AND id <> ? AND idem_key IS NOT NULL
            """)
        .params(attempt.clinic().value(), attempt.connection().value(), appointment, attempt.id())
        .update();
  }

  /** The attempt for its connector; notes are stored at once. */
  WriteAttempt asWrite(Attempt attempt) {
    return new WriteAttempt() {
      private @Nullable String noted = attempt.note();

      @Override
      public String key() {
        return attempt.key();
      }

      @Override
      public void note(String anchor) {
        tenancy.inClinic(
            attempt.clinic(),
            () -> {
              jdbc.sql("UPDATE booking_attempts SET note = ? WHERE tenant_id = ? AND id = ?")
                  .params(anchor, attempt.clinic().value(), attempt.id())
                  .update();
            });
        noted = anchor;
      }

      @Override
      public Optional<String> note() {
        return Optional.ofNullable(noted);
      }
    };
  }

  /** Which clinics have attempts somebody must look after. */
  List<ClinicId> clinicsToSettle() {
    return crossTenant.list(
        Sweep.BOOKINGS_TO_SETTLE,
        "SELECT DISTINCT tenant_id FROM booking_attempts WHERE state <> 'DONE' AND settle_at <= :now",
        Map.of("now", utc(clock.instant())),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  /** Attempts to look after now, each handed to one caller. */
  List<Attempt> claimToSettle(ClinicId clinic) {
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    UPDATE booking_attempts SET settle_at = ? WHERE tenant_id = ? AND state <> 'DONE' AND settle_at <= ?
                    RETURNING *
                    """)
                .params(utc(now.plus(Settling.LOOK_AGAIN)), clinic.value(), utc(now))
                .query((row, number) -> read(row))
                .list());
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
    Attempt attempt = read(row);
    String answer = row.getString("answer");
    return new Shown(
        attempt.id(),
        attempt.connection(),
        attempt.operation(),
        attempt.state(),
        answer == null ? null : answer(answer).of(attempt.id()),
        steps(row.getString("trace")),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private static Attempt read(ResultSet row) throws SQLException {
    String patient = row.getString("patient_id");
    Instant starts = instant(row, "starts_at");
    Instant ends = instant(row, "ends_at");
    NewBooking booking =
        patient == null || starts == null || ends == null
            ? null
            : new NewBooking(
                EmrRef.patient(patient),
                EmrRef.of(RecordKind.PRACTITIONER, row.getString("practitioner_id")),
                EmrRef.of(RecordKind.TREATMENT, row.getString("treatment_id")),
                EmrRef.of(RecordKind.SITE, row.getString("site_id")),
                null,
                starts,
                ends,
                row.getInt("seats"),
                null);
    return new Attempt(
        row.getObject("id", UUID.class),
        new ClinicId(row.getObject("tenant_id", UUID.class)),
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        Operation.valueOf(row.getString("operation")),
        State.valueOf(row.getString("state")),
        booking,
        row.getString("appointment_id"),
        row.getString("note"),
        instant(row, "sent_at"));
  }

  private BookingAnswer answer(String text) {
    try {
      return json.readValue(text, BookingAnswer.class);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored answer is not readable", ours);
    }
  }

  private List<Trace.Step> steps(String text) {
    try {
      return List.of(json.readValue(text, Trace.Step[].class));
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored trace is not readable", ours);
    }
  }

  private String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("An answer is not writable", ours);
    }
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
