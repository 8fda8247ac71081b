package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.sandbox.ClinikoAccounts;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** F4: while our database is away, callers hear so soon, and nothing is done or lost. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.quartz.auto-startup=false",
      "clinicsync.http.sandbox-hosts=localhost",
      "clinicsync.quota-factor=1000"
    })
@ContextConfiguration(initializers = OwnDatabase.class)
@DirtiesContext
class BookingDatabaseTests {

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  /** One wait for a session of the pool, and some for a slow machine. */
  private static final Duration FAST = Duration.ofSeconds(12);

  @Autowired private CuttingProxy proxy;
  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private Entitlements entitlements;
  @Autowired private ApiKeys keys;
  @Autowired private Runs runs;
  @LocalServerPort private int port;

  private SandboxServer sandbox;
  private ApiClient caller;
  private String body;

  @BeforeEach
  void aLoadedClinic() {
    sandbox = SandboxServer.start(0, new SandboxClock(), 1000);
    SandboxServer.Account account =
        ClinikoAccounts.open(sandbox, "Away", 5, 12, SYDNEY, Instant.now());
    OrganisationId organisation = clinics.createOrganisation("Away");
    Clinic clinic = clinics.create(organisation, "Away", SYDNEY, "AU", "AUD");
    ConnectionId connection =
        connections
            .add(
                clinic.id(),
                new Connections.NewConnection(
                    "cliniko",
                    "api-key",
                    "Away",
                    Map.of("apiKey", account.secret()),
                    account.base(),
                    SYDNEY,
                    "AUD"))
            .id();
    entitlements.grant(
        clinic.id(),
        connection,
        new Entitlements.Entitlement(Entitlements.Feature.BOOKING, Instant.EPOCH, null));
    runs.run(clinic.id(), connection).orElseThrow();
    caller =
        new ApiClient(
            port,
            keys.issue(clinic.id(), connection, "agent", Set.of(KeyScope.BOOK), null).secret());
    body = body();
  }

  @AfterEach
  void healAgain() {
    proxy.switchOn();
    sandbox.close();
  }

  private String body() {
    LocalDate day = LocalDate.now(SYDNEY).plusDays(2);
    for (JsonNode treatment : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      if (treatment.path("seats").asInt() != 1) {
        continue;
      }
      JsonNode first =
          caller
              .get(
                  "/api/v1/availability?treatment="
                      + treatment.path("id").asText()
                      + "&from="
                      + day
                      + "T00:00&to="
                      + day.plusDays(14)
                      + "T00:00")
              .body()
              .path("openings")
              .path(0);
      if (first.isObject()) {
        return """
            {"patient": {"first_name": "Ana", "last_name": "Sorel", "email": "ana.sorel@example.org", "register": true},
             "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
            .formatted(
                first.path("practitioner").asText(),
                first.path("treatment").asText(),
                first.path("site").asText(),
                first.path("starts_at").asText());
      }
    }
    throw new AssertionError("no open time");
  }

  private Answer book() {
    return caller.send(
        "POST", "/api/v1/bookings", body, "application/json", "Idempotency-Key", "away-1");
  }

  private long writes() {
    return sandbox.log().since(0).stream()
        .filter(each -> each.kind() == LogEntry.Kind.WRITE)
        .count();
  }

  @Test
  void callersHearSoonThatNothingWasDoneAndTheSameCallWorksAfterwards() {
    long before = writes();
    proxy.switchOff();
    Instant asked = Instant.now();
    Answer refused = book();
    assertThat(Duration.between(asked, Instant.now())).isLessThan(FAST);
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(503);
    assertThat(refused.text("/code")).isEqualTo("database_unavailable");
    assertThat(refused.raw().headers().firstValue("Retry-After")).isPresent();

    Answer hook =
        new ApiClient(port, null)
            .post(
                "/bookAppt",
                "{\"location\": {\"id\": \"L1\"}, \"calendar\": {\"appointmentId\": \"A1\"}}");
    assertThat(hook.status()).as(hook.raw().body()).isEqualTo(429);
    assertThat(hook.text("/code")).isEqualTo("database_unavailable");
    assertThat(writes()).as("written to the EMR").isEqualTo(before);

    proxy.switchOn();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> book().status() == 201);
    assertThat(
            sandbox.log().since(0).stream()
                .filter(each -> each.kind() == LogEntry.Kind.WRITE)
                .filter(each -> each.operation().contains("individual_appointments"))
                .count())
        .isEqualTo(1);
  }
}
