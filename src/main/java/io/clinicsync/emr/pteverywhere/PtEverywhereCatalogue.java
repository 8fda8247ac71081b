package io.clinicsync.emr.pteverywhere;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Therapists, services and locations. Who offers what where is not said: their bookable windows of
 * the coming four weeks tell it.
 */
final class PtEverywhereCatalogue implements CatalogueSource {

  private static final long DAYS = 27;

  private final PtEverywhereApi api;
  private final InstantSource clock;

  PtEverywhereCatalogue(PtEverywhereApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">GET /masterdata/therapists,
   *     /masterdata/services, /masterdata/locations, /appointment/available-blocks</a>
   */
  @Override
  public Catalogue read(EmrAccount account) {
    List<Catalogue.Practitioner> therapists =
        all(api.masterAll(account, "therapists"), PtEverywhereCatalogue::practitioner);
    List<Catalogue.Treatment> services =
        all(services(account), each -> treatment(each, account.currency()));
    List<Catalogue.Site> locations = all(locations(account), PtEverywhereCatalogue::site);
    Set<EmrRef> known =
        Stream.concat(
                services.stream().map(Catalogue.Treatment::ref),
                locations.stream().map(Catalogue.Site::ref))
            .collect(Collectors.toSet());
    Set<Catalogue.Offering> offerings = new LinkedHashSet<>();
    for (Catalogue.Practitioner each : therapists) {
      if (each.active()) {
        offered(account, each.ref()).stream()
            .filter(one -> known.contains(one.site()) && known.contains(one.treatment()))
            .forEach(offerings::add);
      }
    }
    return new Catalogue(therapists, services, locations, List.of(), List.copyOf(offerings));
  }

  List<Entry> services(EmrAccount account) {
    return api.masterAll(account, "services");
  }

  List<Entry> locations(EmrAccount account) {
    return api.masterAll(account, "locations");
  }

  private static <T> List<T> all(List<Entry> entries, Function<Entry, T> reading) {
    return entries.stream().map(each -> PtEverywhereConnector.readable(each, reading)).toList();
  }

  private static Catalogue.Practitioner practitioner(Entry entry) {
    boolean active = isActive(entry);
    return new Catalogue.Practitioner(
        EmrRef.of(RecordKind.PRACTITIONER, entry.requireText("_id")),
        name(entry),
        entry.text("email"),
        active,
        active);
  }

  private static String name(Entry entry) {
    String whole = entry.text("name");
    if (whole != null) {
      return whole;
    }
    String joined =
        Stream.of("firstName", "lastName")
            .flatMap(part -> Stream.ofNullable(entry.text(part)))
            .collect(Collectors.joining(" "));
    return joined.isEmpty() ? entry.requireText("name") : joined;
  }

  private static boolean isActive(Entry entry) {
    return !Boolean.FALSE.equals(entry.flag("isActive"));
  }

  private static Catalogue.Treatment treatment(Entry entry, String currency) {
    boolean active = isActive(entry);
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, entry.requireText("_id")),
        entry.requireText("name"),
        null,
        entry.text("category"),
        length(entry),
        1,
        PtEverywhereMapper.money(entry, "price", currency),
        active,
        active);
  }

  /** Minutes. */
  static @Nullable Duration length(Entry service) {
    BigDecimal minutes = service.decimal("duration");
    return minutes == null || minutes.signum() <= 0
        ? null
        : Duration.ofMinutes(minutes.longValue());
  }

  private static Catalogue.Site site(Entry entry) {
    return new Catalogue.Site(
        EmrRef.of(RecordKind.SITE, entry.requireText("_id")),
        entry.requireText("name"),
        null,
        entry.text("city"),
        null,
        isActive(entry),
        isActive(entry));
  }

  private List<Catalogue.Offering> offered(EmrAccount account, EmrRef therapist) {
    String id = therapist.id().value();
    if (!PtEverywhereApi.isId(id)) {
      return List.of();
    }
    LocalDate today = clock.instant().atZone(account.zone()).toLocalDate();
    List<Entry> blocks;
    try {
      blocks = api.blocks(account, id, today, today.plusDays(DAYS));
    } catch (EmrException failure) {
      if (failure.kind() != EmrException.Kind.REQUEST_REJECTED
          && failure.kind() != EmrException.Kind.NOT_FOUND) {
        throw failure;
      }
      // Somebody who takes no bookings.
      return List.of();
    }
    return blocks.stream()
        .map(each -> new String[] {idIn(each, "location"), idIn(each, "service")})
        .filter(each -> !each[0].isEmpty() && !each[1].isEmpty())
        .map(
            each ->
                new Catalogue.Offering(
                    EmrRef.of(RecordKind.SITE, each[0]),
                    EmrRef.of(RecordKind.TREATMENT, each[1]),
                    therapist))
        .distinct()
        .toList();
  }

  static String idIn(Entry block, String member) {
    return PtEverywhereApi.idOf(block.in(member), "_id");
  }
}
