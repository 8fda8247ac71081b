package io.clinicsync.sync;

/**
 * An unexpected failure as it may be logged: type and place, since messages may quote a patient's
 * values.
 */
final class Failure {

  private Failure() {}

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
