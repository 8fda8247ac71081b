package io.clinicsync.emr.promptemr;

import io.clinicsync.emr.spi.FileIntake.FileForm;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as reports write them: ISO, {@code M/d/yy}, {@code MM/dd/yyyy}, or the number a
 * spreadsheet counts days with; times as {@code h:mma} or by 24 hours. A clinic whose reports look
 * otherwise gives a pattern of its own.
 */
final class PromptEmrTimes {

  private static final LocalDate FROM_1900 = LocalDate.of(1899, 12, 30);
  private static final int DAYS_TO_1904 = 1462;
  private static final int SECONDS_OF_DAY = 86_400;
  private static final Pattern SLASHES =
      Pattern.compile("([0-9]{1,2})/([0-9]{1,2})/([0-9]{2}|[0-9]{4})");
  private static final Pattern CLOCK =
      Pattern.compile("(?i)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\\.0+)?)?\\s*([ap])?\\.?m?\\.?");
  private static final Pattern DAYS = Pattern.compile("[0-9]{1,6}(?:\\.[0-9]{1,20})?");

  private final FileForm form;
  private final LocalDate today;

  /**
   * Reads as one file writes.
   *
   * @param today when the file was made; two digits of a birth year never lie after it
   */
  PromptEmrTimes(FileForm form, LocalDate today) {
    this.form = form;
    this.today = today;
  }

  /**
   * A moment as a clinic's clock showed it.
   *
   * @param flaw code of what had to be assumed, on the two nights a clock is changed; else null
   */
  record Moment(Instant instant, LocalDateTime local, @Nullable String flaw) {}

  /** The date, whatever time stands behind it; null when it is none. */
  @Nullable LocalDate date(String text) {
    return date(text, 2000);
  }

  /**
   * @param century what two digits of a year are counted from
   */
  private @Nullable LocalDate date(String text, int century) {
    String head = split(text)[0];
    try {
      if (form.dates() != null) {
        LocalDate ownForm = own(head, form.dates());
        if (ownForm != null) {
          return ownForm;
        }
      }
      if (head.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
        return LocalDate.parse(head);
      }
      Matcher slashes = SLASHES.matcher(head);
      if (form.dates() == null && slashes.matches()) {
        int year = Integer.parseInt(slashes.group(3));
        return LocalDate.of(
            slashes.group(3).length() == 2 ? century + year : year,
            Integer.parseInt(slashes.group(1)),
            Integer.parseInt(slashes.group(2)));
      }
      return DAYS.matcher(head).matches() ? counted(new BigDecimal(head)) : null;
    } catch (DateTimeException noDate) {
      return null;
    }
  }

  /** A date of birth; null when it is none or lies ahead. */
  @Nullable LocalDate birth(String text) {
    LocalDate date = date(text);
    if (date != null && date.isAfter(today)) {
      date = date(text, 1900);
    }
    return date == null || date.isAfter(today) || date.getYear() < 1880 ? null : date;
  }

  private static @Nullable LocalDate own(String text, String pattern) {
    try {
      return LocalDate.parse(text, DateTimeFormatter.ofPattern(pattern, Locale.US));
    } catch (DateTimeException otherForm) {
      return null;
    }
  }

  private @Nullable LocalDate counted(BigDecimal days) {
    int whole = days.setScale(0, RoundingMode.DOWN).intValue();
    boolean looksLikeAYear = days.scale() <= 0 && whole >= 1880 && whole <= 2100;
    if (whole < 60 || looksLikeAYear) {
      return null;
    }
    return FROM_1900.plusDays(form.from1904() ? whole + (long) DAYS_TO_1904 : whole);
  }

  /** The time of day; null when it is none. */
  @Nullable LocalTime time(String text) {
    String given = text.strip();
    try {
      if (form.times() != null) {
        return LocalTime.parse(
            given.toUpperCase(Locale.ROOT), DateTimeFormatter.ofPattern(form.times(), Locale.US));
      }
      if (DAYS.matcher(given).matches()) {
        return fraction(new BigDecimal(given));
      }
      Matcher clock = CLOCK.matcher(given);
      if (!clock.matches()) {
        return null;
      }
      int hour = Integer.parseInt(clock.group(1));
      String half = clock.group(4);
      if (half != null) {
        if (hour < 1 || hour > 12) {
          return null;
        }
        hour = hour % 12 + (half.equalsIgnoreCase("p") ? 12 : 0);
      }
      int second = clock.group(3) == null ? 0 : Integer.parseInt(clock.group(3));
      return LocalTime.of(hour, Integer.parseInt(clock.group(2)), second);
    } catch (DateTimeException noTime) {
      return null;
    }
  }

  /** The part of a day behind the point; spreadsheets round it, so seconds are the finest. */
  private static @Nullable LocalTime fraction(BigDecimal days) {
    BigDecimal part = days.remainder(BigDecimal.ONE);
    long seconds =
        part.multiply(BigDecimal.valueOf(SECONDS_OF_DAY))
            .setScale(0, RoundingMode.HALF_UP)
            .longValue();
    return seconds >= SECONDS_OF_DAY ? null : LocalTime.ofSecondOfDay(seconds);
  }

  /**
   * A date with its time, in one cell or two; null when there is no date, or no time.
   *
   * @param time the second cell; null or blank where there is none
   */
  @Nullable Moment moment(String dateText, @Nullable String time, ZoneId zone) {
    Instant exact = withOffset(dateText);
    if (exact != null) {
      return new Moment(exact, LocalDateTime.ofInstant(exact, zone), null);
    }
    LocalDate date = date(dateText);
    if (date == null) {
      return null;
    }
    String rest = split(dateText)[1];
    LocalTime at;
    if (time != null && !time.isBlank()) {
      // The cell of the time may repeat the date.
      String behind = split(time)[1];
      at = time(behind.isEmpty() || time(time) != null ? time : behind);
    } else if (!rest.isEmpty()) {
      at = time(rest);
    } else {
      at =
          dateText.contains(".") && DAYS.matcher(dateText.strip()).matches()
              ? time(dateText)
              : null;
    }
    return at == null ? null : moment(date.atTime(at), zone);
  }

  /** On the night that has an hour twice it is the first; one that is skipped moves on. */
  static Moment moment(LocalDateTime local, ZoneId zone) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    String flaw =
        switch (offsets.size()) {
          case 0 -> "time_skipped";
          case 1 -> null;
          default -> "time_ambiguous";
        };
    return new Moment(ZonedDateTime.ofLocal(local, zone, null).toInstant(), local, flaw);
  }

  private static @Nullable Instant withOffset(String text) {
    try {
      return OffsetDateTime.parse(text.strip().replace(' ', 'T')).toInstant();
    } catch (DateTimeException without) {
      return null;
    }
  }

  /** Date and time of one cell; the second is empty where there is none. */
  private static String[] split(String text) {
    String whole = text.strip();
    int at = whole.indexOf(' ');
    if (at < 0 && whole.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*")) {
      at = 10;
    }
    return at < 0
        ? new String[] {whole, ""}
        : new String[] {whole.substring(0, at), whole.substring(at + 1).strip()};
  }
}
