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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Where the EMR itself lets two appointments overlap, its diary is read before and after our write,
 * and ours is taken back when somebody else came first [BK-3].
 */
@Component
class Overlaps {

  static final BookingAnswer TAKEN =
      BookingAnswer.refused(Code.SLOT_TAKEN, "starts_at", "This time is taken.");

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
   * @param own the appointment that may stand there; null before it is booked
   * @param classOf a class of this treatment is joined and no conflict; null for exclusive ones
   */
  boolean isTaken(
      BookingGateway gateway,
      EmrAccount account,
      EmrRef practitioner,
      TimeRange span,
      @Nullable String own,
      @Nullable EmrRef classOf) {
    if (gateway.facts().refusesOverlaps()) {
      return false;
    }
    return gateway.busy(account, practitioner, span).stream()
        .filter(each -> !each.ref().equals(own))
        .anyMatch(each -> classOf == null || !isThatClass(each, classOf, span));
  }

  private static boolean isThatClass(Busy busy, EmrRef treatment, TimeRange span) {
    EmrRef kind = busy.treatment();
    return busy.kind() == Busy.Kind.CLASS
        && busy.span().from().equals(span.from())
        && (kind == null || kind.equals(treatment));
  }

  /**
   * A booked appointment stands, unless it overlaps what was there first; then it is taken back.
   */
  BookingAnswer settle(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      Appointment booked,
      Trace trace) {
    NewBooking booking = Objects.requireNonNull(attempt.booking());
    TimeRange span = new TimeRange(booking.startsAt(), booking.endsAt());
    boolean exclusive = booking.seats() <= 1;
    if (exclusive
        && isTaken(
            gateway, account, booking.practitioner(), span, booked.ref().id().value(), null)) {
      trace.step("after the write", "overlaps");
      return takeBack(attempt, account, gateway, booked, trace);
    }
    return confirmations.confirm(
        attempt,
        booked,
        BookingAnswer.confirmed(Code.BOOKED, "The appointment is booked.", booked),
        trace);
  }

  private BookingAnswer takeBack(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      Appointment booked,
      Trace trace) {
    String id = booked.ref().id().value();
    attempts.toSettle(attempt, State.UNDOING, id);
    try {
      gateway.cancel(
          account,
          booked.ref(),
          new Cancellation(Cancellation.Reason.OTHER, null, false, false),
          attempts.asWrite(attempt));
    } catch (EmrException failed) {
      log.error(
          "attempt {} overlaps and could not be taken back yet: {}", attempt.id(), failed.kind());
      return BookingAnswer.refused(
              Code.UNKNOWN,
              "starts_at",
              "This time turned out to be taken; our entry is being taken back.")
          .of(attempt.id());
    }
    return confirmations.end(attempt, TAKEN, trace);
  }
}
