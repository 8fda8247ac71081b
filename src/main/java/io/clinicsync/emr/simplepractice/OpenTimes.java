package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Open times: the portal's, which knows the practice's own rules, else working hours less what the
 * calendar holds.
 */
final class OpenTimes implements AvailabilityProvider {

  private static final int PORTAL_DAYS = 28;
  private static final Duration HOURS_AT_ONCE = Duration.ofDays(80);

  /** Assumed. */
  private static final Duration GRID = Duration.ofMinutes(30);

  private final Frontend frontend;
  private final Portal portal;
  private final Taken taken;
  private final Clock clock;

  OpenTimes(Frontend frontend, Portal portal, Clock clock) {
    this.frontend = frontend;
    this.portal = portal;
    this.taken = new Taken(frontend);
    this.clock = clock;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    return ofPortal(account, query).orElseGet(() -> ofHours(account, query)).stream()
        .filter(slot -> query.range().contains(slot.startsAt()))
        .distinct()
        .sorted(Comparator.comparing(Slot::startsAt))
        .toList();
  }

  private Optional<List<Slot>> ofPortal(EmrAccount account, SlotQuery query) {
    ZoneId zone = account.zone();
    LocalDate last = query.range().to().minusMillis(1).atZone(zone).toLocalDate();
    List<Slot> slots = new ArrayList<>();
    for (LocalDate day = query.range().from().atZone(zone).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(PORTAL_DAYS)) {
      LocalDate until = day.plusDays(PORTAL_DAYS - 1L);
      Query asked =
          new Query()
              .with("filter[clinicianId]", query.practitioner().id())
              .with("filter[cptCodeId]", query.treatment().id())
              .with("filter[officeId]", query.site().id())
              .with("filter[startDate]", day)
              .with("filter[endDate]", until.isAfter(last) ? last : until)
              .with("filter[timeZone]", zone.getId());
      Loaded days =
          portal.list(account, "simplepractice.portal.slots", "slots", asked).orElse(null);
      if (days == null) {
        return Optional.empty();
      }
      for (Entry each : days.data()) {
        slots.addAll(
            SimplePracticeConnector.readable(
                each,
                entry ->
                    Loaded.attributes(entry).each("spots").stream()
                        .map(
                            spot ->
                                slot(
                                    query,
                                    spot.requireInstant("start"),
                                    spot.requireInstant("end")))
                        .toList()));
      }
    }
    return Optional.of(slots);
  }

  private static Slot slot(SlotQuery query, Instant start, Instant end) {
    return new Slot(start, end, query.practitioner(), query.treatment(), query.site(), null, null);
  }

  private List<Slot> ofHours(EmrAccount account, SlotQuery query) {
    Duration length = length(account, query);
    List<Slot> slots = new ArrayList<>();
    for (Instant from = query.range().from();
        from.isBefore(query.range().to());
        from = from.plus(HOURS_AT_ONCE)) {
      Instant to = from.plus(HOURS_AT_ONCE);
      // What began the day before may reach into the range.
      TimeRange part =
          new TimeRange(
              from.minus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS),
              to.isAfter(query.range().to()) ? query.range().to() : to);
      // The last times of a part end after it.
      TimeRange whole = new TimeRange(part.from(), part.to().plus(length));
      List<TimeRange> busy =
          taken.within(account, query.practitioner(), whole).stream().map(Busy::span).toList();
      for (TimeRange open : hours(account, query, part)) {
        slots.addAll(free(query, open, length, busy));
      }
    }
    return slots;
  }

  private List<Slot> free(SlotQuery query, TimeRange open, Duration length, List<TimeRange> busy) {
    List<Slot> free = new ArrayList<>();
    for (Instant start = open.from();
        !start.plus(length).isAfter(open.to());
        start = start.plus(GRID)) {
      Instant from = start;
      Instant to = start.plus(length);
      boolean taken = busy.stream().anyMatch(each -> Taken.overlaps(each, new TimeRange(from, to)));
      if (!taken && start.isAfter(clock.instant())) {
        free.add(slot(query, from, to));
      }
    }
    return free;
  }

  private Duration length(EmrAccount account, SlotQuery query) {
    Duration known = query.length();
    if (known != null && known.isPositive()) {
      return known;
    }
    String wanted = query.treatment().id().value();
    Entry code =
        PracticeCatalogue.codes(frontend, account).stream()
            .filter(each -> wanted.equals(Loaded.id(each)))
            .findFirst()
            .orElseThrow(
                () ->
                    new EmrException(
                        EmrException.Kind.NOT_FOUND, "SimplePractice has no such service"));
    Integer minutes =
        SimplePracticeConnector.readable(code, each -> each.in("attributes").integer("duration"));
    if (minutes == null || minutes <= 0) {
      throw VendorWire.broken("simplepractice.codes.list");
    }
    return Duration.ofMinutes(minutes);
  }

  private Query ofClinician(EmrAccount account, SlotQuery query, TimeRange range) {
    return new Query()
        .with("filter[clinicianId]", query.practitioner().id())
        .with("filter[timeRange]", Calendar.range(range, account.zone()));
  }

  private List<TimeRange> hours(EmrAccount account, SlotQuery query, TimeRange range) {
    Query asked = ofClinician(account, query, range);
    List<TimeRange> hours = new ArrayList<>();
    for (Entry each :
        frontend.list(account, "simplepractice.hours.list", "availabilities", asked).data()) {
      hours.addAll(SimplePracticeConnector.readable(each, OpenTimes::occurrences));
    }
    return hours;
  }

  private static List<TimeRange> occurrences(Entry entry) {
    Entry hours = Loaded.attributes(entry);
    Duration length =
        Duration.between(hours.requireInstant("startTime"), hours.requireInstant("endTime"));
    List<TimeRange> found = new ArrayList<>();
    for (JsonNode start : hours.json().path("occurrences")) {
      try {
        Instant from = OffsetDateTime.parse(start.asText()).toInstant();
        found.add(new TimeRange(from, from.plus(length)));
      } catch (DateTimeException unreadable) {
        throw UnreadableEntry.shape("occurrences holds no times");
      }
    }
    return found;
  }
}
