package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.halaxy.HalaxyAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Halaxy's quirks, as a client without any mapper of ours meets them. */
class HalaxySimulatorTests {

  private static final Instant NOW = Instant.parse("2026-06-10T02:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");
  private static final String START = "2026-06-21T20:00:00+10:00";

  @TempDir private Path folder;
  private SandboxClock clock;
  private SandboxServer sandbox;
  private HalaxyAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() {
    clock = new SandboxClock();
    clock.freezeAt(NOW);
    sandbox = SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1, folder);
    clinic =
        (HalaxyAccount)
            sandbox.open("halaxy", new EmrSimulator.Opening("Harbour", 5, 60, ZONE, NOW)).clinic();
    caller = Caller.halaxy(sandbox);
    caller.signIn(clinic);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private JsonNode truth() throws Exception {
    return Caller.JSON.readTree(clinic.truth());
  }

  private String id(String type) throws Exception {
    return truth().path(type).get(0).path("id").asText();
  }

  private Caller.Reply get(String path) {
    return caller.get("/main/" + path);
  }

  private void edit(String command) throws Exception {
    JsonNode body = Caller.JSON.readTree(command);
    clinic.exclusively(() -> clinic.edit(body));
  }

  @Test
  void aTokenLivesFifteenMinutesWhateverItSays() {
    assertThat(get("Patient?_count=1").status()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(15));
    Caller.Reply late = get("Patient?_count=1");
    assertThat(late.status()).isEqualTo(401);
    assertThat(late.json().at("/issue/0/code").asText()).isEqualTo("expired");
    caller.headers.put("Authorization", "Bearer nonsense");
    assertThat(get("Patient").json().at("/issue/0/code").asText()).isEqualTo("login");
  }

