package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * What Nookal must be told of a time: the clock of the place, without an offset and without an end.
 * What cannot be said so is refused here, before anything is sent.
 */
final class NookalWhere {

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final NookalCatalogue catalogue;

  NookalWhere(NookalCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Date and time of a place.
   *
   * @throws EmrException NOT_FOUND when the key is not bound to the place, REQUEST_REJECTED when
   *     the place's clock shows this time twice
   */
  NookalForm at(EmrAccount account, EmrRef site, Instant start) {
    Entry place = one(catalogue.locations(account), site);
    ZoneId zone = NookalTimes.zone(place, "Timezone", account.zone());
    LocalDateTime local = LocalDateTime.ofInstant(start, zone).truncatedTo(ChronoUnit.SECONDS);
    if (zone.getRules().getValidOffsets(local).size() > 1) {
      throw NookalConnector.rejected(
          "The clock shows this time twice that night, and Nookal cannot be told which is meant");
    }
    return new NookalForm()
        .with("appointment_date", local.toLocalDate())
        .with("start_time", CLOCK.format(local));
  }

  /**
   * The length follows from the service, so another one cannot be booked.
   *
   * @throws EmrException NOT_FOUND when there is no such service, REQUEST_REJECTED when it takes
   *     another time
   */
  void checkLength(EmrAccount account, EmrRef service, Instant start, Instant end) {
    Entry row = one(catalogue.services(account), service);
    Integer minutes = NookalConnector.readable(row, each -> each.integer("Duration"));
    if (minutes != null
        && minutes > 0
        && !Duration.between(start, end).equals(Duration.ofMinutes(minutes))) {
      throw NookalConnector.rejected(
          "Nookal books a service by its own length and no other; leave the end out");
    }
  }

  private static Entry one(List<Entry> entries, EmrRef ref) {
    String id = NookalConnector.number(ref);
    return entries.stream()
        .filter(each -> NookalSingles.idOf(each).equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new EmrException(Kind.NOT_FOUND, "The " + ref.kind() + " is not one of Nookal's"));
  }
}
