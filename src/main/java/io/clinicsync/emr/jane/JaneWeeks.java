package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a sweep through the calendar stands. A sweep of everything goes forward from today and then
 * back, each way until half a year held nothing.
 *
 * @param anchor the first day of the sweep
 * @param week weeks from the anchor; negative on the way back
 * @param empty weeks in a row that held nothing
 */
record JaneWeeks(LocalDate anchor, int week, int empty, List<String> locations) {

  private static final int EMPTY_WEEKS = 26;
  private static final int LEAST_BACK = 104;
  private static final int MOST_AHEAD = 3 * 52;
  private static final int MOST_BACK = 30 * 52;

  JaneWeeks {
    locations = List.copyOf(locations);
  }

  static JaneWeeks from(LocalDate day, List<String> locations) {
    return new JaneWeeks(day, 0, 0, locations);
  }

  LocalDate firstDay() {
    return anchor.plusWeeks(week);
  }

  /**
   * What comes after this week; null at the end.
   *
   * @param held whether it held anything
   * @param end last day of a sweep with an end; null for a sweep of everything
   */
  @Nullable JaneWeeks next(boolean held, @Nullable LocalDate end) {
    if (end != null) {
      return firstDay().plusDays(7).isAfter(end) ? null : at(week + 1, 0);
    }
    int nothing = held ? 0 : empty + 1;
    if (week >= 0) {
      boolean over = nothing >= EMPTY_WEEKS || week >= MOST_AHEAD;
      return over ? at(-1, 0) : at(week + 1, nothing);
    }
    boolean over = nothing >= EMPTY_WEEKS && -week >= LEAST_BACK;
    return over || -week >= MOST_BACK ? null : at(week - 1, nothing);
  }

  private JaneWeeks at(int other, int nothing) {
    return new JaneWeeks(anchor, other, nothing, locations);
  }

  String text() {
    return anchor + "/" + week + "/" + empty + "/" + String.join(",", locations);
  }

  static JaneWeeks of(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 4) {
        return new JaneWeeks(
            LocalDate.parse(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            List.of(parts[3].split(",")));
      }
    } catch (DateTimeException | NumberFormatException notOurs) {
      // As below.
    }
    throw new EmrException(
        EmrException.Kind.REQUEST_REJECTED, "This is no place in Jane's calendar");
  }
}
