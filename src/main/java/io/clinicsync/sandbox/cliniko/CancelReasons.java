package io.clinicsync.sandbox.cliniko;

/** Cliniko's cancellation reasons. */
final class CancelReasons {

  /** The label for a code; empty for 0, which means not cancelled. */
  static String label(int code) {
    return switch (code) {
      case 0 -> "";
      case 10 -> "Feeling Better";
      case 20 -> "Condition Worse";
      case 30 -> "Sick";
      case 31 -> "COVID-19 related";
      case 40 -> "Away";
      case 50 -> "Other";
      case 60 -> "Work";
      default -> throw new IllegalArgumentException("no such reason");
    };
  }

  static boolean known(int code) {
    return code == 10
        || code == 20
        || code == 30
        || code == 31
        || code == 40
        || code == 50
        || code == 60;
  }

  private CancelReasons() {}
}
