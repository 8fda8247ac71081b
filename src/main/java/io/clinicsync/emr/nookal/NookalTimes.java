package io.clinicsync.emr.nookal;

import io.clinicsync.emr.wire.BookingMark;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Nookal's times. Stamps carry no offset and nobody knows their zone: they are read and written as
 * UTC, so that a filter compares like with like whatever the zone is, and an overlap of 26 hours
 * covers the difference to our clock.
 */
final class NookalTimes {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  /** {@code Wed Jan 03 2024 10:00:00 GMT+1000}, without the bracket behind it. */
  private static final DateTimeFormatter V3 =
      DateTimeFormatter.ofPattern("EEE MMM dd uuuu HH:mm:ss 'GMT'Z", Locale.ENGLISH);

  private NookalTimes() {}

  static String stamp(Instant moment) {
    return STAMP.format(moment.atOffset(ZoneOffset.UTC));
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.startsWith("0000");
  }

  /** A stamp; null when absent or zeros. */
  static @Nullable Instant stamp(Entry entry, String member) {
    String text = entry.text(member);
    if (text == null || isBlank(text)) {
      return null;
    }
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
          : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a time");
    }
  }

  /**
   * Whether something is no older than a moment. Nookal does not say whether its stamps are UTC or
   * the account's time, so either will do; a stamp ahead of now is not of that zone.
   */
  static boolean isSince(Entry entry, String member, Instant moment, Instant now, ZoneId zone) {
    Instant stamp = lenient(entry, member);
    if (stamp == null) {
      return false;
    }
    Instant local = stamp.atOffset(ZoneOffset.UTC).toLocalDateTime().atZone(zone).toInstant();
    return isBetween(stamp, moment, now) || isBetween(local, moment, now);
  }

  private static boolean isBetween(Instant stamp, Instant from, Instant to) {
    return !stamp.isBefore(from.minus(BookingMark.SKEW))
        && !stamp.isAfter(to.plus(BookingMark.SKEW));
  }

  /** A date; null when absent or zeros. */
  static @Nullable LocalDate date(Entry entry, String member) {
    return isBlank(entry.text(member)) ? null : entry.date(member);
  }

  /**
   * A date and a time in a place's own zone. In the hour a clock is set back it is the earlier one,
   * since nothing tells.
   */
  static @Nullable Instant local(Entry entry, String date, String time, ZoneId zone) {
    LocalDate day = date(entry, date);
    String at = entry.text(time);
    if (day == null || at == null) {
      return null;
    }
    try {
      return day.atTime(LocalTime.parse(at)).atZone(zone).toInstant();
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(time + " is not a time");
    }
  }

  /** The zone an entry names; the other one when it names none that is known. */
  static ZoneId zone(Entry entry, String member, ZoneId other) {
    String name = entry.text(member);
    try {
      return name == null ? other : ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return other;
    }
  }

  /** A date of v3, with the offset it was written in. */
  static OffsetDateTime v3(Entry entry, String member) {
    String text = entry.requireText(member).replaceFirst("\\s*\\(.*\\)$", "");
    try {
      return OffsetDateTime.parse(text, V3);
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a time");
    }
  }

  /** The greatest readable stamp; null when there is none. */
  static @Nullable Instant latest(List<Entry> entries, String member) {
    Instant latest = null;
    for (Entry entry : entries) {
      Instant stamp = lenient(entry, member);
      if (stamp != null && (latest == null || stamp.isAfter(latest))) {
        latest = stamp;
      }
    }
    return latest;
  }

  /** As {@link #stamp}, null also when it cannot be read. */
  static @Nullable Instant lenient(Entry entry, String member) {
    try {
      return stamp(entry, member);
    } catch (UnreadableEntry unreadable) {
      return null;
    }
  }
}
