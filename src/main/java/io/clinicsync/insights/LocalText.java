package io.clinicsync.insights;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.FormatStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;

/** Writes moments the way people of a locale read them, in the zone of the place. */
final class LocalText {

  private static final DateTimeFormatter AMERICAN =
      clock("EEEE, MMMM d, yyyy 'at' h:mm", "AM", "PM");
  private static final DateTimeFormatter ENGLISH = clock("EEEE d MMMM yyyy 'at' h:mm", "am", "pm");

  private LocalText() {}

  static String of(Instant moment, ZoneId zone, Locale locale) {
    DateTimeFormatter formatter;
    if (!locale.getLanguage().equals("en")) {
      formatter =
          DateTimeFormatter.ofLocalizedDateTime(FormatStyle.FULL, FormatStyle.SHORT)
              .withLocale(locale);
    } else {
      formatter = locale.getCountry().equals("US") ? AMERICAN : ENGLISH;
    }
    return formatter.format(moment.atZone(zone));
  }

  // Spelled out because the JDK's own "am" and "AM" change between versions of its locale data.
  private static DateTimeFormatter clock(String pattern, String morning, String afternoon) {
    return new DateTimeFormatterBuilder()
        .appendPattern(pattern)
        .appendLiteral(' ')
        .appendText(ChronoField.AMPM_OF_DAY, Map.of(0L, morning, 1L, afternoon))
        .toFormatter(Locale.ENGLISH);
  }
}
