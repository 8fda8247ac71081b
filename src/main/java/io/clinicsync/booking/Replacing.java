package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Moves an appointment where the EMR cannot: the new one is booked first and the old one cancelled
 * after that, so that the patient has one at every moment. When the old one cannot be cancelled the
 * new one is taken back [R29].
 */
@Component
class Replacing {

  private static final Logger log = LoggerFactory.getLogger(Replacing.class);
  private static final Cancellation QUIETLY =
      new Cancellation(Cancellation.Reason.OTHER, null, false, false);

  private final Attempts attempts;
  private final Overlaps overlaps;
  private final Confirmations confirmations;

  Replacing(Attempts attempts, Overlaps overlaps, Confirmations confirmations) {
    this.attempts = attempts;
    this.overlaps = overlaps;
    this.confirmations = confirmations;
  }

  BookingAnswer replace(
      EmrAccount account,
      BookingGateway gateway,
      Attempt attempt,
      Appointment now,
      NewBooking target,
      Trace trace) {
    if (now.patient() == null || now.treatment() == null || now.practitioner() == null) {
      throw Stopped.field(
          Code.FAILED,
          "appointment",
          "The EMR does not say enough of this appointment to book it anew elsewhere.");
    }
    String old = now.ref().id().value();
    Attempt writing = attempts.writing(attempt.releasing(old), target, null, null, true);
    Appointment booked =
        EmrFailures.write(writing, () -> gateway.book(account, target, attempts.asWrite(writing)));
    String id = booked.ref().id().value();
    trace.step("booked anew", id);
    return EmrFailures.afterwards(
        writing.booked(id, State.WRITING), () -> settle(writing, account, gateway, booked, trace));
  }

  /**
   * The new appointment stands.
   *
   * @param attempt WRITING or UNKNOWN
   */
  BookingAnswer settle(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      Appointment booked,
      Trace trace) {
    String id = booked.ref().id().value();
    String old = Objects.requireNonNull(attempt.releases());
    TimeRange span = new TimeRange(booked.startsAt(), end(attempt));
    EmrRef practitioner = Objects.requireNonNull(attempt.booking()).practitioner();
    if (overlaps.isTaken(gateway, account, practitioner, span, Set.of(id, old), null)) {
      trace.step("after the write", "overlaps");
      return takeBack(
          attempts.toSettle(attempt, State.UNDOING, id), account, gateway, Overlaps.TAKEN, trace);
    }
    return release(
        attempts.toSettle(attempt, State.RELEASING, id), account, gateway, booked, trace);
  }

  private static java.time.Instant end(Attempt attempt) {
    return Objects.requireNonNull(attempt.booking()).endsAt();
  }

  /**
   * Cancels the old appointment; done again it changes nothing.
   *
   * @param attempt RELEASING
   * @param booked the new one, as it stands
   */
  BookingAnswer release(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      Appointment booked,
      Trace trace) {
    EmrRef old = EmrRef.appointment(Objects.requireNonNull(attempt.releases()));
    List<Appointment> released;
    try {
      released = List.of(gateway.cancel(account, old, QUIETLY, attempts.asWrite(attempt)));
    } catch (EmrException failed) {
      switch (failed.kind()) {
        case NOT_FOUND -> released = List.of();
        case REQUEST_REJECTED -> {
          trace.step("the old one stays", failed.kind().name());
          return takeBack(
              attempts.toSettle(attempt, State.UNDOING, attempt.appointment()),
              account,
              gateway,
              BookingAnswer.refused(
                  Code.FAILED, "appointment", "The EMR does not let go of the old appointment."),
              trace);
        }
        default -> {
          log.warn("attempt {} has not released its old time yet: {}", attempt.id(), failed.kind());
          return BookingAnswer.refused(
                  Code.UNKNOWN,
                  "appointment",
                  "The new appointment stands, and the old one is being cancelled.")
              .of(attempt.id());
        }
      }
    }
    trace.step("old time released", old.id().value());
    return confirmations.confirm(
        attempt,
        booked,
        released,
        BookingAnswer.confirmed(
            Code.RESCHEDULED, "The appointment was moved; the EMR gave it a new id.", booked),
        trace);
  }

  /**
   * Takes the new appointment back; the old one stands.
   *
   * @param attempt UNDOING
   */
  BookingAnswer takeBack(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      BookingAnswer answer,
      Trace trace) {
    try {
      gateway.cancel(
          account,
          EmrRef.appointment(Objects.requireNonNull(attempt.appointment())),
          QUIETLY,
          attempts.asWrite(attempt));
    } catch (EmrException failed) {
      if (failed.kind() != EmrException.Kind.NOT_FOUND) {
        log.error(
            "attempt {} could not take its new appointment back yet: {}",
            attempt.id(),
            failed.kind());
        return BookingAnswer.refused(
                Code.UNKNOWN,
                "appointment",
                "The move failed half-way and is being taken back; the old appointment stands.")
            .of(attempt.id());
      }
    }
    return confirmations.end(attempt, answer, trace);
  }
}
