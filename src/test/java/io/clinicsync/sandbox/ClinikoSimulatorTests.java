package io.clinicsync.sandbox;

import static io.clinicsync.sandbox.Caller.q;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.Caller.Reply;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.LogEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClinikoSimulatorTests {

  private static final Instant NOW = Instant.parse("2026-03-10T01:00:00Z");

  private final SandboxClock clock = new SandboxClock();
  private SandboxServer sandbox;
  private ClinikoAccount account;
  private Caller caller;

  @BeforeEach
  void start() {
    clock.freezeAt(NOW);
    sandbox = SandboxServer.start(0, clock, 10.0);
    account = sandbox.cliniko().createAccount("north", 7, 150, ZoneId.of("Australia/Sydney"));
    caller = Caller.cliniko(sandbox, account.apiKey());
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void walkingAllPagesByNextLinkSeesEveryPatientOnce() {
    Set<String> seen = new HashSet<>();
    String path = "/patients?per_page=40&" + q("archived_at:*");
    int total = 0;
    while (path != null) {
      JsonNode page = caller.get(path).json();
      page.get("patients")
          .forEach(patient -> assertThat(seen.add(patient.get("id").asText())).isTrue());
      total = page.get("total_entries").asInt();
      String next = page.at("/links/next").asText(null);
      path = next == null ? null : next.substring(next.indexOf("/v1") + 3);
    }
    assertThat(seen).hasSize(150);
    assertThat(total).isEqualTo(150);
  }

  @Test
  void hiddenRowsNeedTheirFilter() {
    int shown =
        caller.get("/individual_appointments?per_page=1").json().get("total_entries").asInt();
    int all =
        caller
            .get(
                "/individual_appointments?per_page=1&"
                    + q("cancelled_at:*", "archived_at:*", "deleted_at:*"))
            .json()
            .get("total_entries")
            .asInt();
    int onlyCancelled =
        caller
            .get("/individual_appointments?per_page=1&" + q("cancelled_at:?"))
            .json()
            .get("total_entries")
            .asInt();
    assertThat(onlyCancelled).isPositive();
    assertThat(all)
        .isEqualTo(account.ids("individual_appointments").size())
        .isGreaterThan(shown + onlyCancelled - 1);
  }

  @Test
  void updatedRowsComeInOrderFromTheAskedInstant() {
    JsonNode page =
        caller
            .get(
                "/patients?sort=updated_at&per_page=100&"
                    + q("updated_at:>=2025-06-01T00:00:00Z", "archived_at:*"))
            .json()
            .get("patients");
    assertThat(page.size()).isPositive();
    String last = "2025-06-01T00:00:00Z";
    for (JsonNode patient : page) {
      assertThat(patient.get("updated_at").asText()).isGreaterThanOrEqualTo(last);
      last = patient.get("updated_at").asText();
    }
  }

  @Test
  void badRequestsAreAnsweredLikeTheVendor() {
    assertThat(caller.get("/patients?" + q("phone:=1")).status()).isEqualTo(400);
    assertThat(caller.get("/patients?" + q("id:5")).status()).isEqualTo(400);
    assertThat(caller.get("/invoices?" + q("status:=paid")).status()).isEqualTo(400);
    assertThat(caller.get("/patients?sort=-updated_at").status()).isEqualTo(400);
    assertThat(caller.get("/patients/1/individual_appointments").status()).isEqualTo(404);
    assertThat(caller.get("/patients/1").status()).isEqualTo(404);
    Reply invalid = caller.send("POST", "/patients", "{\"first_name\":\"A\"}");
    assertThat(invalid.status()).isEqualTo(422);
    assertThat(invalid.json().at("/errors/last_name").asText()).isEqualTo("can't be blank");
    Caller wrong = Caller.cliniko(sandbox, "nonsense-au1");
    assertThat(wrong.get("/user").status()).isEqualTo(401);
    caller.headers.put("User-Agent", "curl");
    assertThat(caller.get("/user").status()).isEqualTo(403);
  }

  @Test
  void aRoleWithoutTheRightGets403() {
    Caller scheduler = Caller.cliniko(sandbox, account.addKey("scheduler"));
    assertThat(scheduler.get("/patients").status()).isEqualTo(200);
    assertThat(scheduler.get("/invoices").status()).isEqualTo(403);
    assertThat(scheduler.get("/settings").status()).isEqualTo(403);
    assertThat(scheduler.get("/settings/public").status()).isEqualTo(200);
  }

  @Test
  void theQuotaIsATrueSlidingWindowPerUser() {
    try (SandboxServer strict = SandboxServer.start(0, clock, 1.0)) {
      ClinikoAccount one =
          strict.cliniko().createAccount("strict", 1, 5, ZoneId.of("Australia/Sydney"));
      Caller strictCaller = Caller.cliniko(strict, one.apiKey());
      for (int i = 0; i < 200; i++) {
        assertThat(strictCaller.get("/user").status()).isEqualTo(200);
      }
      Reply refused = strictCaller.get("/user");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.headers().firstValue("X-RateLimit-Reset"))
          .contains(Long.toString(NOW.plusSeconds(60).getEpochSecond()));
      clock.advance(Duration.ofSeconds(61));
      assertThat(strictCaller.get("/user").status()).isEqualTo(200);
    }
  }

  @Test
  void arrivalChangesTheAttendeeAndLeavesTheAppointmentsStampAlone() {
    JsonNode visit =
        live(
            "/individual_appointments?per_page=1&" + q("starts_at:<2026-03-09T00:00:00Z"),
            "individual_appointments");
    String id = visit.get("id").asText();
    clock.advance(Duration.ofMinutes(5));
    account.edits().noShow(id);
    JsonNode after = caller.get("/individual_appointments/" + id).json();
    assertThat(after.get("did_not_arrive").asBoolean()).isTrue();
    assertThat(after.get("updated_at")).isEqualTo(visit.get("updated_at"));
    JsonNode attendee =
        caller.get("/attendees?" + q("booking_id:=" + id)).json().at("/attendees/0");
    assertThat(attendee.get("arrived").asBoolean(true)).isFalse();
    assertThat(attendee.get("updated_at").asText()).isEqualTo("2026-03-10T01:05:00Z");
    account.edits().unarrive(id);
    assertThat(caller.get("/individual_appointments/" + id).json().get("did_not_arrive").isNull())
        .isTrue();
  }

  @Test
  void bookingMovingAndCancellingWorkAndOverlapsAreAccepted() {
    String patient = live("/patients?per_page=1", "patients").get("id").asText();
    String practitioner = live("/practitioners", "practitioners").get("id").asText();
    String type =
        live("/practitioners/" + practitioner + "/appointment_types", "appointment_types")
            .get("id")
            .asText();
    String business = live("/businesses", "businesses").get("id").asText();
    String body =
        "{\"starts_at\":\"2026-03-20T23:00:00Z\",\"patient_id\":\"%s\",\"practitioner_id\":\"%s\",\"appointment_type_id\":\"%s\",\"business_id\":\"%s\"}"
            .formatted(patient, practitioner, type, business);
    Reply created = caller.send("POST", "/individual_appointments", body);
    assertThat(created.status()).isEqualTo(201);
    assertThat(caller.send("POST", "/individual_appointments", body).status()).isEqualTo(201);
    String id = created.json().get("id").asText();
    assertThat(
            caller
                .get("/individual_appointments/" + id + "/conflicts")
                .json()
                .at("/conflicts/exist")
                .asBoolean())
        .isTrue();
    Reply moved =
        caller.send(
            "PATCH",
            "/individual_appointments/" + id,
            "{\"starts_at\":\"2026-03-21T03:00:00Z\",\"ends_at\":null}");
    assertThat(moved.json().get("starts_at").asText()).isEqualTo("2026-03-21T03:00:00Z");
    assertThat(caller.send("PATCH", "/individual_appointments/" + id + "/cancel", "{}").status())
        .isEqualTo(422);
    assertThat(
            caller
                .send(
                    "PATCH",
                    "/individual_appointments/" + id + "/cancel",
                    "{\"cancellation_reason\":50}")
                .status())
        .isEqualTo(204);
    assertThat(caller.get("/individual_appointments/" + id).status()).isEqualTo(404);
    JsonNode read = caller.get("/individual_appointments/" + id + "?" + q("cancelled_at:*")).json();
    assertThat(read.get("cancellation_reason_description").asText()).isEqualTo("Other");
    LogEntry last =
        sandbox.log().since("north", 0).stream()
            .filter(e -> e.kind() == LogEntry.Kind.WRITE)
            .reduce((a, b) -> b)
            .orElseThrow();
    assertThat(last.ids()).containsExactly(id);
    assertThat(last.version()).contains("\"cancellation_reason\":50");
  }

  @Test
  void availableTimesObeyTheRangeRulesAndLoseWhatIsBooked() {
    JsonNode service = live("/services?per_page=100", "services");
    for (JsonNode one : caller.get("/services?per_page=100").json().get("services")) {
      if (!one.get("practitioners").isEmpty()) {
        service = one;
        break;
      }
    }
    String business = last(service.at("/business/links/self").asText());
    String type = last(service.at("/appointment_type/links/self").asText());
    String practitioner = last(service.at("/practitioners/0/links/self").asText());
    String route =
        "/businesses/" + business + "/practitioners/" + practitioner + "/appointment_types/" + type;
    JsonNode times =
        caller.get(route + "/available_times?from=2026-03-11&to=2026-03-17&per_page=100").json();
    assertThat(times.get("total_entries").asInt()).isPositive();
    Instant first = Instant.parse(times.at("/available_times/0/appointment_start").asText());
    String patient = live("/patients?per_page=1", "patients").get("id").asText();
    account.edits().book(patient, practitioner, business, type, first);
    JsonNode after =
        caller.get(route + "/available_times?from=2026-03-11&to=2026-03-17&per_page=100").json();
    assertThat(after.at("/available_times/0/appointment_start").asText())
        .isNotEqualTo(first.toString());
    assertThat(caller.get(route + "/available_times?from=2026-03-11&to=2026-03-20").status())
        .isEqualTo(400);
    assertThat(caller.get(route + "/available_times?from=2026-03-01&to=2026-03-03").status())
        .isEqualTo(400);
    assertThat(
            caller
                .get(route + "/next_available_time?from=2026-03-11&to=2026-03-17")
                .json()
                .has("appointment_start"))
        .isTrue();
  }

  @Test
  void mergingMovesAppointmentsAndPointsToTheSurvivor() {
    JsonNode visit = live("/individual_appointments?per_page=1", "individual_appointments");
    String loser = last(visit.at("/patient/links/self").asText());
    String survivor =
        account.edits().createPatient(Map.of("first_name", "Ann", "last_name", "Survivor"));
    account.edits().mergePatients(loser, survivor);
    JsonNode moved = caller.get("/individual_appointments/" + visit.get("id").asText()).json();
    assertThat(moved.at("/patient/links/self").asText()).endsWith("/" + survivor);
    assertThat(caller.get("/patients/" + loser).status()).isEqualTo(404);
    JsonNode merged = caller.get("/patients/" + loser + "?" + q("archived_at:*")).json();
    assertThat(merged.get("merged_at").isNull()).isFalse();
    assertThat(merged.at("/merged_with_patient/links/self").asText()).endsWith("/" + survivor);
  }

  @Test
  void aRecordCanBecomeVisibleLongAfterItsOwnTimestamp() {
    sandbox
        .faults()
        .set(Fault.of(FaultKind.INVISIBLE).onAccount("north").onPath("patients").amount(90_000));
    String id = account.edits().createPatient(Map.of("first_name", "Late", "last_name", "Comer"));
    clock.advance(Duration.ofSeconds(60));
    assertThat(caller.get("/patients/" + id).status()).isEqualTo(404);
    clock.advance(Duration.ofSeconds(31));
    assertThat(caller.get("/patients/" + id).json().get("updated_at").asText())
        .isEqualTo(NOW.toString());
  }

  @Test
  void whatBecomesVisibleLateIsTheLastOfManyVersionsOfOneMoment() {
    sandbox
        .faults()
        .set(Fault.of(FaultKind.INVISIBLE).onAccount("north").onPath("patients").amount(90_000));
    List<String> ids = account.ids("patients").subList(0, 20);
    for (String name : List.of("First", "Second", "Third", "Last")) {
      ids.forEach(id -> account.edits().updatePatient(id, Map.of("last_name", name)));
    }
    clock.advance(Duration.ofSeconds(91));
    assertThat(ids)
        .allSatisfy(
            id ->
                assertThat(caller.get("/patients/" + id).json().get("last_name").asText())
                    .isEqualTo("Last"));
  }

  @Test
  void aBulkEditGivesManyRecordsOneTimestamp() {
    clock.advance(Duration.ofHours(1));
    List<String> touched = account.edits().touchMany("patients", 120);
    assertThat(touched).hasSize(120);
    JsonNode page =
        caller
            .get("/patients?per_page=100&sort=updated_at&" + q("updated_at:>=2026-03-10T02:00:00Z"))
            .json();
    assertThat(page.get("total_entries").asInt()).isEqualTo(120);
    page.get("patients")
        .forEach(p -> assertThat(p.get("updated_at").asText()).isEqualTo("2026-03-10T02:00:00Z"));
  }

  @Test
  void bookingsMixTheKindsAndFilterByOverlap() {
    JsonNode page =
        caller
            .get(
                "/bookings?per_page=100&"
                    + q("starts_at:<2026-03-20T00:00:00Z", "ends_at:>2026-02-20T00:00:00Z"))
            .json();
    boolean individual = false;
    boolean group = false;
    for (JsonNode booking : page.get("bookings")) {
      individual |= booking.has("patient");
      group |= booking.has("patient_ids");
    }
    assertThat(individual).isTrue();
    assertThat(group).isTrue();
    String patient =
        last(
            live("/individual_appointments?per_page=1", "individual_appointments")
                .at("/patient/links/self")
                .asText());
    assertThat(
            caller
                .get("/bookings?" + q("patient_ids:~" + patient))
                .json()
                .get("total_entries")
                .asInt())
        .isPositive();
  }

  @Test
  void twoAccountsNeverShareARecord() {
    ClinikoAccount other =
        sandbox.cliniko().createAccount("south", 7, 150, ZoneId.of("Australia/Perth"));
    assertThat(other.ids("patients")).doesNotContainAnyElementsOf(account.ids("patients"));
    Caller stranger = Caller.cliniko(sandbox, other.apiKey());
    assertThat(stranger.get("/patients/" + account.ids("patients").getFirst()).status())
        .isEqualTo(404);
  }

  private JsonNode live(String path, String list) {
    return caller.get(path).json().get(list).get(0);
  }

  private static String last(String url) {
    return url.substring(url.lastIndexOf('/') + 1);
  }
}
