package io.clinicsync.emr.simplepractice;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Clinicians, services and offices. Who offers what where is the portal's to say; without one,
 * every clinician is taken to offer everything everywhere.
 */
final class PracticeCatalogue implements CatalogueSource {

  private final Frontend frontend;
  private final Portal portal;

  PracticeCatalogue(Frontend frontend, Portal portal) {
    this.frontend = frontend;
    this.portal = portal;
  }

  @Override
  public Catalogue read(EmrAccount account) {
    List<Entry> team = frontend.all(account, "simplepractice.team.list", "team-members");
    List<Entry> codes = codes(frontend, account);
    List<Entry> offices = frontend.all(account, "simplepractice.offices.list", "offices");
    return new Catalogue(
        all(team, PracticeCatalogue::practitioner),
        all(codes, each -> treatment(each, account.currency())),
        all(offices, PracticeCatalogue::site),
        List.of(),
        offerings(account, team, ids(codes), ids(offices)));
  }

  static List<Entry> codes(Frontend frontend, EmrAccount account) {
    return frontend.all(account, "simplepractice.codes.list", "cpt-codes");
  }

  private static <T> List<T> all(List<Entry> entries, Function<Entry, T> reading) {
    return entries.stream().map(each -> SimplePracticeConnector.readable(each, reading)).toList();
  }

  private static List<String> ids(List<Entry> entries) {
    return all(entries, each -> each.requireText("id"));
  }

  /** Assumed: who left stays listed with {@code isActive} false. */
  private static boolean isActive(Entry member) {
    return !Boolean.FALSE.equals(member.in("attributes").flag("isActive"));
  }

  /** Where roles are shown, only clinicians take appointments. */
  private static boolean treats(Entry member) {
    JsonNode roles = member.json().path("attributes").path("roles");
    return !roles.isArray() || roles.toString().contains("\"clinician\"");
  }

  private static Catalogue.Practitioner practitioner(Entry entry) {
    Entry member = Loaded.attributes(entry);
    String name = member.text("name");
    String first = member.text("firstName");
    String last = member.text("lastName");
    String parts = ((first == null ? "" : first) + " " + (last == null ? "" : last)).strip();
    return new Catalogue.Practitioner(
        EmrRef.of(RecordKind.PRACTITIONER, entry.requireText("id")),
        name == null ? parts : name,
        member.text("email"),
        isActive(entry),
        isActive(entry) && treats(entry));
  }

  private static Catalogue.Treatment treatment(Entry entry, String currency) {
    Entry code = Loaded.attributes(entry);
    String description = code.text("description");
    Integer minutes = code.integer("duration");
    BigDecimal rate = code.decimal("rate");
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, entry.requireText("id")),
        description == null ? code.requireText("code") : description,
        code.text("code"),
        null,
        minutes == null || minutes <= 0 ? null : Duration.ofMinutes(minutes),
        1,
        rate == null ? null : new Money(rate, currency),
        true,
        !Boolean.TRUE.equals(code.flag("callToBook")));
  }

  private static Catalogue.Site site(Entry entry) {
    Entry office = Loaded.attributes(entry);
    return new Catalogue.Site(
        EmrRef.of(RecordKind.SITE, entry.requireText("id")),
        office.requireText("name"),
        null,
        office.text("city"),
        null,
        true,
        !Boolean.FALSE.equals(office.flag("isPublic")));
  }

  private List<Catalogue.Offering> offerings(
      EmrAccount account, List<Entry> team, List<String> codes, List<String> offices) {
    List<Catalogue.Offering> offerings = new ArrayList<>();
    boolean online = true;
    for (Entry member : team) {
      if (!isActive(member) || !treats(member)) {
        continue;
      }
      String id = SimplePracticeConnector.readable(member, each -> each.requireText("id"));
      Optional<List<String>> offered =
          online
              ? portalIds(account, "simplepractice.portal.codes", "cpt-codes", id)
              : Optional.empty();
      Optional<List<String>> at =
          offered.isPresent()
              ? portalIds(account, "simplepractice.portal.offices", "offices", id)
              : Optional.empty();
      online = at.isPresent();
      for (String code : online ? offered.orElse(List.of()) : codes) {
        at.orElse(offices).stream()
            .filter(offices::contains)
            .filter(office -> codes.contains(code))
            .forEach(office -> offerings.add(offering(office, code, id)));
      }
    }
    return offerings;
  }

  private Optional<List<String>> portalIds(
      EmrAccount account, String operation, String path, String clinician) {
    return portal
        .list(account, operation, path, new Query().with("filter[clinicianId]", clinician))
        .map(Loaded::data)
        .map(PracticeCatalogue::ids);
  }

  private static Catalogue.Offering offering(String office, String code, String clinician) {
    return new Catalogue.Offering(
        EmrRef.of(RecordKind.SITE, office),
        EmrRef.of(RecordKind.TREATMENT, code),
        EmrRef.of(RecordKind.PRACTITIONER, clinician));
  }
}
