package io.clinicsync.emr.simplepractice;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * What takes a clinician's time: appointments, breaks and entries of other calendars. The calendar
 * goes by the start, so that what began long before is asked for as well.
 */
final class Taken {

  /** The calendar gives ninety-two days at once. */
  private static final Duration MOST = Duration.ofDays(90);

  /** Absences of several days began that long ago at most. */
  private static final Duration BACK = Duration.ofDays(31);

  /** Of an entry whose end is not said. */
  private static final Duration USUAL_LENGTH = Duration.ofMinutes(30);

  private final Frontend frontend;

  Taken(Frontend frontend) {
    this.frontend = frontend;
  }

  /** Entries that touch a span of 89 days at most; cancelled ones leave their time free. */
  List<Busy> within(EmrAccount account, EmrRef clinician, TimeRange span) {
    ZoneId zone = account.zone();
    // A whole day may be written with a start later on that day.
    Instant to = span.to().atZone(zone).toLocalDate().plusDays(1).atStartOfDay(zone).toInstant();
    Duration room = MOST.minus(Duration.between(span.from(), to));
    Instant from =
        span.from().minus(room.compareTo(BACK) < 0 ? room : BACK).truncatedTo(ChronoUnit.SECONDS);
    String id = clinician.id().value();
    Query asked =
        Calendar.asked()
            .with("filter[clinicianId]", id)
            .with("filter[timeRange]", Calendar.range(new TimeRange(from, to), zone));
    List<Busy> taken = new ArrayList<>();
    for (Entry each :
        frontend.list(account, "simplepractice.appointments.list", "appointments", asked).data()) {
      Busy busy = SimplePracticeConnector.readable(each, entry -> busy(entry, zone));
      if (isLive(each) && isOf(each, id) && overlaps(busy.span(), span)) {
        taken.add(busy);
      }
    }
    return taken;
  }

  private static boolean isLive(Entry entry) {
    return !Mapper.plain(entry.in("attributes").text("attendanceStatus")).endsWith("cancelled");
  }

  /** Filters of this vendor are not documented; what names nobody may be the clinician's. */
  private static boolean isOf(Entry entry, String clinician) {
    String linked = Loaded.linked(entry, "clinician");
    String named = linked == null ? entry.in("attributes").text("clinicianId") : linked;
    return named == null || named.equals(clinician);
  }

  static boolean overlaps(TimeRange one, TimeRange other) {
    return one.from().isBefore(other.to()) && other.from().isBefore(one.to());
  }

  private static Busy busy(Entry entry, ZoneId zone) {
    Busy.Kind kind = Mapper.isAppointment(entry) ? Busy.Kind.APPOINTMENT : Busy.Kind.BLOCK;
    return new Busy(entry.requireText("id"), kind, time(entry, zone), null);
  }

  private static TimeRange time(Entry entry, ZoneId zone) {
    Entry taken = Loaded.attributes(entry);
    Instant start = taken.requireInstant("startTime");
    Instant end = Mapper.end(taken, start);
    if (Boolean.TRUE.equals(taken.flag("fullDay"))) {
      LocalDate first = start.atZone(zone).toLocalDate();
      LocalDate last = end == null ? first : end.minusMillis(1).atZone(zone).toLocalDate();
      return new TimeRange(
          first.atStartOfDay(zone).toInstant(), last.plusDays(1).atStartOfDay(zone).toInstant());
    }
    return new TimeRange(start, end == null ? start.plus(USUAL_LENGTH) : end);
  }
}
