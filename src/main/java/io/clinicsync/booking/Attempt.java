package io.clinicsync.booking;

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
    @Nullable Instant sentAt) {

  /** What is intended. */
  enum Operation {
    BOOK,
    RESCHEDULE,
    CANCEL
  }

  /** How far it got; written before each step [R29]. */
  enum State {
    /** Nothing was sent. */
    STARTED,
    /** The write may have been sent. */
    WRITING,
    /** It was sent, and the answer is lost. */
    UNKNOWN,
    /** It was done and is being taken back, since the time turned out to be taken. */
    UNDOING,
    DONE
  }

  Attempt writing(@Nullable NewBooking what, @Nullable String which, Instant at) {
    return new Attempt(id, clinic, connection, operation, State.WRITING, what, which, note, at);
  }

  Attempt booked(String as) {
    return new Attempt(id, clinic, connection, operation, state, booking, as, note, sentAt);
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