  @Test
  void theTokenCallTakesJsonAndTheRightSecretOnly() {
    Caller.Reply wrong =
        caller.send(
            "POST",
            "/main/oauth/token",
            "{\"grant_type\":\"client_credentials\",\"client_id\":\"a\",\"client_secret\":\"b\"}");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.json().path("error").asText()).isEqualTo("invalid_client");
    assertThat(caller.send("POST", "/main/oauth/token", "grant_type=client_credentials").status())
        .isEqualTo(400);
  }

  @Test
  void whoDoesNotSayWhoTheyAreIsNotLetIn() {
    caller.headers.put("User-Agent", "curl/8");
    assertThat(get("Patient").status()).isEqualTo(403);
  }

  @Test
  void anEmptyPageHasNoEntryAndTheLastOneNoNext() {
    JsonNode none = get("Patient?family=Nobodyhere").json();
    assertThat(none.has("entry")).isFalse();
    assertThat(none.path("total").asInt()).isZero();
    JsonNode first = get("Patient?_count=50").json();
    assertThat(first.path("entry")).hasSize(50);
    assertThat(first.path("link").findValuesAsText("relation")).contains("next", "last");
    JsonNode second = get("Patient?_count=50&page=2").json();
    assertThat(second.path("link").findValuesAsText("relation")).doesNotContain("next");
    assertThat(second.path("total").asInt()).isEqualTo(50 + second.path("entry").size());
    assertThat(get("Patient?_count=101").status()).isEqualTo(422);
  }

  @Test
  void someFiltersAreIgnoredWithoutAWord() throws Exception {
    int invoices = get("Invoice?_count=1").json().path("total").asInt();
    assertThat(get("Invoice?_count=1&date=ge2090-01-01").json().path("total").asInt())
        .isEqualTo(invoices);
    String patient = id("Patient");
    assertThat(get("Invoice?recipient=" + patient).status()).isEqualTo(422);
    assertThat(get("Invoice?recipient=Patient/" + patient).json().path("total").asInt())
        .isLessThan(invoices);
    String theirs = "Appointment?_count=1&patient=" + patient;
    int all = get("Appointment?_count=1").json().path("total").asInt();
    assertThat(get(theirs).json().path("total").asInt()).isLessThan(all);
    edit("{\"edit\":\"switch\",\"name\":\"ignorePatientFilter\",\"value\":true}");
    assertThat(get(theirs).json().path("total").asInt()).isEqualTo(all);
  }

  private Caller.Reply book(String start, String end) throws Exception {
    String role = id("PractitionerRole");
    return caller.send(
        "POST",
        "/main/Appointment/$book",
        """
        {"resourceType":"Parameters","parameter":[
         {"name":"appt-resource","resource":{"resourceType":"Appointment","start":"%s","end":"%s",
          "participant":[{"actor":{"reference":"PractitionerRole/%s"}}]}},
         {"name":"patient-id","valueReference":{"reference":"/main/Patient/%s"}},
         {"name":"healthcare-service-id","valueReference":{"reference":"HealthcareService/%s"}},
         {"name":"location-type","valueCode":"clinic"},{"name":"status","valueCode":"booked"}]}
        """
            .formatted(start, end, role, id("Patient"), id("HealthcareService")));
  }

  @Test
  void bookingMakesAnInvoiceAndRefusesAnOverlapInStrictMode() throws Exception {
    edit("{\"edit\":\"switch\",\"name\":\"strictBooking\",\"value\":true}");
    int invoices = truth().path("Invoice").size();
    Caller.Reply booked = book(START, "2026-06-21T20:30:00+10:00");
    assertThat(booked.status()).isEqualTo(201);
    assertThat(truth().path("Invoice")).hasSize(invoices + 1);
    Caller.Reply again = book("2026-06-21T20:15:00+10:00", "2026-06-21T20:45:00+10:00");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().at("/issue/0/code").asText()).isEqualTo("conflict");
    assertThat(truth().path("Invoice")).hasSize(invoices + 1);
    edit("{\"edit\":\"switch\",\"name\":\"strictBooking\",\"value\":false}");
    assertThat(book("2026-06-21T20:15:00+10:00", "2026-06-21T20:45:00+10:00").status())
        .isEqualTo(201);
  }

  @Test
  void aMergePatchCancelsOnePatientAndZeroesTheInvoice() throws Exception {
    JsonNode booked = book(START, "2026-06-21T20:30:00+10:00").json();
    String id = booked.path("id").asText();
    String other = truth().path("Patient").get(1).path("id").asText();
    edit("{\"edit\":\"join\",\"id\":\"%s\",\"patient\":\"%s\"}".formatted(id, other));
    Caller.Reply cancelled =
        caller.send(
            "PATCH",
            "/main/Appointment/" + id,
            """
            {"participant":[{"actor":{"reference":"Patient/%s"},"modifierExtension":[
             {"url":"https://terminology.halaxy.com/StructureDefinition/appointment-participant-status",
              "valueCoding":{"code":"cancelled (no charge)"}}]}]}
            """
                .formatted(id("Patient")));
    assertThat(cancelled.status()).isEqualTo(200);
    JsonNode participants = cancelled.json().path("participant");
    assertThat(participants.get(1).toString()).contains("cancelled (no charge)");
    assertThat(participants.get(2).toString()).contains("\"booked\"").contains(other);
    String invoice = participants.get(1).at("/extension/0/valueReference/reference").asText();
    JsonNode row = get("Invoice/" + invoice.substring(invoice.lastIndexOf('/') + 1)).json();
    assertThat(row.at("/totalBalance/value").decimalValue()).isZero();
    assertThat(
            caller
                .send("PATCH", "/main/Appointment/" + id, "{\"end\":\"2026-06-21T19:00:00+10:00\"}")
                .status())
        .isEqualTo(422);
  }

  @Test
  void nothingIsDeletedAndAPutErasesWhatIsLeftOut() throws Exception {
    String patient = "/main/Patient/" + id("Patient");
    Caller.Reply deleted = caller.send("DELETE", patient, null);
    assertThat(deleted.status()).isEqualTo(405);
    assertThat(deleted.text()).isEmpty();
    String name = "{\"name\":[{\"family\":\"Kept\",\"given\":[\"Ann\"]}]";
    Caller.Reply patched =
        caller.send("PATCH", patient, name + ",\"identifier\":[{\"value\":\"1\"}]}");
    assertThat(patched.json().has("address")).isTrue();
    assertThat(patched.json().has("identifier")).isFalse();
    assertThat(caller.send("PUT", patient, name + "}").json().has("address")).isFalse();
    assertThat(caller.send("POST", "/main/Patient", "{\"name\":[]}").status()).isEqualTo(422);
  }

  @Test
  void findWantsItsThreeParametersAndKeepsClearOfBlocks() throws Exception {
    assertThat(get("Appointment/$find?start=2026-06-15T00:00:00Z").status()).isEqualTo(422);
    String role = id("PractitionerRole");
    String day =
        "Appointment/$find?duration=30&practitioner-role=%s&start=%s&end=%s"
            .formatted(role, "2026-06-15T00:00:00%2B10:00", "2026-06-16T00:00:00%2B10:00");
    JsonNode open = get(day).json();
    assertThat(open.path("entry")).isNotEmpty();
    assertThat(open.findValuesAsText("start"))
        .noneMatch(start -> start.startsWith("2026-06-15T12:00"))
        .allMatch(start -> start.startsWith("2026-06-15T"));
    assertThat(get(day + "&show=first-available").json().path("entry")).hasSize(1);
    assertThat(get(day + "&apply-buffer-time=true").json().path("total").asInt())
        .isLessThanOrEqualTo(open.path("total").asInt());
  }

  @Test
  void fiveHundredCallsAMinuteAndNotOneMore() {
    for (int i = 0; i < 500; i++) {
      assertThat(get("HealthcareService?_count=1").status()).isEqualTo(200);
    }
    Caller.Reply refused = get("HealthcareService?_count=1");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().firstValue("x-ratelimit-remaining")).contains("0");
    long wait = Long.parseLong(refused.headers().firstValue("retry-after").orElseThrow());
    clock.advance(Duration.ofSeconds(wait));
    assertThat(get("HealthcareService?_count=1").status()).isEqualTo(200);
  }

  @Test
  void whatWasWrittenIsThereAgainAndATokenGoesOn() throws Exception {
    book(START, "2026-06-21T20:30:00+10:00");
    caller.send("POST", "/main/Patient", "{\"name\":[{\"family\":\"Kept\",\"given\":[\"Ann\"]}]}");
    String before = clinic.truth();
    String token = caller.headers.get("Authorization");
    sandbox.close();
    start();
    clock.freezeAt(NOW);
    caller.headers.put("Authorization", token);
    assertThat(clinic.truth()).isEqualTo(before).contains("Kept");
    assertThat(get("Patient?family=Kept").json().path("total").asInt()).isEqualTo(1);
  }
}
