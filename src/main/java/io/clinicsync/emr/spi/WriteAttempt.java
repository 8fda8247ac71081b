package io.clinicsync.emr.spi;

import java.util.Optional;

/** One intent to write, as its connector sees it. A note is stored at once and outlives a crash. */
public interface WriteAttempt {

  /**
   * Names the intent for good: the same for every try of it, unlike any other's. Short and of
   * letters, digits and dashes, so that it can stand in an EMR's free text.
   */
  String key();

  /** Leaves what {@code find} will need, before the point of no return. */
  void note(String anchor);

  /** What was noted last. */
  Optional<String> note();
}
