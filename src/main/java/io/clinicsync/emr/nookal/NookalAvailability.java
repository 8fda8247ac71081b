package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Open times. Nookal gives a grid of a place's local times of which only those that say {@code
 * available} can be booked, and does not look at the length of a service: a slot is open when every
 * time of the grid it covers is. Asked month by month. Classes have no open times here.
 *
 * @see <a href="https://api.nookal.com/developers">getAppointmentAvailabilities</a>
 */
final class NookalAvailability implements AvailabilityProvider {

  private static final int DAYS = 31;
  private static final Duration USUAL_STEP = Duration.ofMinutes(15);

  private final NookalApi api;
  private final NookalCatalogue catalogue;

  NookalAvailability(NookalApi api, NookalCatalogue catalogue) {
    this.api = api;
    this.catalogue = catalogue;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    if (query.treatment().id().value().startsWith(NookalMapper.CLASS)) {
      return List.of();
    }
    Entry service = one(catalogue.services(account), query.treatment());
    Integer minutes = NookalConnector.readable(service, each -> each.integer("Duration"));
    if (minutes == null || minutes <= 0) {
      throw VendorWire.broken("nookal.getAppointmentTypes");
    }
    ZoneId zone =
        NookalTimes.zone(
            one(catalogue.locations(account), query.site()), "Timezone", account.zone());
    LocalDate last = query.range().to().minusNanos(1).atZone(zone).toLocalDate();
    NavigableMap<Instant, Boolean> grid = new TreeMap<>();
    for (LocalDate day = query.range().from().atZone(zone).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(DAYS)) {
      LocalDate end = day.plusDays(DAYS - 1L);
      read(account, query, day, end.isAfter(last) ? last : end, zone, grid);
    }
    Duration length = Duration.ofMinutes(minutes);
    Duration step = step(grid);
    List<Slot> slots = new ArrayList<>();
    for (Instant start : grid.keySet()) {
      if (query.range().contains(start) && isOpen(grid, start, length, step)) {
        slots.add(
            new Slot(
                start,
                start.plus(length),
                query.practitioner(),
                query.treatment(),
                query.site(),
                null,
                null));
      }
    }
    return slots;
  }

  private static Entry one(List<Entry> entries, EmrRef ref) {
    return entries.stream()
        .filter(each -> NookalSingles.idOf(each).equals(ref.id().value()))
        .findFirst()
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "The " + ref.kind() + " is not one of Nookal's"));
  }

  private void read(
      EmrAccount account,
      SlotQuery query,
      LocalDate from,
      LocalDate to,
      ZoneId zone,
      NavigableMap<Instant, Boolean> grid) {
    NookalForm form =
        new NookalForm()
            .with("location_id", query.site().id())
            .with("practitioner_id", query.practitioner().id())
            .with("date_from", from)
            .with("date_to", to);
    JsonNode days =
        api.results(account, "getAppointmentAvailabilities", form).json().path("availabilities");
    for (Map.Entry<String, JsonNode> day : days.properties()) {
      if (day.getKey().matches("\\d{4}-\\d\\d-\\d\\d")) {
        for (Map.Entry<String, JsonNode> time : day.getValue().properties()) {
          if (time.getKey().matches("\\d\\d:\\d\\d(:\\d\\d)?")) {
            put(grid, day.getKey(), time.getKey(), zone, time.getValue());
          }
        }
      }
    }
  }

  private static void put(
      NavigableMap<Instant, Boolean> grid, String day, String time, ZoneId zone, JsonNode word) {
    try {
      var local = LocalDate.parse(day).atTime(LocalTime.parse(time));
      // A time the clock jumps over does not exist.
      if (!zone.getRules().getValidOffsets(local).isEmpty()) {
        grid.put(local.atZone(zone).toInstant(), word.asText().equals("available"));
      }
    } catch (DateTimeException unreadable) {
      throw VendorWire.broken("nookal.getAppointmentAvailabilities");
    }
  }

  /** The smallest distance between two times. */
  private static Duration step(NavigableMap<Instant, Boolean> grid) {
    Duration step = null;
    Instant before = null;
    for (Instant at : grid.keySet()) {
      if (before != null) {
        Duration gap = Duration.between(before, at);
        step = step == null || gap.compareTo(step) < 0 ? gap : step;
      }
      before = at;
    }
    return step == null || step.compareTo(Duration.ofHours(1)) > 0 ? USUAL_STEP : step;
  }

  private static boolean isOpen(
      NavigableMap<Instant, Boolean> grid, Instant start, Duration length, Duration step) {
    Instant end = start.plus(length);
    for (Instant at = start; at.isBefore(end); at = at.plus(step)) {
      if (!grid.getOrDefault(at, false)) {
        return false;
      }
    }
    return true;
  }
}
