package io.clinicsync.sandbox.server;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/**
 * Instants out of the texts that simulators keep them in. A question over a wire may look at every
 * row there is, and the general parser would be most of its cost.
 */
public final class Moments {

  /** As long as {@code 2026-06-10T16:00:00}. */
  private static final int LOCAL = 19;

  private static final long DAY = 86_400;

  private Moments() {}

  /**
   * An ISO 8601 time with its offset or a Z.
   *
   * @throws DateTimeParseException when it is none
   */
  public static Instant instant(String text) {
    try {
      int end = text.length();
      if (end == LOCAL + 1 && text.charAt(LOCAL) == 'Z') {
        return Instant.ofEpochSecond(seconds(text));
      }
      if (end == LOCAL + 6 && text.charAt(LOCAL + 3) == ':') {
        return Instant.ofEpochSecond(seconds(text) - offset(text));
      }
    } catch (DateTimeException unusual) {
      // The general parser knows better, or says what is wrong.
    }
    return OffsetDateTime.parse(text).toInstant();
  }

  /** Seconds since 1970 of the first nineteen characters, read as UTC. */
  private static long seconds(String text) {
    boolean shaped =
        text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && text.charAt(10) == 'T'
            && text.charAt(13) == ':'
            && text.charAt(16) == ':';
    if (!shaped) {
      throw new DateTimeException("other than usual");
    }
    int year = two(text, 0, 99) * 100 + two(text, 2, 99);
    long day = LocalDate.of(year, two(text, 5, 12), two(text, 8, 31)).toEpochDay();
    return day * DAY + two(text, 11, 23) * 3600L + two(text, 14, 59) * 60L + two(text, 17, 59);
  }

  /** Seconds that the offset from character nineteen on is ahead of UTC. */
  private static int offset(String text) {
    int seconds = (two(text, LOCAL + 1, 17) * 60 + two(text, LOCAL + 4, 59)) * 60;
    return switch (text.charAt(LOCAL)) {
      case '+' -> seconds;
      case '-' -> -seconds;
      default -> throw new DateTimeException("other than usual");
    };
  }

  private static int two(String text, int at, int most) {
    int tens = text.charAt(at) - '0';
    int ones = text.charAt(at + 1) - '0';
    int value = tens * 10 + ones;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || value > most) {
      throw new DateTimeException("other than usual");
    }
    return value;
  }
}
