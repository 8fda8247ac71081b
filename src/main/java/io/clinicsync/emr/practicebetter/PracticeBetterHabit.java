package io.clinicsync.emr.practicebetter;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an account reads what is written to it. By the vendor's document a time is an instant and a
 * duration is in minutes; one live account read wall time of the US east coast whatever zone stood
 * beside it, and seconds (seen July 2026). Nothing tells beforehand; what shows afterwards does.
 *
 * @param wall the zone whose clock a written time is taken for; null for an instant
 */
record PracticeBetterHabit(@Nullable ZoneId wall, boolean seconds) {

  private static final ZoneId EASTERN = ZoneId.of("America/New_York");

  /** A written time. A numeric offset would be answered with 500. */
  String date(Instant moment) {
    Instant second = moment.truncatedTo(ChronoUnit.SECONDS);
    return wall == null ? second.toString() : local(second) + clock(second);
  }

  private static String clock(Instant second) {
    // LocalDateTime leaves zero seconds out.
    return second.getEpochSecond() % 60 == 0 ? ":00" : "";
  }

  /** What the account takes a written time for before it adds its zone. */
  private LocalDateTime local(Instant moment) {
    return LocalDateTime.ofInstant(moment, wall == null ? ZoneOffset.UTC : wall);
  }

  /** Whether the clock shows this time twice, so that writing it says nothing. */
  boolean isAmbiguous(Instant moment) {
    return wall != null && wall.getRules().getValidOffsets(local(moment)).size() > 1;
  }

  long duration(Duration length) {
    return seconds ? length.toSeconds() : length.toMinutes();
  }

  /**
   * The habit by which what was written with this one became what shows; empty when no habit
   * explains it.
   *
   * @param zone the account's own, which it may take times for
   */
  Optional<PracticeBetterHabit> behind(
      Instant asked, Duration length, Instant shown, @Nullable Duration shownLength, ZoneId zone) {
    LocalDateTime written = local(asked.truncatedTo(ChronoUnit.SECONDS));
    List<@Nullable ZoneId> zones = Arrays.asList(wall, null, EASTERN, zone);
    for (ZoneId each : zones) {
      Instant read = written.atZone(each == null ? ZoneOffset.UTC : each).toInstant();
      if (read.equals(shown)) {
        return unitBehind(length, shownLength)
            .map(inSeconds -> new PracticeBetterHabit(each, inSeconds));
      }
    }
    return Optional.empty();
  }

  /** Sixty times too long, or as much too short, is the other unit. */
  private Optional<Boolean> unitBehind(Duration length, @Nullable Duration shown) {
    if (shown == null || shown.equals(length)) {
      return Optional.of(seconds);
    }
    if (seconds ? shown.equals(length.multipliedBy(60)) : isSixtieth(length, shown)) {
      return Optional.of(!seconds);
    }
    return Optional.empty();
  }

  /** A session of less than a minute may be shown as one of a minute. */
  private static boolean isSixtieth(Duration length, Duration shown) {
    return shown.compareTo(length) < 0
        && shown.toSeconds() <= Math.max(60, length.toSeconds() / 60);
  }

  /** As kept with the account. */
  String text() {
    return (wall == null ? "Z" : wall.getId()) + (seconds ? " s" : " m");
  }

  static PracticeBetterHabit of(String text) {
    int blank = text.indexOf(' ');
    String zone = Objects.requireNonNull(text).substring(0, blank);
    return new PracticeBetterHabit(zone.equals("Z") ? null : ZoneId.of(zone), text.endsWith(" s"));
  }
}
