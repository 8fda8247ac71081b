package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Where the EMR itself lets two appointments overlap, or more people into a class than it holds, it
 * is read before and after our write, and ours is taken back when it turns out to be too much
 * [BK-3].
 */
@Component
class Overlaps {

  static final BookingAnswer TAKEN =
      BookingAnswer.refused(Code.SLOT_TAKEN, "starts_at", "This time is taken.");
  static final BookingAnswer FULL =
      BookingAnswer.refused(
          Code.CLASS_FULL, "starts_at", "This class has no seat left, or there is none then.");

  private static final Logger log = LoggerFactory.getLogger(Overlaps.class);

  private final Attempts attempts;
  private final Confirmations confirmations;

  Overlaps(Attempts attempts, Confirmations confirmations) {
    this.attempts = attempts;
    this.confirmations = confirmations;
  }

  /**
   * Whether something else stands in the way.
   *
   * @param own appointments that may stand there; empty before anything is booked
   * @param classOf a class of this treatment is joined and no conflict; null for exclusive ones
   */
  boolean isTaken(
      BookingGateway gateway,
      EmrAccount account,
      EmrRef practitioner,
      TimeRange span,
      Set<String> own,
      @Nullable EmrRef classOf) {
    if (gateway.facts().refusesOverlaps()) {
      return false;
    }
    return gateway.busy(account, practitioner, span).stream()
        .filter(each -> !own.contains(each.ref()))
        .anyMatch(each -> classOf == null || !isThatClass(each, classOf, span));
  }

  private static boolean isThatClass(Busy busy, EmrRef treatment, TimeRange span) {
    EmrRef kind = busy.treatment();
    return busy.kind() == Busy.Kind.CLASS
        && busy.span().from().equals(span.from())
        && (kind == null || kind.equals(treatment));
  }

  /**
   * A booked appointment stands, unless something else stands at its time, or its class holds fewer
   * people than are in it; then it is taken back, since it is the one nobody has been told of.
   *
   * @param attempt as it was written down before the write
   */
  BookingAnswer settle(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      Appointment booked,
      Trace trace) {
    NewBooking booking = Objects.requireNonNull(attempt.booking());
    String id = booked.ref().id().value();
    boolean tooMuch =
        booking.seats() > 1
            ? gateway.isOverbooked(account, booking, booked)
            : isTaken(
                gateway,
                account,
                booking.practitioner(),
                new TimeRange(booking.startsAt(), booking.endsAt()),
                Set.of(id),
                null);
    if (tooMuch) {
      trace.step("after the write", booking.seats() > 1 ? "class overbooked" : "overlaps");
      return takeBack(attempts.toSettle(attempt, State.UNDOING, id), account, gateway, id, trace);
    }
    return confirmations.confirm(
        attempt,
        booked,
        BookingAnswer.confirmed(Code.BOOKED, "The appointment is booked.", booked),
        trace);
  }

  /**
   * Cancels what must not stand. One that is gone is taken back already.
   *
   * @param attempt UNDOING
   */
  BookingAnswer takeBack(
      Attempt attempt, EmrAccount account, BookingGateway gateway, String id, Trace trace) {
    try {
      gateway.cancel(
          account,
          EmrRef.appointment(id),
          new Cancellation(Cancellation.Reason.OTHER, null, false, false),
          attempts.asWrite(attempt));
    } catch (EmrException failed) {
      if (failed.kind() != EmrException.Kind.NOT_FOUND) {
        log.error(
            "attempt {} overlaps and could not be taken back yet: {}", attempt.id(), failed.kind());
        return BookingAnswer.refused(
                Code.UNKNOWN,
                "starts_at",
                "This time turned out to be taken; our entry is being taken back.")
            .of(attempt.id());
      }
    }
    NewBooking booking = Objects.requireNonNull(attempt.booking());
    return confirmations.end(attempt, booking.seats() > 1 ? FULL : TAKEN, trace);
  }
}
