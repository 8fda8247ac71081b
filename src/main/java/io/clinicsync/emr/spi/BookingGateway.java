package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes appointments. Called by {@code booking}, which has resolved ids, checked the policy and
 * holds the time against our own other callers. Every write is sent once: a connector never repeats
 * it. Where it was sent and no answer came it throws {@code OUTCOME_UNKNOWN}, and only {@link
 * #find} and a re-read may lead to another try. A hold of the EMR's own that comes before a booking
 * is no write of this kind: it ends by itself, and its connector lets it go when the booking fails.
 */
public non-sealed interface BookingGateway extends Capability {

  /** How this EMR books. */
  BookingFacts facts();

  /**
   * Whether the EMR can move an appointment so. Where it cannot, the new time is booked and the old
   * appointment cancelled after that.
   *
   * @param to a practitioner or site in it is another than the appointment's
   */
  default boolean moves(Move to) {
    return facts().movesInOneStep();
  }

  /**
   * What stands in a practitioner's diary within a span, at whatever site: appointments, classes
   * and blocks, cancelled ones left out. Asked before and after a write where the EMR accepts
   * overlaps.
   *
   * @return empty for EMRs that refuse overlaps themselves and need not be asked
   */
  List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span);

  /**
   * Books.
   *
   * @return the appointment as the EMR confirmed it
   * @throws EmrException SLOT_TAKEN when the EMR refuses the time, REQUEST_REJECTED when it refuses
   *     for another reason, OUTCOME_UNKNOWN when the answer is lost
   */
  Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt);

  /**
   * Whether the class in which a seat was taken has more people in it than it holds by now. Asked
   * after each seat, since staff may have taken the last one after it was counted; ours is given
   * back then.
   *
   * @param joined as {@link #book} or {@link #find} told it
   * @return false where the EMR itself refuses a full class, or does not show who is in one
   */
  default boolean isOverbooked(EmrAccount account, NewBooking booking, Appointment joined) {
    return false;
  }

  /**
   * Moves an appointment, keeping its identity where the EMR can.
   *
   * @return the appointment as it stands then; another reference where the EMR books anew
   * @throws EmrException as {@link #book}; NOT_FOUND when there is no such appointment
   */
  Appointment reschedule(EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt);

  /**
   * Cancels; one that is cancelled already stays so without an error. Nothing is ever deleted.
   *
   * @return the appointment as it stands then
   * @throws EmrException NOT_FOUND when there is no such appointment, OUTCOME_UNKNOWN as above
   */
  Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt);

  /**
   * What became of a booking whose answer was lost: our note where the EMR keeps one, else patient,
   * practitioner and start. What the EMR itself put elsewhere than asked is taken back first, as
   * {@link #book} does, and counts as not booked. A time the EMR only holds for the attempt is let
   * go, so that it cannot be confirmed afterwards.
   *
   * @return empty when the EMR certainly has no such live appointment
   * @throws EmrException OUTCOME_UNKNOWN when one stands elsewhere and could not be taken back yet
   */
  Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt);

  /**
   * How an EMR books.
   *
   * @param refusesOverlaps whether the EMR itself refuses a taken time; otherwise the diary is read
   *     before and after each write
   * @param movesInOneStep whether an appointment keeps its id when it is moved; otherwise a move
   *     books anew and then cancels
   * @param cancellationNote whether the EMR keeps a free text with a cancellation
   */
  record BookingFacts(boolean refusesOverlaps, boolean movesInOneStep, boolean cancellationNote) {}

  /**
   * Something in a diary.
   *
   * @param ref the appointment, or the entry of a class or block, as far as the EMR names it
   * @param kind what it is: a class of the same kind at the same time is no conflict with itself
   * @param treatment of a class; null where the EMR does not say
   */
  record Busy(String ref, Kind kind, TimeRange span, @Nullable EmrRef treatment) {
    /** What stands there. */
    public enum Kind {
      APPOINTMENT,
      CLASS,
      BLOCK
    }
  }

  /**
   * What is to be booked; all references are known to the EMR.
   *
   * @param endsAt after {@code startsAt}
   * @param seats of the treatment: more than one joins a class at that time
   * @param note free text for the diary; null when there is none
   */
  record NewBooking(
      EmrRef patient,
      EmrRef practitioner,
      EmrRef treatment,
      EmrRef site,
      @Nullable EmrRef room,
      Instant startsAt,
      Instant endsAt,
      int seats,
      @Nullable String note) {
    @Override
    public String toString() {
      return "NewBooking[" + startsAt + "]";
    }
  }

  /**
   * Where an appointment goes.
   *
   * @param practitioner null keeps the one it has; so for {@code site}
   */
  record Move(
      Instant startsAt,
      Instant endsAt,
      @Nullable EmrRef practitioner,
      @Nullable EmrRef site,
      boolean notifyPatient) {}

  /**
   * How an appointment is cancelled.
   *
   * @param reason mapped to the EMR's own list by its connector
   * @param note free text for the staff; dropped where the EMR keeps none; null when there is none
   */
  record Cancellation(
      Reason reason, @Nullable String note, boolean notifyPatient, boolean notifyWaitList) {

    /** Why; what an EMR has no word for becomes its word for "other". */
    public enum Reason {
      FEELING_BETTER,
      CONDITION_WORSE,
      SICK,
      AWAY,
      WORK,
      OTHER
    }

    @Override
    public String toString() {
      return "Cancellation[" + reason + "]";
    }
  }
}
