package io.clinicsync.canonical;

import java.time.Instant;

/** A span of time: from inclusive, to exclusive. */
public record TimeRange(Instant from, Instant to) {

  public TimeRange {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException("A time range ends after it starts");
    }
  }

  public boolean contains(Instant moment) {
    return !moment.isBefore(from) && moment.isBefore(to);
  }
}
