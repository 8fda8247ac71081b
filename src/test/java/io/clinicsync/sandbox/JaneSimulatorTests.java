package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.jane.JaneAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jane's quirks, as a client without any mapper of ours meets them. */
class JaneSimulatorTests {

  private static final Instant NOW = Instant.parse("2026-06-10T16:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("America/Vancouver");

  @TempDir private Path folder;
  private SandboxClock clock;
  private SandboxServer sandbox;
  private JaneAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() {
    clock = new SandboxClock();
    clock.freezeAt(NOW);
    sandbox = SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1, folder);
    clinic =
        (JaneAccount)
            sandbox.open("jane", new EmrSimulator.Opening("Harbour", 5, 60, ZONE, NOW)).clinic();
    caller = Caller.jane(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private JsonNode truth() throws Exception {
    return Caller.JSON.readTree(clinic.truth());
  }

  private Map<String, String> web() {
    return clinic.credentials().get("web");
  }

  private Map<String, String> api() {
    return clinic.credentials().get("api");
  }

  /** Keeps the newest cookie, as a browser does. */
  private Caller.Reply browse(String method, String path, String body) {
    Caller.Reply reply = caller.send(method, path, body);
    reply
        .headers()
        .firstValue("Set-Cookie")
        .ifPresent(cookie -> caller.headers.put("Cookie", cookie.split(";")[0]));
    return reply;
  }

  private static String between(String text, String before, String after) {
    int from = text.indexOf(before) + before.length();
    return text.substring(from, text.indexOf(after, from));
  }

  private Caller.Reply form(String password) {
    String page = browse("GET", "/admin", null).text();
    String token = between(page, "authenticity_token\" value=\"", "\"");
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    Caller.Reply reply =
        browse(
            "POST",
            "/auth/identity/callback",
            "authenticity_token="
                + token
                + "&auth_key="
                + web().get("username").replace("@", "%40")
                + "&password="
                + password);
    caller.headers.put("Content-Type", "application/json");
    return reply;
  }

  private void signIn() {
    assertThat(form(web().get("password")).headers().firstValue("Location")).contains("/admin");
    String token = between(browse("GET", "/admin", null).text(), "csrf-token\" content=\"", "\"");
    caller.headers.put("X-CSRF-Token", token);
  }

  private String token(String grant) {
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    Caller.Reply reply =
        caller.send(
            "POST",
            "/login/realms/jane_partner_sandbox/protocol/openid-connect/token",
            grant
                + "&client_id="
                + api().get("clientId")
                + "&client_secret="
                + api().get("clientSecret"));
    caller.headers.put("Content-Type", "application/json");
    caller.headers.put("Authorization", "Bearer " + reply.json().path("access_token").asText());
    return reply.status() == 200 ? reply.json().path("refresh_token").asText() : reply.text();
  }

  /** Without PKCE there is no code; its S256 is that of the verifier in RFC 7636. */
  private String consent() {
    String asked =
        "/login/realms/jane_partner_sandbox/protocol/openid-connect/auth?response_type=code"
            + "&client_id="
            + api().get("clientId")
            + "&redirect_uri=https%3A%2F%2Fx.example%2Fback&state=s1&code_challenge_method=S256"
            + "&resource=https%3A%2F%2Fharbour.janeapp.com";
    String without =
        caller.send("POST", asked, "allow=yes").headers().firstValue("Location").orElseThrow();
    assertThat(without).contains("error=invalid_request");
    String to =
        caller
            .send(
                "POST",
                asked + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                "allow=yes")
            .headers()
            .firstValue("Location")
            .orElseThrow();
    return token(
        "grant_type=authorization_code&redirect_uri=https%3A%2F%2Fx.example%2Fback"
            + "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&code="
            + between(to + "&", "&code=", "&"));
  }

  @Test
  void everyPatientOfAWorldShowsHowOftenTheyStandInTheDiary() throws Exception {
    Map<String, Integer> standing = new HashMap<>();
    for (JsonNode row : truth().path("appointments")) {
      if (!row.hasNonNull("archived_at") && !row.path("state").asText().equals("never_booked")) {
        standing.merge(row.path("patient_id").asText(), 1, Integer::sum);
      }
    }
    assertThat(standing.values()).anyMatch(count -> count > 1);
    for (JsonNode patient : truth().path("patients")) {
      assertThat(patient.path("appointments_count").asInt(-1))
          .isEqualTo(standing.getOrDefault(patient.path("id").asText(), 0));
    }
  }

  @Test
  void theApiPagesByCursorAndRefusesOddQuestions() throws Exception {
    consent();
    Set<String> ids = new HashSet<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      JsonNode page =
          caller
              .get(
                  "/api/2026-01-01/patients?sort=updated_at&page%5Blimit%5D=25"
                      + (cursor.isEmpty() ? "" : "&page%5Bcursor%5D=" + cursor))
              .json();
      page.path("items").forEach(row -> assertThat(ids.add(row.path("id").asText())).isTrue());
      cursor = page.path("hasNextPage").asBoolean() ? page.path("cursor").asText() : null;
      pages++;
    }
    assertThat(ids).hasSize(truth().path("patients").size());
    assertThat(pages).isEqualTo(3);
    for (String odd :
        new String[] {"page%5Blimit%5D=1001", "page%5Bcursor%5D=x", "status%5Beq%5D=active"}) {
      assertThat(caller.get("/api/2026-01-01/patients?" + odd).status()).as(odd).isEqualTo(400);
    }
    assertThat(caller.get("/api/2026-01-01/openings").status()).isEqualTo(404);
  }

  @Test
  void tokensEndWhenTheySayAndARefreshTokenWorksOnce() {
    String refresh = consent();
    assertThat(caller.get("/api/2026-01-01/company").status()).isEqualTo(200);
    clock.advance(Duration.ofSeconds(300));
    assertThat(caller.get("/api/2026-01-01/company").status()).isEqualTo(401);
    String next = token("grant_type=refresh_token&refresh_token=" + refresh);
    assertThat(caller.get("/api/2026-01-01/company").status()).isEqualTo(200);
    assertThat(token("grant_type=refresh_token&refresh_token=" + refresh))
        .contains("invalid_grant");
    clock.advance(Duration.ofSeconds(1800));
    assertThat(token("grant_type=refresh_token&refresh_token=" + next)).contains("invalid_grant");
  }

  @Test
  void theHundredAndFirstCallOfAMinuteWaits() {
    consent();
    for (int i = 0; i < 100; i++) {
      assertThat(caller.get("/api/2026-01-01/company").status()).isEqualTo(200);
    }
    Caller.Reply refused = caller.get("/api/2026-01-01/company");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("60");
    assertThat(refused.headers().firstValue("X-Throttle-Match")).contains("endpoint");
    assertThat(caller.get("/api/2026-01-01/locations").status()).isEqualTo(200);
  }

  @Test
  void theWebWantsASessionItsNewestCookieAndItsToken() throws Exception {
    assertThat(caller.get("/admin/api/v2/staff_members").status()).isEqualTo(401);
    assertThat(caller.get("/api/v2/locations").status()).isEqualTo(403);
    assertThat(form("wrong").headers().firstValue("Location")).contains("/auth/failure");
    signIn();
    clinic.edit(
        Caller.JSON.readTree("{\"edit\":\"switch\",\"name\":\"strictCookies\",\"value\":true}"));
    String old = caller.headers.get("Cookie");
    assertThat(browse("GET", "/admin/api/v2/staff_members", null).status()).isEqualTo(200);
    String fresh = caller.headers.put("Cookie", old);
    assertThat(caller.get("/admin/api/v2/staff_members").status()).isEqualTo(401);
    caller.headers.put("Cookie", fresh);
    String good = caller.headers.remove("X-CSRF-Token");
    String person = "{\"patient\":{\"first_name\":\"Ann\",\"last_name\":\"Example\"}}";
    assertThat(browse("POST", "/admin/api/v2/patients", person).status()).isEqualTo(422);
    caller.headers.put("X-CSRF-Token", good);
    assertThat(browse("POST", "/admin/api/v2/patients", person).status()).isEqualTo(201);
    assertThat(browse("POST", "/admin/api/v2/patients", "{\"patient\":{}}").json().path("errors"))
        .isNotEmpty();
  }

  private void flip(String name) throws Exception {
    clinic.edit(
        Caller.JSON.readTree(
            "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":true}".formatted(name)));
  }

  @Test
  void staffMayPutTwoPeopleIntoOneTime() throws Exception {
    signIn();
    JsonNode staff = truth().path("staff_members").get(0);
    String treatment = staff.path("all_treatment_ids").get(0).asText();
    for (int i = 0; i < 2; i++) {
      assertThat(book(reserve(staff), truth().path("patients").get(i), treatment).status())
          .isEqualTo(200);
    }
  }

  @Test
  void aCancellationWantsAReasonAndMayBeAnsweredWithNothing() throws Exception {
    signIn();
    flip("bareCancellations");
    JsonNode staff = truth().path("staff_members").get(0);
    String id = reserve(staff);
    String reason =
        "{\"cancelled_reason\":\"Away\",\"with_notifications\":true,\"send_wlns\":false}";
    String path = "/admin/api/v2/appointments/" + id;
    assertThat(browse("DELETE", path, reason).status()).as("only held").isEqualTo(422);
    book(id, truth().path("patients").get(0), staff.path("all_treatment_ids").get(0).asText());
    assertThat(browse("DELETE", path, "{\"send_wlns\":true}").status()).isEqualTo(422);
    assertThat(browse("DELETE", path, reason).status()).isEqualTo(204);
    assertThat(one(id).path("state").asText()).isEqualTo("cancelled");
    assertThat(one(id).has("_told_patient")).isFalse();
  }

  @Test
  void bookingTakesTwoStepsAndOneTimeOnlyOnce() throws Exception {
    signIn();
    flip("refusesOverlaps");
    JsonNode staff = truth().path("staff_members").get(0);
    JsonNode patient = truth().path("patients").get(0);
    String treatment = staff.path("all_treatment_ids").get(0).asText();
    String first = reserve(staff);
    String second = reserve(staff);
    String third = reserve(staff);
    assertThat(book(first, patient, treatment).text()).contains("\"state\":\"booked\"");
    assertThat(book(second, patient, treatment).status()).isEqualTo(422);
    assertThat(browse("DELETE", "/admin/api/v2/appointments/" + second, null).status())
        .isEqualTo(204);
    clock.advance(Duration.ofMinutes(10));
    assertThat(book(third, patient, treatment).status()).isEqualTo(404);
    assertThat(one(third).path("state").asText()).isEqualTo("never_booked");
    String reason = "{\"cancelled_reason\":\"Away\",\"with_notifications\":true}";
    assertThat(browse("DELETE", "/admin/api/v2/appointments/" + first, null).status())
        .isEqualTo(422);
    assertThat(browse("DELETE", "/admin/api/v2/appointments/" + first, reason).status())
        .isEqualTo(200);
    assertThat(browse("DELETE", "/admin/api/v2/appointments/" + first, reason).status())
        .isEqualTo(422);
    assertThat(one(first).path("cancelled_at").isNull()).isFalse();
  }

  private JsonNode one(String id) {
    return browse("GET", "/admin/api/v3/appointments/" + id, null).json().path("appointment");
  }

  private String reserve(JsonNode staff) {
    return browse(
            "POST",
            "/admin/api/v2/appointments",
            "{\"appointment\":{\"location_id\":%s,\"staff_member_id\":%s,\"start_at\":\"%s\",\"end_at\":\"%s\",\"break\":false},\"book\":false}"
                .formatted(
                    staff.path("location_ids").get(0),
                    staff.path("id"),
                    "2026-06-17T06:00:00-07:00",
                    "2026-06-17T06:30:00-07:00"))
        .json()
        .path("id")
        .asText();
  }

  private Caller.Reply book(String id, JsonNode patient, String treatment) {
    return browse(
        "PUT",
        "/admin/api/v3/appointments/" + id + "/book",
        "{\"book\":true,\"appointment\":{\"patient_id\":%s,\"treatment_id\":%s}}"
            .formatted(patient.path("id"), treatment));
  }

  @Test
  void calendarAndOpeningsSpanSevenDaysAtMost() throws Exception {
    signIn();
    String at = truth().path("locations").get(0).path("id").asText();
    String calendar = "/admin/api/v2/calendar?location_id=" + at + "&start_date=2026-06-10";
    assertThat(browse("GET", calendar + "&end_date=2026-06-16", null).status()).isEqualTo(200);
    assertThat(browse("GET", calendar + "&end_date=2026-06-17", null).status()).isEqualTo(422);
    JsonNode staff = truth().path("staff_members").get(0);
    String openings =
        "/api/v2/openings?location_id="
            + at
            + "&staff_member_id="
            + staff.path("id").asText()
            + "&treatment_id="
            + staff.path("all_treatment_ids").get(0).asText()
            + "&start_date=2026-06-11&num_days=";
    assertThat(browse("GET", openings + "7", null).json().at("/0/openings")).isNotEmpty();
    assertThat(browse("GET", openings + "8", null).status()).isEqualTo(422);
  }

  @Test
  void whatWasWrittenIsThereAgainAndAGrantGoesOn() throws Exception {
    signIn();
    browse(
        "POST",
        "/admin/api/v2/patients",
        "{\"patient\":{\"first_name\":\"Ann\",\"last_name\":\"Kept\"}}");
    JsonNode staff = truth().path("staff_members").get(0);
    book(
        reserve(staff),
        truth().path("patients").get(0),
        staff.path("all_treatment_ids").get(0).asText());
    String before = clinic.truth();
    String refresh = consent();
    sandbox.close();
    start();
    clock.freezeAt(NOW);
    assertThat(clinic.truth()).isEqualTo(before).contains("Kept");
    assertThat(token("grant_type=refresh_token&refresh_token=" + refresh)).startsWith("eyJ");
  }
}
