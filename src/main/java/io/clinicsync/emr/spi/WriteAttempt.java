package io.clinicsync.emr.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * One intent to write, as its connector sees it. A note is stored at once and outlives a crash; one
 * is needed only where {@code find} must know more than the key and the moment.
 */
public interface WriteAttempt {

  /**
   * Names the intent for good: the same for every try of it, unlike any other's. Short and of
   * letters, digits and dashes, so that it can stand in an EMR's free text.
   */
  String key();

  /** Nothing of it was sent before this moment of our clock; stored before it was. */
  Instant begunAt();

  /**
   * Leaves what {@code find} will need, before the point of no return. It is refused to whoever was
   * overtaken, who must not go on then; so a connector that makes calls of its own before it writes
   * leaves one even where it needs none.
   */
  void note(String anchor);

  /** What was noted last. */
  Optional<String> note();
}
