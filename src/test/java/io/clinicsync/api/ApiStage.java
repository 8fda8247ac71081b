package io.clinicsync.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.Seeds;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.booking.BookingSweep;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.sandbox.ClinikoAccounts;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sync.Runs;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;

/** An application with simulated vendors beside it, and everything a test needs to call it. */
final class ApiStage {

  /** Held by tests that spoil the answers of the one sandbox all of them share. */
  static final String FAULTS = "api-sandbox-faults";

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final SandboxServer SANDBOX = SandboxServer.start(0, new SandboxClock(), 1000);

  private final ApplicationContext context;
  final int port;

  ApiStage(ApplicationContext context) {
    this.context = context;
    this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  SandboxServer sandbox() {
    return SANDBOX;
  }

  /** The key its GoHighLevel signs app webhooks with. */
  static String webhookKey() {
    return SANDBOX.ghl().webhooks().publicKey();
  }

  /** A new organisation with a key that may do everything. */
  ApiClient organisation() {
    OrganisationId organisation =
        context.getBean(Clinics.class).createOrganisation("Org " + COUNT.incrementAndGet());
    return new ApiClient(
        port,
        context
            .getBean(ApiKeys.class)
            .issue(organisation, "test", EnumSet.of(KeyScope.MANAGE, KeyScope.READ, KeyScope.BOOK))
            .secret());
  }

  ApiClient with(String key) {
    return new ApiClient(port, key);
  }

  /** A new clinic of that organisation; its id. */
  String clinic(ApiClient organisation) {
    return organisation
        .post(
            "/api/v1/clinics",
            """
            {"name": "Harbour Physio", "zone": "Australia/Sydney", "country": "AU", "currency": "AUD"}""")
        .text("/id");
  }

  /**
   * Open times of one practitioner for one treatment at one site that do not overlap, from the day
   * after tomorrow on; whoever has enough of them.
   *
   * @param root what stands before {@code catalogue} and {@code availability}
   */
  static List<JsonNode> openTimes(ApiClient caller, String root, int wanted) {
    LocalDate day = LocalDate.now(ZoneId.of("Australia/Sydney")).plusDays(2);
    for (JsonNode treatment : caller.get(root + "catalogue/treatments").body().path("items")) {
      boolean exclusive =
          treatment.path("seats").asInt() == 1 && treatment.path("bookable_online").asBoolean();
      for (JsonNode practitioner :
          exclusive
              ? caller.get(root + "catalogue/practitioners").body().path("items")
              : List.<JsonNode>of()) {
        List<JsonNode> open = new ArrayList<>();
        for (JsonNode each :
            caller
                .get(
                    root
                        + "availability?treatment="
                        + treatment.path("id").asText()
                        + "&practitioner="
                        + practitioner.path("id").asText()
                        + "&from="
                        + day
                        + "T00:00&to="
                        + day.plusDays(28)
                        + "T00:00")
                .body()
                .path("openings")) {
          if (open.isEmpty()
              || (each.path("site").equals(open.getFirst().path("site"))
                  && !Instant.parse(each.path("starts_at").asText())
                      .isBefore(Instant.parse(open.getLast().path("ends_at").asText())))) {
            open.add(each);
          }
        }
        if (open.size() >= wanted) {
          return open;
        }
      }
    }
    throw new AssertionError("nobody has " + wanted + " open times");
  }

  /** What the sweep does once it is time. */
  void settle(String clinic, ApiClient caller, String booking) {
    BookingSweep.hasten(context, new ClinicId(UUID.fromString(clinic)), booking);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> caller.get("/api/v1/bookings/" + booking).text("/state").equals("done"));
  }

  /** Lets a connection book. */
  void mayBook(ApiClient organisation, String clinic, String connection) {
    organisation.put(
        "/api/v1/clinics/" + clinic + "/connections/" + connection + "/entitlements/booking", "{}");
  }

  SandboxServer.Account cliniko(int patients) {
    return ClinikoAccounts.open(
        SANDBOX,
        "Account " + COUNT.incrementAndGet(),
        Seeds.next(),
        patients,
        ZoneId.of("Australia/Sydney"),
        Instant.now());
  }

  SandboxServer.Account ghl() {
    return SANDBOX.ghlLocation(
        "Location " + COUNT.incrementAndGet(), "AU", ZoneId.of("Australia/Sydney"));
  }

  /** The body that connects an account. */
  static String connecting(SandboxServer.Account account) {
    return """
        {"emr": "cliniko", "way": "api-key", "name": "Cliniko", "credentials": {"apiKey": "%s"}, "sandbox": "%s"}"""
        .formatted(account.secret(), account.base());
  }

  Runs runs() {
    return context.getBean(Runs.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }
}
