package io.clinicsync.emr.practicebetter;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Open times, asked for each day: how many days one answer covers is not known, so what comes twice
 * counts once.
 *
 * @see <a href="https://api-docs.practicebetter.io">GET /consultant/availability/slots</a>
 */
final class PracticeBetterSlots implements AvailabilityProvider {

  private static final String OPERATION = "practicebetter.slots.list";
  private static final String PATH = "/consultant/availability/slots";

  private final PracticeBetterApi api;
  private final PracticeBetterCatalogue catalogue;
  private final PracticeBetterPlaces places;

  PracticeBetterSlots(
      PracticeBetterApi api, PracticeBetterCatalogue catalogue, PracticeBetterPlaces places) {
    this.api = api;
    this.catalogue = catalogue;
    this.places = places;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    TimeRange range = query.range();
    Entry service = service(account, query.treatment());
    if (service == null) {
      return List.of();
    }
    LocalDate last = range.to().minusMillis(1).atZone(account.zone()).toLocalDate();
    List<Slot> slots = new ArrayList<>();
    for (LocalDate day = range.from().atZone(account.zone()).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(1)) {
      slots.addAll(day(account, query, asked(account, query, service, day)));
    }
    return slots.stream()
        .filter(slot -> range.contains(slot.startsAt()))
        .distinct()
        .sorted(Comparator.comparing(Slot::startsAt))
        .toList();
  }

  private @Nullable Entry service(EmrAccount account, EmrRef treatment) {
    return catalogue.services(account).stream()
        .filter(each -> each.json().path("id").asText().equals(treatment.id().value()))
        .findFirst()
        .orElse(null);
  }

  /** Assumed: a place is named by its name. */
  private PracticeBetterQuery asked(
      EmrAccount account, SlotQuery query, Entry service, LocalDate day) {
    boolean nowhere = query.site().id().value().equals(PracticeBetterPlaces.NOWHERE);
    String type = PracticeBetterCatalogue.type(service, nowhere);
    PracticeBetterQuery asked =
        new PracticeBetterQuery()
            .with("as_consultant", query.practitioner().id())
            .with("serviceId", query.treatment().id())
            .with("type", type)
            .with("day", day + "T00:00:00");
    String place = nowhere ? null : places.known(account).get(query.site().id().value());
    return place == null ? asked : asked.with("location", place);
  }

  private List<Slot> day(EmrAccount account, SlotQuery query, PracticeBetterQuery asked) {
    Document document = api.document(account, OPERATION, PATH, asked).orElse(null);
    if (document == null) {
      return List.of();
    }
    if (!document.json().isArray()) {
      throw VendorWire.broken(OPERATION);
    }
    return document.entries(document.json()).stream()
        .map(entry -> PracticeBetterConnector.readable(entry, each -> slot(query, each)))
        .toList();
  }

  private static Slot slot(SlotQuery query, Entry entry) {
    Instant start = entry.requireInstant("startDate");
    Instant end = entry.instant("endDate");
    return new Slot(
        start,
        end == null ? start.plus(length(entry)) : end,
        query.practitioner(),
        query.treatment(),
        query.site(),
        null,
        null);
  }

  /** An ISO period, where a slot has no end. */
  private static Duration length(Entry entry) {
    try {
      return Duration.parse(entry.requireText("duration"));
    } catch (DateTimeParseException unreadable) {
      throw io.clinicsync.emr.wire.UnreadableEntry.shape("duration is not a period");
    }
  }
}
