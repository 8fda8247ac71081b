package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One intent and how far it got.
 *
 * @param booking what is booked; for a move, where the appointment goes; null before it is resolved
 *     and for cancellations
 * @param appointment what is moved or cancelled, or what was booked; null before that is known
 * @param note what the connector left for finding a lost answer
 * @param sentAt when the write was sent; null before
 * @param back of a move that was sent, where the appointment was; null for others
 * @param releases of a move in two steps, the old appointment, cancelled once the new one stands
 * @param otherId how the caller knows the appointment that is booked; null where it gave no id
 * @param turn whose it is: every change is refused once somebody else took it over
 */
record Attempt(
    UUID id,
    ClinicId clinic,
    ConnectionId connection,
    Operation operation,
    State state,
    @Nullable NewBooking booking,
    @Nullable String appointment,
    @Nullable String note,
    @Nullable Instant sentAt,
    @Nullable Back back,
    @Nullable String releases,
    @Nullable OtherId otherId,
    int turn) {

  /** Where a moved appointment was. */
  record Back(
      Instant startsAt, Instant endsAt, @Nullable String practitioner, @Nullable String site) {}

  /** What is intended. */
  enum Operation {
    BOOK,
    RESCHEDULE,
    CANCEL,
    /** A person is registered, without an appointment. */
    REGISTER
  }

  /** How far it got; written before each step [R29]. */
  enum State {
    /** Nothing was sent. */
    STARTED,
    /** A person is being registered; no appointment was sent. */
    REGISTERING,
    /** The write may have been sent. */
    WRITING,
    /** It was sent, and the answer is lost. */
    UNKNOWN,
    /** The new appointment stands, and the old one is being cancelled. */
    RELEASING,
    /** It was done and is being taken back, since the time turned out to be taken. */
    UNDOING,
    DONE
  }

  /** Who holds a time without a booking yet; stands in no table. */
  static Attempt holding(UUID id, ClinicId clinic, ConnectionId connection) {
    return new Attempt(
        id,
        clinic,
        connection,
        Operation.BOOK,
        State.STARTED,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        1);
  }

  Attempt at(State next, Instant when) {
    return new Attempt(
        id,
        clinic,
        connection,
        operation,
        next,
        booking,
        appointment,
        note,
        when,
        back,
        releases,
        otherId,
        turn);
  }

  Attempt writing(
      @Nullable NewBooking what, @Nullable String which, @Nullable Back from, Instant at) {
    return new Attempt(
        id,
        clinic,
        connection,
        operation,
        State.WRITING,
        what,
        which,
        note,
        at,
        from,
        releases,
        otherId,
        turn);
  }

  /** The same, as a move in two steps. */
  Attempt releasing(String old) {
    return new Attempt(
        id,
        clinic,
        connection,
        operation,
        state,
        booking,
        appointment,
        note,
        sentAt,
        back,
        old,
        otherId,
        turn);
  }

  /** The same, once the appointment it made is known. */
  Attempt booked(String as, State next) {
    return new Attempt(
        id,
        clinic,
        connection,
        operation,
        next,
        booking,
        as,
        note,
        sentAt,
        back,
        releases,
        otherId,
        turn);
  }

  /** As it stands in an EMR's free text. */
  String key() {
    return id.toString().replace("-", "");
  }

  @Override
  public String toString() {
    return "Attempt[" + id + ", " + operation + ", " + state + "]";
  }
}
