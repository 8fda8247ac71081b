package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.Slot;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.EmrAccount;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Open times as online booking would offer them, so an empty answer does not prove a full diary.
 * Asked in spans of at most seven days, whose dates Cliniko reads in the account's zone.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/available-time">Available time</a>
 */
final class ClinikoAvailability implements AvailabilityProvider {

  private static final int DAYS = 7;

  private final ClinikoApi api;
  private final InstantSource clock;

  ClinikoAvailability(ClinikoApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    ZoneId zone = account.zone();
    LocalDate today = clock.instant().atZone(zone).toLocalDate();
    LocalDate first = query.range().from().atZone(zone).toLocalDate();
    LocalDate from = first.isBefore(today) ? today : first;
    LocalDate last = query.range().to().minusNanos(1).atZone(zone).toLocalDate();
    if (last.isBefore(from)) {
      return List.of();
    }
    Duration known = query.length();
    Duration length =
        known == null ? length(account, ClinikoConnector.required(query.treatment())) : known;
    String path =
        "/businesses/%s/practitioners/%s/appointment_types/%s/available_times"
            .formatted(
                ClinikoConnector.required(query.site()),
                ClinikoConnector.required(query.practitioner()),
                ClinikoConnector.required(query.treatment()));
    List<Slot> slots = new ArrayList<>();
    for (LocalDate day = from; !day.isAfter(last); day = day.plusDays(DAYS)) {
      LocalDate end = day.plusDays(DAYS - 1L);
      for (Instant start : times(account, path, day, end.isAfter(last) ? last : end)) {
        if (query.range().contains(start)) {
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
    }
    slots.sort(Comparator.comparing(Slot::startsAt));
    return slots;
  }

  private List<Instant> times(EmrAccount account, String path, LocalDate from, LocalDate to) {
    return api
        .all(
            account,
            path,
            "available_times",
            () -> ClinikoQuery.list().with("from", from.toString()).with("to", to.toString()))
        .stream()
        .map(
            row -> ClinikoConnector.readable(row, each -> each.requireInstant("appointment_start")))
        .distinct()
        .toList();
  }

  /** Cliniko gives starts only; the end follows from the treatment. */
  private Duration length(EmrAccount account, String treatment) {
    ClinikoEntry type =
        api.one(
                account,
                "cliniko.appointment_types.get",
                "/appointment_types/" + treatment,
                ClinikoQuery.single().including(List.of("archived_at")))
            .entry();
    Integer minutes = ClinikoConnector.readable(type, each -> each.integer("duration_in_minutes"));
    if (minutes == null) {
      throw ClinikoApi.broken("cliniko.appointment_types.get");
    }
    return Duration.ofMinutes(minutes);
  }
}
