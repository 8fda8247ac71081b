package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
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
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Open times as the practitioner's online booking would offer them, less what is booked already:
 * times found were seen to overlap appointments. For groups, those that have places left. Asked in
 * spans of seven days, since the longest one is not documented.
 *
 * @see <a href="https://developers.halaxy.com/reference/appointment">GET /Appointment/$find</a>
 */
final class HalaxyAvailability implements AvailabilityProvider {

  private static final Duration SPAN = Duration.ofDays(7);

  private final HalaxyApi api;
  private final InstantSource clock;
  private final HalaxyTaken taken;
  private final HalaxyClasses classes;

  HalaxyAvailability(HalaxyApi api, HalaxyAppointments appointments, InstantSource clock) {
    this.api = api;
    this.clock = clock;
    this.taken = new HalaxyTaken(api);
    this.classes = new HalaxyClasses(api, appointments);
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
    String role = HalaxyRoles.of(api, account, query.practitioner(), query.site());
    Catalogue.Treatment treatment = treatment(account, query.treatment());
    if (treatment.seats() > 1) {
      return groups(account, query, role, treatment.seats(), range);
    }
    Duration length = treatment.duration();
    if (length == null || !length.isPositive()) {
      throw VendorWire.broken("halaxy.HealthcareService.get");
    }
    SortedMap<Instant, Instant> found = new TreeMap<>();
    for (Instant at = from; at.isBefore(to); at = at.plus(SPAN)) {
      Instant end = at.plus(SPAN).isBefore(to) ? at.plus(SPAN) : to;
      find(account, role, length, at, end, found);
    }
    if (found.isEmpty()) {
      return List.of();
    }
    // The last of them end after the range.
    TimeRange whole = new TimeRange(from, to.plus(length));
    List<TimeRange> busy =
        taken.within(account, role, whole).stream().map(HalaxyTaken::span).toList();
    List<Slot> slots = new ArrayList<>();
    found.forEach(
        (start, end) -> {
          boolean free =
              busy.stream()
                  .noneMatch(each -> each.from().isBefore(end) && each.to().isAfter(start));
          if (free && range.contains(start)) {
            slots.add(slot(query, start, end, null));
          }
        });
    return slots;
  }

  private Catalogue.Treatment treatment(EmrAccount account, EmrRef treatment) {
    return api.find(account, "HealthcareService", HalaxyBookings.required(treatment))
        .map(entry -> HalaxyConnector.readable(entry, HalaxyCatalogue::treatment))
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "There is no such kind of appointment"));
  }

  /** Groups that stand in the diary and have places left; nobody can open another one. */
  private List<Slot> groups(
      EmrAccount account, SlotQuery query, String role, int seats, TimeRange range) {
    List<Slot> slots = new ArrayList<>();
    for (Entry each :
        classes.standing(account, role, HalaxyBookings.required(query.treatment()), range)) {
      TimeRange span = HalaxyTaken.span(each);
      int left = seats - (int) HalaxyTaken.live(each);
      if (left > 0 && range.contains(span.from())) {
        slots.add(slot(query, span.from(), span.to(), left));
      }
    }
    slots.sort(Comparator.comparing(Slot::startsAt));
    return slots;
  }

  private static Slot slot(SlotQuery query, Instant start, Instant end, @Nullable Integer left) {
    return new Slot(start, end, query.practitioner(), query.treatment(), query.site(), null, left);
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
}
