package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Finds out what became of writes whose answer was lost, by asking the EMR, and takes back what
 * must not stand. Nothing is ever written a second time from here [R27].
 */
@Component
class Settling {

  /** When an attempt is looked at again. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(20);

  /**
   * Longer than a caller's own write and reading take; after it somebody else may take over, and
   * the caller is refused.
   */
  static final Duration LONGEST_WRITE = Duration.ofSeconds(75);

  /**
   * A write that got no answer may still be under way at the EMR; later than this, what is not
   * there will not come.
   */
  static final Duration CERTAIN = Duration.ofSeconds(90);

  private static final BookingAnswer ELSEWHERE =
      BookingAnswer.refused(
          Code.FAILED,
          "appointment",
          "The EMR shows the appointment at neither its old nor its new time; the clinic must look.");

  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  private final Attempts attempts;
  private final AttemptQueue queue;
  private final Connections connections;
  private final Connectors connectors;
  private final Confirmations confirmations;
  private final Overlaps overlaps;
  private final Moves moves;
  private final Replacing replacing;
  private final Clock clock;

  Settling(
      Attempts attempts,
      AttemptQueue queue,
      Connections connections,
      Connectors connectors,
      Confirmations confirmations,
      Overlaps overlaps,
      Moves moves,
      Replacing replacing,
      Clock clock) {
    this.attempts = attempts;
    this.queue = queue;
    this.connections = connections;
    this.connectors = connectors;
    this.confirmations = confirmations;
    this.overlaps = overlaps;
    this.moves = moves;
    this.replacing = replacing;
    this.clock = clock;
  }

  /** Settles what is due of a clinic; one that fails holds up no other. */
  void work(ClinicId clinic) {
    for (Optional<Attempt> due = queue.claimToSettle(clinic);
        due.isPresent();
        due = queue.claimToSettle(clinic)) {
      Attempt attempt = due.get();
      try {
        if (settle(attempt, new Trace()).isEmpty()) {
          queue.lookAgain(attempt);
        }
      } catch (Overtaken past) {
        log.info("attempt {} was settled elsewhere", attempt.id());
      } catch (EmrException stillAway) {
        log.info("attempt {} is not settled yet: {}", attempt.id(), stillAway.kind());
        queue.lookAgain(attempt);
      } catch (RuntimeException unexpected) {
        log.error("settling attempt {} failed: {}", attempt.id(), unexpected.getClass().getName());
      }
    }
  }

  /**
   * Asks the EMR once.
   *
   * @return empty while it is not certain
   * @throws EmrException as the EMR fails; the attempt stays open
   */
  Optional<BookingAnswer> settle(Attempt attempt, Trace trace) {
    if (attempt.state() == State.STARTED) {
      return Optional.of(
          confirmations.end(
              attempt,
              BookingAnswer.refused(
                  Code.EMR_UNAVAILABLE, null, "This was interrupted before anything was sent."),
              trace));
    }
    if (attempt.operation() == Attempt.Operation.REGISTER) {
      return registration(attempt, trace);
    }
    Connection connection = connections.find(attempt.clinic(), attempt.connection()).orElseThrow();
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    BookingGateway gateway =
        connectors
            .capability(connection.emr(), account, BookingGateway.class)
            .orElseThrow(
                () ->
                    new EmrException(
                        EmrException.Kind.PERMISSION_MISSING, "This EMR takes no bookings now"));
    return switch (attempt.operation()) {
      case REGISTER -> registration(attempt, trace);
      case BOOK ->
          attempt.booking() == null
              ? registration(attempt, trace)
              : booking(attempt, account, gateway, trace);
      case RESCHEDULE, CANCEL ->
          attempt.releases() == null
              ? change(attempt, connection, account, gateway, trace)
              : replacement(attempt, connection, account, gateway, trace);
    };
  }

  /** No appointment was sent; who may have been registered is found when somebody asks again. */
  private Optional<BookingAnswer> registration(Attempt attempt, Trace trace) {
    return isCertain(attempt)
        ? Optional.of(
            confirmations.end(
                attempt,
                BookingAnswer.refused(
                    Code.EMR_UNAVAILABLE,
                    null,
                    "The EMR did not answer while the person was registered; ask again."),
                trace))
        : Optional.empty();
  }

