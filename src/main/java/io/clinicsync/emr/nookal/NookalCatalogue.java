package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Locations the key is bound to, practitioners (those who left too), services and classes. Which
 * practitioner does which service takes a special right of the key, so everybody active at a
 * location counts as offering what is offered there; open times decide.
 */
final class NookalCatalogue implements CatalogueSource {

  private final NookalApi api;

  NookalCatalogue(NookalApi api) {
    this.api = api;
  }

  List<Entry> locations(EmrAccount account) {
    return api.all(account, "getLocations", "locations", new NookalForm());
  }

  List<Entry> services(EmrAccount account) {
    return api.all(account, "getAppointmentTypes", "services", new NookalForm());
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api.nookal.com/developers">getLocations, getPractitioners,
   *     getAppointmentTypes, getClassTypes</a>
   */
  @Override
  public Catalogue read(EmrAccount account) {
    List<Entry> locations = locations(account);
    List<Entry> practitioners =
        api.all(
            account,
            "getPractitioners",
            "practitioners",
            new NookalForm().with("include_inactive_practitioners", 1));
    List<Entry> services = services(account);
    List<Entry> classes = api.all(account, "getClassTypes", "classes", new NookalForm());
    List<Catalogue.Treatment> treatments =
        Stream.concat(
                services.stream().map(each -> treatment(each, account, false)),
                classes.stream().map(each -> treatment(each, account, true)))
            .toList();
    List<Catalogue.Site> sites = locations.stream().map(NookalCatalogue::site).toList();
    return new Catalogue(
        practitioners.stream().map(NookalCatalogue::practitioner).toList(),
        treatments,
        sites,
        List.of(),
        offerings(sites, practitioners, services));
  }

  private static Catalogue.Site site(Entry row) {
    return NookalConnector.readable(
        row,
        entry ->
            new Catalogue.Site(
                EmrRef.of(RecordKind.SITE, NookalMapper.id(entry, "ID")),
                entry.requireText("Name"),
                zone(entry),
                entry.text("City"),
                entry.text("Country"),
                true,
                true));
  }

  private static @Nullable ZoneId zone(Entry entry) {
    return NookalConnector.zone(entry.text("Timezone"));
  }

  private static Catalogue.Practitioner practitioner(Entry row) {
    return NookalConnector.readable(
        row,
        entry -> {
          boolean active = !Boolean.FALSE.equals(entry.flag("status"));
          String name =
              Stream.of(entry.text("FirstName"), entry.text("LastName"))
                  .filter(part -> part != null)
                  .collect(Collectors.joining(" "));
          return new Catalogue.Practitioner(
              EmrRef.of(RecordKind.PRACTITIONER, NookalMapper.id(entry, "ID")),
              name,
              entry.text("Email"),
              active,
              active && !Boolean.FALSE.equals(entry.flag("ShowInDiary")));
        });
  }

  private static Catalogue.Treatment treatment(Entry row, EmrAccount account, boolean group) {
    return NookalConnector.readable(
        row,
        entry -> {
          Integer minutes = entry.integer("Duration");
          BigDecimal price = entry.decimal("Price");
          boolean active = isActive(entry);
          String prefix = group ? NookalMapper.CLASS : "";
          return new Catalogue.Treatment(
              EmrRef.of(RecordKind.TREATMENT, prefix + NookalMapper.id(entry, "ID")),
              entry.requireText("Name"),
              entry.text(group ? "ClassCode" : "ServiceCode"),
              entry.text("Category"),
              minutes == null || minutes <= 0 ? null : Duration.ofMinutes(minutes),
              // How many a class holds is not told; two stand for more than one.
              group ? 2 : 1,
              price == null ? null : new Money(price, account.currency()),
              active,
              active);
        });
  }

  private static boolean isActive(Entry entry) {
    return !Boolean.FALSE.equals(entry.flag("active"));
  }

  private static List<Catalogue.Offering> offerings(
      List<Catalogue.Site> sites, List<Entry> practitioners, List<Entry> services) {
    List<Catalogue.Offering> offerings = new ArrayList<>();
    for (Catalogue.Site site : sites) {
      String at = site.ref().id().value();
      for (Entry who : practitioners) {
        if (Boolean.FALSE.equals(who.flag("status")) || !ids(who, "locations").contains(at)) {
          continue;
        }
        for (Entry service : services) {
          Set<String> places = ids(service, "Locations");
          if (isActive(service) && (places.isEmpty() || places.contains(at))) {
            offerings.add(
                new Catalogue.Offering(
                    site.ref(),
                    EmrRef.of(RecordKind.TREATMENT, NookalSingles.idOf(service)),
                    EmrRef.of(RecordKind.PRACTITIONER, NookalSingles.idOf(who))));
          }
        }
      }
    }
    return offerings;
  }

  /** Ids come as numbers or as text, in a list or as an object keyed by index. */
  private static Set<String> ids(Entry entry, String member) {
    Set<String> ids = new LinkedHashSet<>();
    for (JsonNode each : entry.json().path(member)) {
      if (each.isValueNode()) {
        ids.add(each.asText());
      }
    }
    return ids;
  }
}
