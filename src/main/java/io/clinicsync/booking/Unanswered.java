package io.clinicsync.booking;

import java.io.Serial;

/** A write was sent and its answer is lost. */
final class Unanswered extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient Attempt attempt;

  Unanswered(Attempt attempt) {
    super("the answer is lost", null, false, false);
    this.attempt = attempt;
  }

  /** As it was when the write was sent. */
  Attempt attempt() {
    return attempt;
  }
}
