package io.clinicsync.insights;

import java.util.Locale;

/** Where a patient stands with the clinic; the first that applies, in this order. */
public enum RetentionStatus {
  DECEASED,
  DISCHARGED,
  ARCHIVED,
  /** Never had an appointment. */
  PROSPECT,
  /** Never attended, one ahead. */
  NEW_BOOKED,
  NEVER_ATTENDED,
  /** Attended, one ahead: beats every day count. */
  ACTIVE_REBOOKED,
  ACTIVE,
  AT_RISK,
  LAPSED,
  LOST;

  /** The word used outside: lower case with underscores. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