  private Optional<BookingAnswer> booking(
      Attempt attempt, EmrAccount account, BookingGateway gateway, Trace trace) {
    NewBooking booking = java.util.Objects.requireNonNull(attempt.booking());
    String known = attempt.appointment();
    if (attempt.state() == State.UNDOING && known != null) {
      return answered(overlaps.takeBack(attempt, account, gateway, known, trace));
    }
    Optional<Appointment> found = gateway.find(account, booking, attempts.asWrite(attempt));
    trace.step("looked for", found.isPresent() ? "found" : "not found");
    if (found.isPresent()) {
      return answered(overlaps.settle(attempt, account, gateway, found.get(), trace));
    }
    return isCertain(attempt) ? Optional.of(notDone(attempt, trace)) : Optional.empty();
  }

  /** One that could not be taken back yet is still open. */
  private static Optional<BookingAnswer> answered(BookingAnswer answer) {
    return answer.code() == Code.UNKNOWN ? Optional.empty() : Optional.of(answer);
  }

  /** A move in two steps: whatever was done of it goes on from there. */
  private Optional<BookingAnswer> replacement(
      Attempt attempt,
      Connection connection,
      EmrAccount account,
      BookingGateway gateway,
      Trace trace) {
    String known = attempt.appointment();
    if (attempt.state() == State.UNDOING && known != null) {
      BookingAnswer answer =
          BookingAnswer.refused(
              Code.FAILED, "appointment", "The move failed; the old appointment stands.");
      return answered(replacing.takeBack(attempt, account, gateway, answer, trace));
    }
    if (attempt.state() == State.RELEASING && known != null) {
      return answered(
          replacing.release(
              attempt,
              account,
              gateway,
              read(connection, account, EmrRef.appointment(known)).orElseThrow(Settling::lost),
              trace));
    }
    NewBooking booking = java.util.Objects.requireNonNull(attempt.booking());
    Optional<Appointment> found = gateway.find(account, booking, attempts.asWrite(attempt));
    trace.step("looked for", found.isPresent() ? "found" : "not found");
    if (found.isPresent()) {
      return answered(replacing.settle(attempt, account, gateway, found.get(), trace));
    }
    return isCertain(attempt) ? Optional.of(notDone(attempt, trace)) : Optional.empty();
  }

  private Optional<Appointment> read(Connection connection, EmrAccount account, EmrRef ref) {
    return connectors
        .capability(connection.emr(), account, AppointmentSource.class)
        .flatMap(source -> source.get(account, ref));
  }

  private static EmrException lost() {
    return new EmrException(
        EmrException.Kind.OUTCOME_UNKNOWN, "The new appointment is not to be seen at the moment");
  }

  private Optional<BookingAnswer> change(
      Attempt attempt,
      Connection connection,
      EmrAccount account,
      BookingGateway gateway,
      Trace trace) {
    if (attempt.state() == State.UNDOING) {
      return answered(moves.moveBack(attempt, account, gateway, trace));
    }
    EmrRef ref = EmrRef.appointment(java.util.Objects.requireNonNull(attempt.appointment()));
    Appointment now = read(connection, account, ref).orElse(null);
    NewBooking to = attempt.booking();
    if (now != null && to != null && Moves.isThere(now, to)) {
      trace.step("read again", "moved");
      return answered(
          moves.settle(attempt, account, gateway, now, "The appointment was moved.", trace));
    }
    if (now != null && to == null && now.status() == Appointment.Status.CANCELLED) {
      trace.step("read again", "cancelled");
      return Optional.of(
          confirmations.confirm(
              attempt,
              now,
              BookingAnswer.confirmed(Code.CANCELLED, "The appointment is cancelled.", now),
              trace));
    }
    trace.step("read again", "not done");
    if (!isCertain(attempt)) {
      return Optional.empty();
    }
    return Optional.of(
        now != null && Moves.isElsewhere(now, attempt)
            ? confirmations.confirm(attempt, now, ELSEWHERE, trace)
            : notDone(attempt, trace));
  }

  private BookingAnswer notDone(Attempt attempt, Trace trace) {
    return confirmations.end(
        attempt,
        BookingAnswer.refused(
            Code.EMR_UNAVAILABLE,
            null,
            "The EMR did not answer, and it shows that nothing was done; ask again."),
        trace);
  }

  private boolean isCertain(Attempt attempt) {
    Instant sent = attempt.sentAt();
    return sent == null || !clock.instant().isBefore(sent.plus(CERTAIN));
  }
}
