package io.clinicsync.emr.pteverywhere;

import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.Cursor;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Where a walk through the calendar stands: it goes by spans of 90 days, which worked for others. A
 * walk through everything goes back from half a year ahead, at least ten years and then until two
 * years held nothing; a walk through a range goes forward.
 *
 * @param anchor the first day of the walk's first span
 * @param span spans from the anchor; negative on the way back
 * @param page from 1
 * @param empty spans in a row that held nothing
 * @param print of the page before; empty at the start of a span
 */
record PtEverywherePlace(LocalDate anchor, int span, int page, int empty, String print) {

  private static final int DAYS = 90;
  private static final int AHEAD = 180;
  private static final int LEAST_BACK = 43;
  private static final int EMPTY = 8;
  private static final int MOST_BACK = 160;

  /** Everything, as of this day. */
  static PtEverywherePlace back(LocalDate today) {
    return new PtEverywherePlace(today.plusDays(AHEAD + 1L - DAYS), 0, 1, 0, "");
  }

  /** From this day on. */
  static PtEverywherePlace forward(LocalDate day) {
    return new PtEverywherePlace(day, 0, 1, 0, "");
  }

  static PtEverywherePlace of(Cursor cursor) {
    String[] parts = cursor.value().split("/", -1);
    return new PtEverywherePlace(
        LocalDate.parse(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        parts[4]);
  }

  Cursor cursor() {
    return new Cursor(anchor + "/" + span + "/" + page + "/" + empty + "/" + print);
  }

  LocalDate firstDay() {
    return anchor.plusDays((long) span * DAYS);
  }

  LocalDate lastDay() {
    return firstDay().plusDays(DAYS - 1L);
  }

  /** The moments of this span. */
  TimeRange range(ZoneId zone) {
    return new TimeRange(
        firstDay().atStartOfDay(zone).toInstant(),
        lastDay().plusDays(1).atStartOfDay(zone).toInstant());
  }

  /** The next page of this span. */
  PtEverywherePlace further(String seen) {
    return new PtEverywherePlace(anchor, span, page + 1, empty, seen);
  }

  /**
   * The next span back; null at the end.
   *
   * @param held whether this one held anything
   */
  @Nullable PtEverywherePlace back(boolean held) {
    int nothing = held || page > 1 ? 0 : empty + 1;
    int next = span - 1;
    boolean over = next < -MOST_BACK || (next < -LEAST_BACK && nothing >= EMPTY);
    return over ? null : new PtEverywherePlace(anchor, next, 1, nothing, "");
  }

  /** The next span forward; null when it would begin behind this day. */
  @Nullable PtEverywherePlace forwardTo(LocalDate last) {
    return lastDay().plusDays(1).isAfter(last)
        ? null
        : new PtEverywherePlace(anchor, span + 1, 1, 0, "");
  }
}
