package io.clinicsync.emr.practicebetter;

import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a session is. The unit of {@code duration} is disputed: minutes by the document, seconds by
 * one live account (seen July 2026). Start and end tell which it is; {@code actualDuration} has the
 * same unit.
 *
 * @param end null where nothing says it
 * @param minutes null where nothing says it
 * @param actualMinutes null where it was not noted
 */
record PracticeBetterTime(
    Instant start,
    @Nullable Instant end,
    @Nullable BigDecimal minutes,
    @Nullable BigDecimal actualMinutes) {

  private static final BigDecimal SIXTY = BigDecimal.valueOf(60);

  /** A session is not longer than this, so that a greater number means seconds. */
  private static final BigDecimal LONGEST = BigDecimal.valueOf(480);

  static PracticeBetterTime of(Entry entry) {
    Instant start = entry.requireInstant("sessionDate");
    Instant end = entry.instant("endDate");
    if (end != null && !end.isAfter(start)) {
      end = null;
    }
    BigDecimal duration = entry.decimal("duration");
    BigDecimal actual = entry.decimal("actualDuration");
    boolean seconds = duration != null && isSeconds(duration, start, end);
    BigDecimal minutes =
        end == null
            ? scaled(duration, seconds)
            : BigDecimal.valueOf(Duration.between(start, end).toMinutes());
    if (end == null && minutes != null && minutes.signum() > 0) {
      end = start.plusSeconds(minutes.multiply(SIXTY).longValue());
    }
    return new PracticeBetterTime(start, end, minutes, scaled(actual, seconds));
  }

  private static boolean isSeconds(BigDecimal duration, Instant start, @Nullable Instant end) {
    return end == null
        ? duration.compareTo(LONGEST) > 0
        : duration.compareTo(BigDecimal.valueOf(Duration.between(start, end).toSeconds())) == 0;
  }

  private static @Nullable BigDecimal scaled(@Nullable BigDecimal value, boolean seconds) {
    return value == null || !seconds ? value : value.divide(SIXTY, 0, RoundingMode.HALF_UP);
  }
}
