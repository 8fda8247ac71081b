package io.clinicsync.emr.pteverywhere;

import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Open times. What comes are windows that name a service (assumed: bookable ones, not whole
 * shifts); they are cut into pieces of the service's length.
 *
 * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">GET
 *     /appointment/available-blocks</a>
 */
final class PtEverywhereSlots implements AvailabilityProvider {

  /** How many days one answer covers is not known; four weeks is what we ask at once. */
  private static final int DAYS = 28;

  private final PtEverywhereApi api;
  private final PtEverywhereCatalogue catalogue;

  PtEverywhereSlots(PtEverywhereApi api, PtEverywhereCatalogue catalogue) {
    this.api = api;
    this.catalogue = catalogue;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    String therapist = query.practitioner().id().value();
    Entry service =
        catalogue.services(account).stream()
            .filter(
                each -> PtEverywhereApi.idOf(each, "_id").equals(query.treatment().id().value()))
            .findFirst()
            .orElse(null);
    if (service == null || !PtEverywhereApi.isId(therapist)) {
      return List.of();
    }
    Duration length = PtEverywhereConnector.readable(service, PtEverywhereCatalogue::length);
    TimeRange range = query.range();
    LocalDate last = range.to().minusMillis(1).atZone(account.zone()).toLocalDate();
    List<Slot> slots = new ArrayList<>();
    for (LocalDate day = range.from().atZone(account.zone()).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(DAYS)) {
      LocalDate end = day.plusDays(DAYS - 1L);
      for (Entry block : api.blocks(account, therapist, day, end.isAfter(last) ? last : end)) {
        if (isMeant(block, "service", query.treatment().id().value())
            && isMeant(block, "location", query.site().id().value())) {
          slots.addAll(PtEverywhereConnector.readable(block, each -> pieces(each, query, length)));
        }
      }
    }
    return slots.stream()
        .filter(slot -> range.contains(slot.startsAt()))
        .distinct()
        .sorted(Comparator.comparing(Slot::startsAt))
        .toList();
  }

  /** A window that names none is for any. */
  private static boolean isMeant(Entry block, String member, String wanted) {
    String id = PtEverywhereCatalogue.idIn(block, member);
    return id.isEmpty() || id.equals(wanted);
  }

  private static List<Slot> pieces(Entry block, SlotQuery query, @Nullable Duration length) {
    Instant end = block.requireInstant("endDateTime");
    Instant start = block.requireInstant("startDateTime");
    Duration piece = length == null ? Duration.between(start, end) : length;
    List<Slot> pieces = new ArrayList<>();
    while (piece.isPositive() && !start.plus(piece).isAfter(end)) {
      pieces.add(
          new Slot(
              start,
              start.plus(piece),
              query.practitioner(),
              query.treatment(),
              query.site(),
              null,
              null));
      start = start.plus(piece);
    }
    return pieces;
  }
}
