package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts a catalogue together; both ways into Jane name its parts alike. */
final class JaneCatalogue {

  private final String currency;
  private final String offered;

  /**
   * A catalogue's maker.
   *
   * @param offered the member of a person that lists treatments
   */
  JaneCatalogue(String currency, String offered) {
    this.currency = currency;
    this.offered = offered;
  }

  Catalogue of(
      List<Entry> staff, List<Entry> treatments, List<Entry> locations, List<Entry> disciplines) {
    Map<String, String> names = new HashMap<>();
    for (Entry each : disciplines) {
      String name = each.text("name");
      if (name != null) {
        names.put(each.requireText("id"), name);
      }
    }
    return new Catalogue(
        all(staff, JaneCatalogue::practitioner),
        all(treatments, each -> treatment(each, names)),
        all(locations, JaneCatalogue::site),
        List.of(),
        offerings(staff, treatments, locations));
  }

  private static <T> List<T> all(List<Entry> entries, Function<Entry, T> reading) {
    return entries.stream().map(each -> JaneConnector.readable(each, reading)).toList();
  }

  /** Assumed: who or what left carries {@code archived_at} or {@code active: false}. */
  private static boolean active(Entry entry) {
    return !entry.has("archived_at") && !Boolean.FALSE.equals(entry.flag("active"));
  }

  private static Catalogue.Practitioner practitioner(Entry entry) {
    String name = entry.text("full_name");
    if (name == null) {
      name =
          String.join(
              " ",
              Stream.of(entry.text("first_name"), entry.text("last_name"))
                  .filter(each -> each != null)
                  .toList());
    }
    return new Catalogue.Practitioner(
        EmrRef.of(RecordKind.PRACTITIONER, entry.requireText("id")),
        name,
        entry.text("email"),
        active(entry),
        active(entry) && Boolean.TRUE.equals(entry.flag("allow_online_booking")));
  }

  /** Durations are seconds on both ways. */
  private Catalogue.Treatment treatment(Entry entry, Map<String, String> disciplines) {
    Integer seconds = entry.integer("treatment_duration");
    Integer seats = entry.integer("capacity");
    BigDecimal price = entry.decimal("price");
    String discipline = entry.text("discipline_id");
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, entry.requireText("id")),
        entry.requireText("name"),
        null,
        discipline == null ? null : disciplines.get(discipline),
        seconds == null ? null : Duration.ofSeconds(seconds),
        seats == null || seats < 1 ? 1 : seats,
        price == null ? null : new Money(price, currency),
        active(entry),
        active(entry) && Boolean.TRUE.equals(entry.flag("book_online")));
  }

  private static Catalogue.Site site(Entry entry) {
    return new Catalogue.Site(
        EmrRef.of(RecordKind.SITE, entry.requireText("id")),
        entry.requireText("name"),
        null,
        entry.text("city"),
        entry.text("country"),
        active(entry),
        active(entry) && Boolean.TRUE.equals(entry.flag("online_bookable")));
  }

  private List<Catalogue.Offering> offerings(
      List<Entry> staff, List<Entry> treatments, List<Entry> locations) {
    List<String> open =
        locations.stream()
            .filter(JaneCatalogue::active)
            .map(each -> each.requireText("id"))
            .toList();
    List<Catalogue.Offering> offerings = new ArrayList<>();
    for (Entry person : staff) {
      if (!active(person)) {
        continue;
      }
      Set<String> at = ids(person, "location_ids", open);
      Set<String> offers = ids(person, offered, List.of());
      for (Entry treatment : treatments) {
        String id = treatment.requireText("id");
        if (!active(treatment) || !offers.contains(id) || !mayDo(person, treatment)) {
          continue;
        }
        Set<String> where = ids(treatment, "location_ids", open);
        open.stream()
            .filter(at::contains)
            .filter(where::contains)
            .forEach(site -> offerings.add(offering(site, id, person.requireText("id"))));
      }
    }
    return offerings;
  }

  private static Catalogue.Offering offering(String site, String treatment, String person) {
    return new Catalogue.Offering(
        EmrRef.of(RecordKind.SITE, site),
        EmrRef.of(RecordKind.TREATMENT, treatment),
        EmrRef.of(RecordKind.PRACTITIONER, person));
  }

  /** A treatment may be one person's own; null and 0 mean everybody's. */
  private static boolean mayDo(Entry person, Entry treatment) {
    String own = treatment.text("staff_member_id");
    return own == null || own.equals("0") || own.equals(person.text("id"));
  }

  /** Ids of a list; where Jane sends none, these others. */
  private static Set<String> ids(Entry entry, String member, List<String> otherwise) {
    @Nullable JsonNode list = entry.json().get(member);
    if (list == null || !list.isArray() || list.isEmpty()) {
      return new LinkedHashSet<>(otherwise);
    }
    Set<String> ids = new LinkedHashSet<>();
    list.forEach(id -> ids.add(id.asText()));
    return ids;
  }
}
