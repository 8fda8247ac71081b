package io.clinicsync.bridge;

import io.clinicsync.booking.WallTimes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Moments and days as GoHighLevel writes them: ISO with an offset, ISO wall time, and the display
 * text of its merge fields, such as {@code Thu, Oct 30th, 2025 | 2:00 pm}. Orders of digits that
 * differ between countries, such as 10/11/2025, are refused.
 */
public final class GhlTimes {

  private static final List<DateTimeFormatter> DISPLAYED =
      List.of(english("MMM d uuuu h:mm a"), english("MMMM d uuuu h:mm a"));
  private static final List<DateTimeFormatter> DAYS =
      List.of(english("MMM d uuuu"), english("MMMM d uuuu"));

  private GhlTimes() {}

  private static DateTimeFormatter english(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.US);
  }

  /**
   * The moment.
   *
   * @param zone of wall times; asked for only where there is no offset
   * @throws WallTimes.NotAMoment with a sentence that starts with a verb
   */
  public static Instant moment(String text, Supplier<ZoneId> zone) {
    try {
      return OffsetDateTime.parse(text.strip()).toInstant();
    } catch (DateTimeException withoutOffset) {
      return local(text, zone.get());
    }
  }

  private static Instant local(String text, ZoneId zone) {
    String plain = plain(text);
    for (DateTimeFormatter each : DISPLAYED) {
      try {
        return WallTimes.at(LocalDateTime.parse(plain, each), zone);
      } catch (DateTimeException other) {
        continue;
      }
    }
    return WallTimes.read(text, zone);
  }

  /** A day; empty when it cannot be told. */
  public static Optional<LocalDate> day(String text) {
    String stripped = text.strip();
    try {
      return Optional.of(
          LocalDate.parse(
              stripped.length() > 10 && stripped.charAt(10) == 'T'
                  ? stripped.substring(0, 10)
                  : stripped));
    } catch (DateTimeException otherwise) {
      String plain = plain(stripped);
      for (DateTimeFormatter each : DAYS) {
        try {
          return Optional.of(LocalDate.parse(plain, each));
        } catch (DateTimeException other) {
          continue;
        }
      }
      return Optional.empty();
    }
  }

  /** Without weekday, ordinal endings, commas and bars. */
  private static String plain(String text) {
    return text.strip()
        .replaceFirst("(?i)^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\\s+", "")
        .replaceAll("(?i)(\\d)(st|nd|rd|th)\\b", "$1")
        .replaceAll("[,|]| at ", " ")
        .replaceAll("(?i)(\\d)([ap]m)\\b", "$1 $2")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
