package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What takes the time of a practitioner at a clinic: appointments, groups, and blocks, which have
 * no patient. What all of its patients have cancelled does not. Appointments are found by their
 * start, so that what began long before is asked for as well.
 *
 * @see <a href="https://developers.halaxy.com/reference/appointment">GET /Appointment</a>
 */
final class HalaxyTaken {

  /** Absences of several days began that long ago at most. */
  private static final Duration BACK = Duration.ofDays(31);

  private final HalaxyApi api;

  HalaxyTaken(HalaxyApi api) {
    this.api = api;
  }

  /** Entries that touch a range; the filter may have been ignored, so that each is looked at. */
  List<Entry> within(EmrAccount account, String role, TimeRange range) {
    HalaxyQuery query =
        HalaxyAppointments.days(account, new TimeRange(range.from().minus(BACK), range.to()))
            .with("practitioner-role", role);
    List<Entry> taken = new ArrayList<>();
    for (Entry entry : api.all(account, "Appointment", query)) {
      boolean counts =
          HalaxyConnector.readable(
              entry,
              each ->
                  HalaxyParticipants.has(each, role) && takesTime(each) && touches(each, range));
      if (counts) {
        taken.add(entry);
      }
    }
    return taken;
  }

  private static boolean touches(Entry entry, TimeRange range) {
    Instant start = entry.requireInstant("start");
    Instant end = entry.instant("end");
    return end != null
        && end.isAfter(start)
        && start.isBefore(range.to())
        && end.isAfter(range.from());
  }

  /** When one of {@link #within} is. */
  static TimeRange span(Entry entry) {
    return HalaxyConnector.readable(
        entry, each -> new TimeRange(each.requireInstant("start"), each.requireInstant("end")));
  }

  private static boolean takesTime(Entry appointment) {
    return HalaxyParticipants.patients(appointment).isEmpty() || live(appointment) > 0;
  }

  /** How many patients have not cancelled. */
  static long live(Entry appointment) {
    return HalaxyParticipants.patients(appointment).stream()
        .map(each -> HalaxyParticipants.patient(appointment, each))
        .filter(
            each ->
                HalaxyMapper.status(HalaxyParticipants.status(each))
                    != Appointment.Status.CANCELLED)
        .count();
  }
}
