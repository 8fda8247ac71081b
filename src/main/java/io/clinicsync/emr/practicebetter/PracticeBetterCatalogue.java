package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The team, the services and the places that sessions name. Which consultant offers what where is
 * not said (assumed: anybody offers anything); the open times decide.
 */
final class PracticeBetterCatalogue implements CatalogueSource {

  static final String FACE = "face";

  private static final String SERVICES = "practicebetter.services.list";
  private static final String TEAM = "practicebetter.members.list";

  private final PracticeBetterApi api;
  private final PracticeBetterPlaces places;

  PracticeBetterCatalogue(PracticeBetterApi api, PracticeBetterPlaces places) {
    this.api = api;
    this.places = places;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api-docs.practicebetter.io">GET /consultant/services</a>
   */
  @Override
  public Catalogue read(EmrAccount account) {
    List<Entry> team = team(account);
    List<Entry> services = services(account);
    List<Catalogue.Site> sites = new ArrayList<>();
    places.known(account).forEach((id, name) -> sites.add(site(id, name)));
    sites.add(site(PracticeBetterPlaces.NOWHERE, "No location"));
    return new Catalogue(
        all(team, PracticeBetterCatalogue::practitioner),
        all(services, each -> treatment(each, account.currency())),
        sites,
        List.of(),
        offerings(team, services, sites));
  }

  /**
   * The team; where it may not be listed, the consultant whose credentials these are.
   *
   * @see <a href="https://api-docs.practicebetter.io">GET /company/administration/members</a>
   */
  List<Entry> team(EmrAccount account) {
    try {
      Document document =
          api.document(account, TEAM, "/company/administration/members", new PracticeBetterQuery())
              .orElseThrow(() -> VendorWire.broken(TEAM));
      // Both names were seen.
      JsonNode members = document.json().path("members");
      JsonNode list = members.isArray() ? members : document.json().path("items");
      if (!list.isArray() || list.isEmpty()) {
        throw VendorWire.broken(TEAM);
      }
      return document.entries(list);
    } catch (EmrException failure) {
      if (failure.kind() != EmrException.Kind.PERMISSION_MISSING) {
        throw failure;
      }
      return List.of(own(account));
    }
  }

  private Entry own(EmrAccount account) {
    String operation = "practicebetter.profile.get";
    return api.find(account, operation, "/consultant/profile")
        .orElseThrow(() -> VendorWire.broken(operation));
  }

  List<Entry> services(EmrAccount account) {
    return api.all(account, SERVICES, "/consultant/services");
  }

  private static <T> List<T> all(List<Entry> entries, Function<Entry, T> reading) {
    return entries.stream().map(each -> PracticeBetterConnector.readable(each, reading)).toList();
  }

  private static Catalogue.Practitioner practitioner(Entry entry) {
    String email = entry.text("emailAddress");
    boolean active = activated(entry);
    return new Catalogue.Practitioner(
        EmrRef.of(RecordKind.PRACTITIONER, entry.requireText("id")),
        name(entry),
        email == null ? entry.in("profile").text("emailAddress") : email,
        active,
        active && isPractitioner(entry));
  }

  /** Names stand at the top or in a profile. */
  static String name(Entry entry) {
    Entry profile = entry.in("profile");
    List<String> parts =
        Stream.of("firstName", "lastName")
            .map(part -> profile.has(part) ? profile.text(part) : entry.text(part))
            .flatMap(Stream::ofNullable)
            .toList();
    return parts.isEmpty() ? "Consultant" : String.join(" ", parts);
  }

  private static boolean activated(Entry entry) {
    String status = entry.text("activationStatus");
    return status == null || status.equalsIgnoreCase("activated");
  }

  private static boolean isPractitioner(Entry entry) {
    return !Boolean.FALSE.equals(entry.flag("isPractitioner"));
  }

  private static boolean active(Entry service) {
    return !Boolean.FALSE.equals(service.flag("isActive"));
  }

  private static Catalogue.Treatment treatment(Entry entry, String currency) {
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, entry.requireText("id")),
        entry.requireText("name"),
        null,
        null,
        length(entry),
        1,
        PracticeBetterMapper.money(entry, "fee", currency),
        active(entry),
        active(entry));
  }

  /** Minutes, or seconds where it would be longer than a working day. */
  private static @Nullable Duration length(Entry entry) {
    BigDecimal duration = entry.decimal("duration");
    if (duration == null || duration.signum() <= 0) {
      return null;
    }
    long value = duration.longValue();
    return value > 480 ? Duration.ofSeconds(value) : Duration.ofMinutes(value);
  }

  private static Catalogue.Site site(String id, String name) {
    return new Catalogue.Site(EmrRef.of(RecordKind.SITE, id), name, null, null, null, true, true);
  }

  /** How a service can be given; {@link #FACE} where nothing is said. */
  static List<String> types(Entry service) {
    List<String> types = new ArrayList<>();
    service.json().path("serviceTypes").forEach(each -> types.add(each.asText()));
    return types.isEmpty() ? List.of(FACE) : types;
  }

  /**
   * How a service is given at a place, or at none.
   *
   * @param nowhere by phone or video, where the service can be
   */
  static String type(Entry service, boolean nowhere) {
    List<String> types = types(service);
    return types.stream()
        .filter(each -> each.equals(FACE) != nowhere)
        .findFirst()
        .orElse(types.getFirst());
  }

  private static List<Catalogue.Offering> offerings(
      List<Entry> team, List<Entry> services, List<Catalogue.Site> sites) {
    List<Catalogue.Offering> offerings = new ArrayList<>();
    for (Entry person : team) {
      if (!activated(person) || !isPractitioner(person)) {
        continue;
      }
      EmrRef practitioner = EmrRef.of(RecordKind.PRACTITIONER, person.requireText("id"));
      for (Entry service : services) {
        if (active(service)) {
          EmrRef treatment = EmrRef.of(RecordKind.TREATMENT, service.requireText("id"));
          sites.stream()
              .filter(site -> isGivenAt(service, site, sites.size() == 1))
              .forEach(
                  site ->
                      offerings.add(new Catalogue.Offering(site.ref(), treatment, practitioner)));
        }
      }
    }
    return offerings;
  }

  /** Face to face at a place, the rest nowhere; all of it nowhere while no place is known. */
  private static boolean isGivenAt(Entry service, Catalogue.Site site, boolean noPlaces) {
    List<String> types = types(service);
    return site.ref().id().value().equals(PracticeBetterPlaces.NOWHERE)
        ? noPlaces || types.stream().anyMatch(type -> !type.equals(FACE))
        : types.contains(FACE);
  }
}
