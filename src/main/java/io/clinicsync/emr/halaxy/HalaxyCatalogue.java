package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who offers what where. A practitioner is a person, wherever they work; Halaxy's role, a person at
 * a clinic, becomes an offering. No role says which kinds of appointment it offers, so each offers
 * all of its clinic's. Prices are fees of their own and are not read; Halaxy shows no time zone.
 */
final class HalaxyCatalogue implements CatalogueSource {

  private final HalaxyApi api;

  HalaxyCatalogue(HalaxyApi api) {
    this.api = api;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.halaxy.com/reference/practitioner">GET /Practitioner</a>
   * @see <a href="https://developers.halaxy.com/reference/organization">GET /Organization</a>
   * @see <a href="https://developers.halaxy.com/reference/healthcareservice">GET
   *     /HealthcareService</a>
   */
  @Override
  public Catalogue read(EmrAccount account) {
    HalaxyRoles roles = HalaxyRoles.all(api, account);
    List<Entry> services = api.all(account, "HealthcareService", new HalaxyQuery());
    List<Catalogue.Practitioner> practitioners =
        own(account, "Practitioner", "PR-")
            .map(each -> HalaxyConnector.readable(each, HalaxyCatalogue::practitioner))
            .toList();
    List<Catalogue.Site> sites =
        own(account, "Organization", "CL-")
            .map(each -> HalaxyConnector.readable(each, HalaxyCatalogue::site))
            .toList();
    List<Catalogue.Treatment> treatments =
        services.stream()
            .map(each -> HalaxyConnector.readable(each, HalaxyCatalogue::treatment))
            .toList();
    return new Catalogue(
        practitioners,
        treatments,
        sites,
        List.of(),
        offerings(roles, services, practitioners, sites));
  }

  private Stream<Entry> own(EmrAccount account, String type, String prefix) {
    return api.all(account, type, new HalaxyQuery()).stream()
        .filter(each -> String.valueOf(HalaxyMapper.id(each)).startsWith(prefix));
  }

  private static boolean active(Entry entry) {
    return !Boolean.FALSE.equals(entry.flag("active"));
  }

  private static Catalogue.Practitioner practitioner(Entry entry) {
    List<String> name = new ArrayList<>();
    for (Entry each : entry.each("name").stream().limit(1).toList()) {
      Stream.of(HalaxyMapper.first(each, "given"), each.text("family"))
          .filter(part -> part != null)
          .forEach(name::add);
    }
    boolean active = active(entry);
    String id = entry.requireText("id");
    return new Catalogue.Practitioner(
        EmrRef.of(RecordKind.PRACTITIONER, id),
        name.isEmpty() ? id : String.join(" ", name),
        HalaxyMapper.email(entry),
        active,
        active);
  }

  private static Catalogue.Site site(Entry entry) {
    Entry address = entry.each("address").stream().findFirst().orElse(entry.in("address"));
    return new Catalogue.Site(
        EmrRef.of(RecordKind.SITE, entry.requireText("id")),
        entry.requireText("name"),
        null,
        address.text("city"),
        address.text("country"),
        active(entry),
        active(entry));
  }

  static Catalogue.Treatment treatment(Entry entry) {
    boolean online = true;
    Integer seats = null;
    for (Entry each : entry.each("extension")) {
      String url = String.valueOf(each.text("url")).toLowerCase(Locale.ROOT);
      if (url.contains("online")) {
        online = !String.valueOf(each.text("valueString")).equalsIgnoreCase("no");
      } else if (url.contains("max")) {
        seats = each.integer("valueInteger");
      }
    }
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, entry.requireText("id")),
        entry.requireText("name"),
        null,
        null,
        duration(entry),
        seats == null || seats < 1 ? 1 : seats,
        null,
        active(entry),
        online && active(entry));
  }

  /** How long it takes: the only extension with an amount of minutes. */
  static @Nullable Duration duration(Entry service) {
    for (Entry each : service.each("extension")) {
      Entry amount = each.in("valueQuantity");
      BigDecimal value = amount.decimal("value");
      if (value != null && String.valueOf(amount.text("unit")).startsWith("min")) {
        return Duration.ofMinutes(value.longValue());
      }
    }
    return null;
  }

  private static List<Catalogue.Offering> offerings(
      HalaxyRoles roles,
      List<Entry> services,
      List<Catalogue.Practitioner> practitioners,
      List<Catalogue.Site> sites) {
    Set<EmrRef> known = new HashSet<>();
    practitioners.stream().filter(each -> each.active()).forEach(each -> known.add(each.ref()));
    sites.stream().filter(each -> each.active()).forEach(each -> known.add(each.ref()));
    List<Catalogue.Offering> offerings = new ArrayList<>();
    for (HalaxyRoles.Role role :
        roles.values().stream()
            .sorted(java.util.Comparator.comparing(HalaxyRoles.Role::id))
            .collect(Collectors.toList())) {
      String person = role.practitioner();
      String clinic = role.clinic();
      if (!role.active() || person == null || clinic == null) {
        continue;
      }
      EmrRef who = EmrRef.of(RecordKind.PRACTITIONER, person);
      EmrRef where = EmrRef.of(RecordKind.SITE, clinic);
      if (known.contains(who) && known.contains(where)) {
        for (Entry service : services) {
          if (active(service) && isOf(service, clinic)) {
            EmrRef what = EmrRef.of(RecordKind.TREATMENT, service.requireText("id"));
            offerings.add(new Catalogue.Offering(where, what, who));
          }
        }
      }
    }
    return offerings;
  }

  /** One that names a clinic is this clinic's only. */
  private static boolean isOf(Entry service, String clinic) {
    String provider = HalaxyReference.id(service, "providedBy", "Organization");
    return provider == null || !provider.startsWith("CL-") || provider.equals(clinic);
  }
}
