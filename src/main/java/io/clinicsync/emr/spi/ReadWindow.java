package io.clinicsync.emr.spi;

import io.clinicsync.canonical.TimeRange;
import java.time.Instant;

/** Which records to read; chosen by {@code sync}, never by a connector. */
public sealed interface ReadWindow {

  /** Changed at or after this vendor time, inclusive [R2]. */
  record ChangedSince(Instant since) implements ReadWindow {}

  /** Starting within this range. */
  record StartingIn(TimeRange range) implements ReadWindow {}

  /** All there are. */
  record Everything() implements ReadWindow {}
}
