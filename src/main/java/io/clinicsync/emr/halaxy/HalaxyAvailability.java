package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Open times as the practitioner's online booking would offer them, less what is booked already:
 * times found were seen to overlap appointments. Asked in spans of seven days, since the longest
 * one is not documented.
 *
 * @see <a href="https://developers.halaxy.com/reference/appointment">GET /Appointment/$find</a>
 */
final class HalaxyAvailability implements AvailabilityProvider {

  private static final Duration SPAN = Duration.ofDays(7);

  private final HalaxyApi api;
  private final InstantSource clock;

  HalaxyAvailability(HalaxyApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    Instant now = clock.instant();
    Instant from = query.range().from().isBefore(now) ? now : query.range().from();
    Instant to = query.range().to();
    if (!from.isBefore(to)) {
      return List.of();
    }
    TimeRange range = new TimeRange(from, to);
    String role = role(account, query);
    Duration length = length(account, query.treatment().id().value());
    SortedMap<Instant, Instant> found = new TreeMap<>();
    for (Instant at = from; at.isBefore(to); at = at.plus(SPAN)) {
      Instant end = at.plus(SPAN).isBefore(to) ? at.plus(SPAN) : to;
      find(account, role, length, at, end, found);
    }
    if (found.isEmpty()) {
      return List.of();
    }
    List<TimeRange> taken = taken(account, role, range);
    List<Slot> slots = new ArrayList<>();
    found.forEach(
        (start, end) -> {
          boolean free =
              taken.stream()
                  .noneMatch(each -> each.from().isBefore(end) && each.to().isAfter(start));
          if (free && range.contains(start)) {
            slots.add(
                new Slot(
                    start, end, query.practitioner(), query.treatment(), query.site(), null, null));
          }
        });
    return slots;
  }

  private String role(EmrAccount account, SlotQuery query) {
    String person = query.practitioner().id().value();
    String clinic = query.site().id().value();
    return HalaxyRoles.all(api, account).values().stream()
        .filter(HalaxyRoles.Role::active)
        .filter(each -> person.equals(each.practitioner()) && clinic.equals(each.clinic()))
        .map(HalaxyRoles.Role::id)
        .sorted()
        .findFirst()
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "The practitioner does not work at this clinic"));
  }

  private Duration length(EmrAccount account, String service) {
    Entry entry =
        (HalaxyReference.isId(service)
                ? api.find(account, "HealthcareService", service)
                : java.util.Optional.<Entry>empty())
            .orElseThrow(
                () ->
                    new EmrException(
                        EmrException.Kind.NOT_FOUND, "There is no such kind of appointment"));
    Duration length = HalaxyConnector.readable(entry, HalaxyCatalogue::duration);
    if (length == null || !length.isPositive()) {
      throw VendorWire.broken("halaxy.HealthcareService.get");
    }
    return length;
  }

  /** Entries may be appointments or slots; both have a start and an end. */
  private void find(
      EmrAccount account,
      String role,
      Duration length,
      Instant from,
      Instant to,
      SortedMap<Instant, Instant> found) {
    HalaxyQuery query =
        new HalaxyQuery()
            .with("start", HalaxyQuery.second(from))
            .with("end", HalaxyQuery.second(to))
            .with("duration", length.toMinutes())
            .with("practitioner-role", role)
            .with("apply-buffer-time", true);
    for (Entry entry : api.operation(account, "Appointment", "find", query)) {
      String whose = HalaxyConnector.readable(entry, HalaxyParticipants::role);
      Instant start = HalaxyConnector.readable(entry, each -> each.requireInstant("start"));
      Instant end = HalaxyConnector.readable(entry, each -> each.instant("end"));
      if (whose == null || whose.equals(role)) {
        found.put(start, end != null && end.isAfter(start) ? end : start.plus(length));
      }
    }
  }

  /** Blocks count; what all patients have cancelled does not. The filter may have been ignored. */
  private List<TimeRange> taken(EmrAccount account, String role, TimeRange range) {
    HalaxyQuery query = HalaxyAppointments.days(account, range).with("practitioner-role", role);
    List<TimeRange> taken = new ArrayList<>();
    for (Entry entry : api.all(account, "Appointment", query)) {
      boolean counts =
          HalaxyConnector.readable(
              entry, each -> HalaxyParticipants.has(each, role) && takesTime(each));
      Instant start = HalaxyConnector.readable(entry, each -> each.requireInstant("start"));
      Instant end = HalaxyConnector.readable(entry, each -> each.instant("end"));
      if (counts && end != null && end.isAfter(start)) {
        taken.add(new TimeRange(start, end));
      }
    }
    return taken;
  }

  private static boolean takesTime(Entry appointment) {
    List<String> patients = HalaxyParticipants.patients(appointment);
    return patients.isEmpty()
        || patients.stream()
            .map(each -> HalaxyParticipants.patient(appointment, each))
            .anyMatch(
                each ->
                    HalaxyMapper.status(HalaxyParticipants.status(each))
                        != Appointment.Status.CANCELLED);
  }
}
