package io.clinicsync.insights;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/**
 * A clinic's calendar. Time-driven states roll over at 03:00 in the clinic [TR-6], months at
 * midnight [TZ-4].
 */
final class ClinicDays {

  private static final LocalTime ROLL_OVER = LocalTime.of(3, 0);

  private final ZoneId zone;

  ClinicDays(ZoneId zone) {
    this.zone = zone;
  }

  LocalDate dateOf(Instant moment) {
    return moment.atZone(zone).toLocalDate();
  }

  /** The date whose time-driven states hold at this moment: before 03:00 still yesterday's. */
  LocalDate stateDate(Instant moment) {
    LocalDate date = dateOf(moment);
    return moment.isBefore(rollOver(date)) ? date.minusDays(1) : date;
  }

  /** When this date's states begin to hold; in a spring gap the first moment after it. */
  Instant rollOver(LocalDate date) {
    return date.atTime(ROLL_OVER).atZone(zone).toInstant();
  }

  /** Days a visit lies back, in the sense of {@link #stateDate}; not negative. */
  long daysSince(Instant visit, Instant now) {
    return Math.max(0, ChronoUnit.DAYS.between(dateOf(visit), stateDate(now)));
  }

  boolean inMonthOf(Instant moment, Instant now) {
    return monthOf(moment).equals(monthOf(now));
  }

  Instant nextMonth(Instant now) {
    return monthOf(now).plusMonths(1).atDay(1).atStartOfDay(zone).toInstant();
  }

  YearMonth monthOf(Instant moment) {
    return YearMonth.from(dateOf(moment));
  }

  Instant startOf(YearMonth month) {
    return month.atDay(1).atStartOfDay(zone).toInstant();
  }
}
