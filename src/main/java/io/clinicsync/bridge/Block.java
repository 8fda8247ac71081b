package io.clinicsync.bridge;

import org.jspecify.annotations.Nullable;

/**
 * A time of ours in a calendar of GoHighLevel.
 *
 * @param subject what it stands for in the EMR's diary
 * @param mark stands in its title, so that it is found where the answer to its making was lost
 * @param event GoHighLevel's id; null while it is not known to exist
 * @param span what was written last
 * @param sure whether GoHighLevel confirmed that
 * @param tries refusals in a row
 * @param waits whether a refusal is too recent to try again
 */
record Block(
    String subject,
    String mark,
    @Nullable String event,
    Span span,
    boolean sure,
    int tries,
    boolean waits) {

  /** What the calendar shows; nobody's name, whoever may look at it. */
  static String title(String mark) {
    return "Busy [EMR " + mark + "]";
  }
}
