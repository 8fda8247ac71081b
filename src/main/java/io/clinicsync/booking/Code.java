package io.clinicsync.booking;

import java.util.Locale;

/** What an attempt came to, in the words every channel uses [VO-14]. */
public enum Code {
  BOOKED,
  RESCHEDULED,
  CANCELLED,
  /** A person is in the EMR since this call. */
  REGISTERED,
  /** The person was in the EMR before; nothing was written. */
  ALREADY_THERE,
  /** Sent, and no answer came; settled within two minutes. */
  UNKNOWN,
  SLOT_TAKEN,
  NO_AVAILABILITY,
  /** Several fit; the answer names them. */
  NEEDS_CHOICE,
  /** Something is missing to be certain. */
  NEEDS_INFO,
  POLICY_BLOCKED,
  LATE_CANCEL,
  CLASS_FULL,
  ALREADY_BOOKED,
  NOT_FOUND,
  /** The hold that was named is over. */
  HOLD_EXPIRED,
  /** The key holds as many times as it may. */
  TOO_MANY_HOLDS,
  /** This EMR takes no bookings from us; the clinic's own page does. */
  LINK_TO_BOOK,
  EMR_UNAVAILABLE,
  FAILED,
  /** Booking was not granted for this connection, or not for this time. */
  NOT_ENABLED,
  /** Too many calls of this connection wait already. */
  RATE_LIMITED,
  /** The same call is still being worked on. */
  IN_PROGRESS,
  /** The key was used for another request. */
  IDEMPOTENCY_MISMATCH;

  /** As it stands in answers. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the EMR confirmed what was asked for. */
  public boolean isConfirmed() {
    return this == BOOKED || this == RESCHEDULED || this == CANCELLED || this == REGISTERED;
  }

  /**
   * Whether the same call gets this answer again [R27]; any other may be tried anew under the same
   * key.
   */
  boolean isDefinitive() {
    return switch (this) {
      case BOOKED,
          RESCHEDULED,
          CANCELLED,
          REGISTERED,
          SLOT_TAKEN,
          NEEDS_CHOICE,
          NEEDS_INFO,
          POLICY_BLOCKED,
          LATE_CANCEL,
          CLASS_FULL,
          NOT_FOUND,
          HOLD_EXPIRED,
          LINK_TO_BOOK,
          NO_AVAILABILITY,
          FAILED ->
          true;
      // Whether it still is, is looked at each time.
      case ALREADY_BOOKED, ALREADY_THERE -> false;
      case TOO_MANY_HOLDS,
          UNKNOWN,
          EMR_UNAVAILABLE,
          NOT_ENABLED,
          RATE_LIMITED,
          IN_PROGRESS,
          IDEMPOTENCY_MISMATCH ->
          false;
    };
  }
}
