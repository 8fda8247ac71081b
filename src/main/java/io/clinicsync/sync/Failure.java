package io.clinicsync.sync;

import io.clinicsync.tenancy.DatabaseAway;

/**
 * An unexpected failure as it may be logged: type and place, since messages may quote a patient's
 * values.
 */
final class Failure {

  static final String DATABASE = "database_unavailable";

  private Failure() {}

  /** The stable code of an unexpected failure [ER-3]. */
  static String code(Throwable failed) {
    return DatabaseAway.isReasonOf(failed) ? DATABASE : "internal_error";
  }

  static String of(Throwable failed) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = failed; each != null; each = each.getCause()) {
      text.append(text.isEmpty() ? "" : " caused by ").append(each.getClass().getName());
      if (each.getStackTrace().length > 0) {
        text.append(" at ").append(each.getStackTrace()[0]);
      }
    }
    return text.toString();
  }
}
