package io.clinicsync.booking;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Reads a moment as callers write it [TZ-1, TZ-2]: with an offset it is exact; without one it is
 * wall time of a zone, and a wall time that does not exist or exists twice is refused.
 */
public final class WallTimes {

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss][.SSS]");

  private WallTimes() {}

  /** Why a text is no moment; the sentence is for the caller. */
  public static final class NotAMoment extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotAMoment(String says) {
      super(says, null, false, false);
    }
  }

  /**
   * The moment.
   *
   * @param zone of wall times
   * @throws NotAMoment with a sentence that starts with a verb, for the field's name to stand
   *     before
   */
  public static Instant read(String text, ZoneId zone) {
    String trimmed = text.strip();
    try {
      return OffsetDateTime.parse(trimmed).toInstant();
    } catch (DateTimeException withoutOffset) {
      return local(trimmed, zone);
    }
  }

  private static Instant local(String text, ZoneId zone) {
    LocalDateTime local;
    try {
      local = LocalDateTime.parse(text, LOCAL);
    } catch (DateTimeException unreadable) {
      throw new NotAMoment(
          "must be a date and time such as 2026-03-10T14:30:00+11:00, or without offset in the clinic's zone");
    }
    return at(local, zone);
  }

  /**
   * The moment of a wall time.
   *
   * @throws NotAMoment where clocks skip it or show it twice
   */
  public static Instant at(LocalDateTime local, ZoneId zone) {
    List<java.time.ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.isEmpty()) {
      throw new NotAMoment(
          "does not exist in "
              + zone.getId()
              + ": clocks go forward then; the next valid time is "
              + zone.getRules().getTransition(local).getDateTimeAfter());
    }
    if (offsets.size() > 1) {
      throw new NotAMoment(
          "exists twice in "
              + zone.getId()
              + ", since clocks go back then; give it with its offset, "
              + offsets.get(0)
              + " or "
              + offsets.get(1));
    }
    return local.toInstant(offsets.getFirst());
  }
}
