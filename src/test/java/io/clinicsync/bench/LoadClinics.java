package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.Entitlements.Entitlement;
import io.clinicsync.clinics.Entitlements.Feature;
import io.clinicsync.records.Catalogues;
import io.clinicsync.sync.Runs;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContext;

/** Clinics that are loaded and may book, and accounts of the same size that are called directly. */
final class LoadClinics {

  /** Later than any appointment of the simulated world. */
  private static final Duration AHEAD = Duration.ofDays(150);

  private final Bench bench;
  private final SandboxProcess sandbox;
  private final ApplicationContext context;
  private final Map<String, Bench.Subject> subjects = new LinkedHashMap<>();
  private final Map<String, LoadPlan.Clinic> clinics = new HashMap<>();

  LoadClinics(Bench bench, SandboxProcess sandbox, ApplicationContext context) {
    this.bench = bench;
    this.sandbox = sandbox;
    this.context = context;
  }

  /** Makes a clinic with its account, reads it whole and lets it book. */
  void add(String name, long seed, int patients) {
    Bench.Subject subject = bench.subject(name, seed, patients);
    context.getBean(Runs.class).run(subject.clinic(), subject.connection()).orElseThrow();
    context
        .getBean(Entitlements.class)
        .grant(
            subject.clinic(),
            subject.connection(),
            new Entitlement(Feature.BOOKING, Instant.EPOCH, null));
    String key =
        context
            .getBean(ApiKeys.class)
            .issue(
                subject.clinic(),
                subject.connection(),
                "load",
                EnumSet.of(KeyScope.BOOK, KeyScope.MANAGE),
                null)
            .secret();
    Catalogue catalogue =
        context
            .getBean(Tenancy.class)
            .inClinic(
                subject.clinic(),
                () ->
                    context
                        .getBean(Catalogues.class)
                        .find(subject.clinic(), subject.connection())
                        .orElseThrow());
    subjects.put(name, subject);
    clinics.put(
        name,
        new LoadPlan.Clinic(
            name, key, subject.apiKey(), firstHour(), people(name), offers(catalogue)));
  }

  /** Makes an account like a clinic's, which nobody but the direct callers knows. */
  void addDirect(String name, String like, long seed, int patients) {
    JsonNode made =
        sandbox.control(
            "accounts",
            Map.of(
                "vendor",
                "cliniko",
                "name",
                name,
                "seed",
                seed,
                "size",
                patients,
                "zone",
                EmrWay.ALL.getFirst().zone().getId()));
    clinics.put(
        name,
        new LoadPlan.Clinic(
            name,
            "",
            made.path("apiKey").asText(),
            firstHour(),
            people(name),
            offersOf(name, clinics.get(like))));
  }

  Bench.Subject subject(String name) {
    return subjects.get(name);
  }

  LoadPlan.Clinic clinic(String name) {
    return clinics.get(name);
  }

  List<LoadPlan.Clinic> all() {
    return List.copyOf(clinics.values());
  }

  private static long firstHour() {
    return Instant.now().plus(AHEAD).truncatedTo(ChronoUnit.DAYS).getEpochSecond() / 3600;
  }

  /** Those whose name and address nobody else has. */
  private List<LoadPlan.Person> people(String name) {
    JsonNode rows = sandbox.truth(name).path("patients");
    Map<String, Integer> addresses = new HashMap<>();
    rows.forEach(row -> addresses.merge(row.path("email").asText(), 1, Integer::sum));
    List<LoadPlan.Person> people = new ArrayList<>();
    for (JsonNode row : rows) {
      String email = row.path("email").asText("");
      boolean usable =
          email.contains("@")
              && addresses.get(email) == 1
              && !row.path("first_name").asText("").isBlank()
              && !row.path("last_name").asText("").isBlank()
              && !row.hasNonNull("archived_at")
              && !row.hasNonNull("deleted_at")
              && !row.hasNonNull("merged_at")
              && !row.path("merged_with_patient").isObject();
      if (usable) {
        people.add(
            new LoadPlan.Person(
                row.path("id").asText(),
                row.path("first_name").asText(),
                row.path("last_name").asText(),
                email));
      }
    }
    return people;
  }

  /** One treatment of each practitioner, no longer than an hour. */
  private static List<LoadPlan.Offer> offers(Catalogue catalogue) {
    Map<String, LoadPlan.Offer> offers = new LinkedHashMap<>();
    for (Catalogue.Offering each : catalogue.offerings()) {
      Catalogue.Treatment treatment =
          catalogue.treatments().stream()
              .filter(one -> one.ref().equals(each.treatment()))
              .filter(one -> one.active() && one.seats() <= 1 && one.duration() != null)
              .filter(one -> one.duration().toMinutes() <= 60)
              .findFirst()
              .orElse(null);
      boolean offered =
          treatment != null
              && catalogue.practitioners().stream()
                  .anyMatch(
                      one ->
                          one.ref().equals(each.practitioner())
                              && one.active()
                              && one.bookableOnline())
              && catalogue.sites().stream()
                  .anyMatch(one -> one.ref().equals(each.site()) && one.active());
      if (offered) {
        offers.putIfAbsent(
            each.practitioner().id().value(),
            new LoadPlan.Offer(
                each.practitioner().id().value(),
                each.treatment().id().value(),
                each.site().id().value(),
                treatment.duration().toMinutes()));
      }
    }
    return List.copyOf(offers.values());
  }

  /** What an account made of the same seed offers: the same, under ids of its own. */
  private List<LoadPlan.Offer> offersOf(String name, LoadPlan.Clinic like) {
    JsonNode own = sandbox.truth(name);
    JsonNode other = sandbox.truth(like.name());
    return like.offers().stream()
        .map(
            each ->
                new LoadPlan.Offer(
                    same(own, other, "practitioners", each.practitioner()),
                    same(own, other, "appointment_types", each.treatment()),
                    same(own, other, "businesses", each.site()),
                    each.minutes()))
        .toList();
  }

  private static String same(JsonNode own, JsonNode other, String list, String id) {
    for (int i = 0; i < other.path(list).size(); i++) {
      if (other.path(list).path(i).path("id").asText().equals(id)) {
        return own.path(list).path(i).path("id").asText();
      }
    }
    throw new IllegalStateException("No such row in " + list);
  }
}
