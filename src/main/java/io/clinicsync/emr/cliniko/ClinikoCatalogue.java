package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Practitioners, treatments and sites, inactive and archived ones included, since old appointments
 * point to them.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/practitioner">Practitioner</a>
 * @see <a href="https://docs.api.cliniko.com/openapi/service">Service</a>
 */
final class ClinikoCatalogue implements CatalogueSource {

  private static final List<String> HIDDEN = List.of("archived_at");

  private final ClinikoApi api;

  ClinikoCatalogue(ClinikoApi api) {
    this.api = api;
  }

  @Override
  public Catalogue read(EmrAccount account) {
    Map<String, String> emails = emails(account);
    List<Catalogue.Practitioner> practitioners = new ArrayList<>();
    practitioners.addAll(
        each(
            api.all(account, "/practitioners", "practitioners", ClinikoQuery::list),
            row -> practitioner(row, emails, true)));
    practitioners.addAll(
        each(
            api.all(account, "/practitioners/inactive", "practitioners", ClinikoQuery::list),
            row -> practitioner(row, emails, false)));
    return new Catalogue(
        practitioners,
        each(hiddenToo(account, "appointment_types"), ClinikoCatalogue::treatment),
        each(hiddenToo(account, "businesses"), ClinikoCatalogue::site),
        List.of(),
        offerings(api.all(account, "/services", "services", ClinikoQuery::list)));
  }

  private List<ClinikoEntry> hiddenToo(EmrAccount account, String member) {
    return api.all(account, "/" + member, member, () -> ClinikoQuery.list().including(HIDDEN));
  }

  /** E-mail addresses stand at users only; a key of a lower role may not see those. */
  private Map<String, String> emails(EmrAccount account) {
    Map<String, String> emails = new HashMap<>();
    try {
      for (ClinikoEntry user : api.all(account, "/users", "users", ClinikoQuery::list)) {
        String email = user.text("email");
        if (email != null) {
          user.id().ifPresent(id -> emails.put(id, email));
        }
      }
    } catch (EmrException failure) {
      if (failure.kind() != EmrException.Kind.PERMISSION_MISSING) {
        throw failure;
      }
    }
    return emails;
  }

  private static <T> List<T> each(List<ClinikoEntry> rows, Function<ClinikoEntry, T> reading) {
    return rows.stream().map(row -> ClinikoConnector.readable(row, reading)).toList();
  }

  private static Catalogue.Practitioner practitioner(
      ClinikoEntry row, Map<String, String> emails, boolean active) {
    String user = row.reference("user");
    return new Catalogue.Practitioner(
        EmrRef.of(RecordKind.PRACTITIONER, row.requireId()),
        ClinikoMapper.named(row.text("display_name"), row.text("label"), fullName(row)),
        user == null ? null : emails.get(user),
        active && !Boolean.FALSE.equals(row.flag("active")),
        Boolean.TRUE.equals(row.flag("show_in_online_bookings")));
  }

  private static @Nullable String fullName(ClinikoEntry row) {
    String first = Objects.requireNonNullElse(row.text("first_name"), "");
    String last = Objects.requireNonNullElse(row.text("last_name"), "");
    String name = (first + " " + last).strip();
    return name.isEmpty() ? null : name;
  }

  private static Catalogue.Treatment treatment(ClinikoEntry row) {
    Integer minutes = row.integer("duration_in_minutes");
    Integer seats = row.integer("max_attendees");
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, row.requireId()),
        ClinikoMapper.named(row.text("name")),
        null,
        row.text("category"),
        minutes == null ? null : Duration.ofMinutes(minutes),
        seats == null ? 1 : Math.max(1, seats),
        null,
        !row.has("archived_at"),
        Boolean.TRUE.equals(row.flag("show_in_online_bookings")));
  }

  private static Catalogue.Site site(ClinikoEntry row) {
    return new Catalogue.Site(
        EmrRef.of(RecordKind.SITE, row.requireId()),
        ClinikoMapper.named(row.text("display_name"), row.text("business_name"), row.text("label")),
        zone(row.text("time_zone_identifier")),
        row.text("city"),
        ClinikoMapper.first(row.text("country_code"), row.text("country")),
        !row.has("archived_at"),
        Boolean.TRUE.equals(row.flag("show_in_online_bookings")));
  }

  static @Nullable ZoneId zone(@Nullable String identifier) {
    try {
      return identifier == null ? null : ZoneId.of(identifier);
    } catch (DateTimeException unknown) {
      return null;
    }
  }

  private static List<Catalogue.Offering> offerings(List<ClinikoEntry> services) {
    List<Catalogue.Offering> offerings = new ArrayList<>();
    for (ClinikoEntry service : services) {
      Optional<String> site = Optional.ofNullable(service.reference("business"));
      Optional<String> treatment = Optional.ofNullable(service.reference("appointment_type"));
      for (JsonNode practitioner : service.json().path("practitioners")) {
        String id = ClinikoEntry.idOf(practitioner);
        if (id != null && site.isPresent() && treatment.isPresent()) {
          offerings.add(
              new Catalogue.Offering(
                  EmrRef.of(RecordKind.SITE, site.get()),
                  EmrRef.of(RecordKind.TREATMENT, treatment.get()),
                  EmrRef.of(RecordKind.PRACTITIONER, id)));
        }
      }
    }
    return offerings;
  }
}
