package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.Back;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Move;
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
 * What becomes of a move that was sent: it stands, or goes back to where it was when something else
 * stands at its new time [R29].
 */
@Component
class Moves {

  private static final Logger log = LoggerFactory.getLogger(Moves.class);

  private final Overlaps overlaps;
  private final Attempts attempts;
  private final Confirmations confirmations;

  Moves(Overlaps overlaps, Attempts attempts, Confirmations confirmations) {
    this.overlaps = overlaps;
    this.attempts = attempts;
    this.confirmations = confirmations;
  }

  /** Whether the appointment is where the attempt wants it. */
  static boolean isThere(Appointment now, NewBooking to) {
    return now.status().isLive()
        && now.startsAt().equals(to.startsAt())
        && (now.endsAt() == null || now.endsAt().equals(to.endsAt()))
        && (now.practitioner() == null || now.practitioner().equals(to.practitioner()))
        && (now.site() == null || now.site().equals(to.site()));
  }

  /** Whether a move that was sent left the appointment somewhere else than it was. */
  static boolean isElsewhere(Appointment now, Attempt attempt) {
    Back back = attempt.back();
    return back != null
        && now.status().isLive()
        && (!now.startsAt().equals(back.startsAt())
            || (now.practitioner() != null
                && back.practitioner() != null
                && !now.practitioner().id().value().equals(back.practitioner())));
  }

  /**
   * The appointment is at its new time.
   *
   * @param attempt as it was written down before the write
   */
  BookingAnswer settle(
      Attempt attempt,
      EmrAccount account,
      BookingGateway gateway,
      Appointment moved,
      String says,
      Trace trace) {
    NewBooking to = Objects.requireNonNull(attempt.booking());
    String id = moved.ref().id().value();
    TimeRange span = new TimeRange(to.startsAt(), to.endsAt());
    if (attempt.back() != null
        && overlaps.isTaken(gateway, account, to.practitioner(), span, Set.of(id), null)) {
      trace.step("after the write", "overlaps");
      return moveBack(attempts.toSettle(attempt, State.UNDOING, id), account, gateway, trace);
    }
    return confirmations.confirm(
        attempt, moved, BookingAnswer.confirmed(Code.RESCHEDULED, says, moved), trace);
  }

  /**
   * Takes the appointment back to where it was; done again it changes nothing.
   *
   * @param attempt UNDOING
   */
  BookingAnswer moveBack(Attempt attempt, EmrAccount account, BookingGateway gateway, Trace trace) {
    Back back = Objects.requireNonNull(attempt.back());
    try {
      gateway.reschedule(
          account,
          EmrRef.appointment(Objects.requireNonNull(attempt.appointment())),
          new Move(
              back.startsAt(),
              back.endsAt(),
              ref(RecordKind.PRACTITIONER, back.practitioner()),
              ref(RecordKind.SITE, back.site()),
              false),
          attempts.asWrite(attempt));
    } catch (EmrException failed) {
      if (failed.kind() != EmrException.Kind.NOT_FOUND) {
        log.error(
            "attempt {} overlaps and could not be moved back yet: {}", attempt.id(), failed.kind());
        return BookingAnswer.refused(
                Code.UNKNOWN,
                "starts_at",
                "This time turned out to be taken; the appointment is being moved back.")
            .of(attempt.id());
      }
    }
    trace.step("moved back", "done");
    return confirmations.end(attempt, Overlaps.TAKEN, trace);
  }

  private static @Nullable EmrRef ref(RecordKind kind, @Nullable String id) {
    return id == null ? null : EmrRef.of(kind, id);
  }
}
