package io.clinicsync.emr.simplepractice;

import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.EmrException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a sweep through the calendar stands; the vendor refuses more than 92 days at once. A sweep
 * of everything goes a year ahead from where it began and then back until four windows in a row
 * held nothing.
 *
 * @param anchor where the sweep began
 * @param step windows from the anchor; negative on the way back
 * @param empty windows in a row that held nothing
 */
record Windows(Instant anchor, int step, int empty) {

  private static final Duration LENGTH = Duration.ofDays(90);
  private static final Duration AHEAD = Duration.ofDays(365);
  private static final int EMPTY_WINDOWS = 4;
  private static final int MOST_BACK = 160;

  static Windows from(Instant start) {
    return new Windows(start.truncatedTo(ChronoUnit.SECONDS), 0, 0);
  }

  /**
   * The time to read now.
   *
   * @param end of a sweep with an end; null for a sweep of everything
   */
  TimeRange range(@Nullable Instant end) {
    Instant from = anchor.plus(LENGTH.multipliedBy(step));
    Instant to = from.plus(LENGTH);
    Instant last = end == null ? anchor.plus(AHEAD) : end;
    return new TimeRange(from, to.isAfter(last) ? last : to);
  }

  /**
   * What comes after this window; null at the end.
   *
   * @param held whether it held anything
   */
  @Nullable Windows next(boolean held, @Nullable Instant end) {
    Instant from = anchor.plus(LENGTH.multipliedBy(step + 1L));
    if (end != null) {
      return from.isBefore(end) ? new Windows(anchor, step + 1, 0) : null;
    }
    if (step >= 0) {
      boolean more = from.isBefore(anchor.plus(AHEAD));
      return new Windows(anchor, more ? step + 1 : -1, 0);
    }
    int nothing = held ? 0 : empty + 1;
    boolean over = nothing >= EMPTY_WINDOWS || -step >= MOST_BACK;
    return over ? null : new Windows(anchor, step - 1, nothing);
  }

  String text() {
    return anchor + "/" + step + "/" + empty;
  }

  static Windows of(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 3) {
        return new Windows(
            Instant.parse(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      }
    } catch (DateTimeException | NumberFormatException notOurs) {
      // As below.
    }
    throw new EmrException(
        EmrException.Kind.REQUEST_REJECTED, "This is no place in SimplePractice's calendar");
  }
}
