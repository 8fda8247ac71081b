package io.clinicsync.bridge;

import java.time.Instant;

/** From a moment until before another one. */
record Span(Instant from, Instant to) {

  /** The shortest one that holds both. */
  Span and(Span other) {
    return new Span(
        from.isBefore(other.from) ? from : other.from, to.isAfter(other.to) ? to : other.to);
  }
}
