package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
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
   * A write that got no answer may still be under way at the EMR; later than this, what is not
   * there will not come.
   */
  static final Duration CERTAIN = Duration.ofSeconds(90);

  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  private final Attempts attempts;
  private final Connections connections;
  private final Connectors connectors;
  private final Confirmations confirmations;
  private final Overlaps overlaps;
  private final Clock clock;

  Settling(
      Attempts attempts,
      Connections connections,
      Connectors connectors,
      Confirmations confirmations,
      Overlaps overlaps,
      Clock clock) {
    this.attempts = attempts;
    this.connections = connections;
    this.connectors = connectors;
    this.confirmations = confirmations;
    this.overlaps = overlaps;
    this.clock = clock;
  }

  /** Settles what is due of a clinic; one that fails holds up no other. */
  void work(ClinicId clinic) {
    for (Attempt attempt : attempts.claimToSettle(clinic)) {
      try {
        settle(attempt, new Trace());
      } catch (EmrException stillAway) {
        log.info("attempt {} is not settled yet: {}", attempt.id(), stillAway.kind());
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
      case BOOK -> booking(attempt, account, gateway, trace);
      case RESCHEDULE, CANCEL -> change(attempt, connection, account, trace);
    };
  }

  private Optional<BookingAnswer> booking(
      Attempt attempt, EmrAccount account, BookingGateway gateway, Trace trace) {
    NewBooking booking = java.util.Objects.requireNonNull(attempt.booking());
    String known = attempt.appointment();
    if (attempt.state() == State.UNDOING && known != null) {
      gateway.cancel(
          account,
          EmrRef.appointment(known),
          new Cancellation(Cancellation.Reason.OTHER, null, false, false),
          attempts.asWrite(attempt));
      return Optional.of(confirmations.end(attempt, Overlaps.TAKEN, trace));
    }
    Optional<Appointment> found = gateway.find(account, booking, attempts.asWrite(attempt));
    trace.step("looked for", found.isPresent() ? "found" : "not found");
    if (found.isPresent()) {
      return Optional.of(overlaps.settle(attempt, account, gateway, found.get(), trace));
    }
    return isCertain(attempt) ? Optional.of(notDone(attempt, trace)) : Optional.empty();
  }

  private Optional<BookingAnswer> change(
      Attempt attempt, Connection connection, EmrAccount account, Trace trace) {
    EmrRef ref = EmrRef.appointment(java.util.Objects.requireNonNull(attempt.appointment()));
    Appointment now =
        connectors
            .capability(connection.emr(), account, AppointmentSource.class)
            .flatMap(source -> source.get(account, ref))
            .orElse(null);
    NewBooking to = attempt.booking();
    boolean done =
        now != null
            && (to == null
                ? now.status() == Appointment.Status.CANCELLED
                : now.status().isLive() && now.startsAt().equals(to.startsAt()));
    trace.step("read again", done ? "done" : "not done");
    if (now != null && done) {
      return Optional.of(
          confirmations.confirm(
              attempt,
              now,
              to == null
                  ? BookingAnswer.confirmed(Code.CANCELLED, "The appointment is cancelled.", now)
                  : BookingAnswer.confirmed(Code.RESCHEDULED, "The appointment was moved.", now),
              trace));
    }
    return isCertain(attempt) ? Optional.of(notDone(attempt, trace)) : Optional.empty();
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
