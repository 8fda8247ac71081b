package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.simplepractice.SimplePracticeAccount;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SimplePractice's quirks, as a client without any mapper of ours meets them. */
class SimplePracticeSimulatorTests {

  private static final Instant NOW = Instant.parse("2026-06-10T16:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");

  @TempDir private Path folder;
  private SandboxClock clock;
  private SandboxServer sandbox;
  private SimplePracticeAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() {
    clock = new SandboxClock();
    clock.freezeAt(NOW);
    sandbox = SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1, folder);
    clinic =
        (SimplePracticeAccount)
            sandbox
                .open("simplepractice", new EmrSimulator.Opening("Harbour", 5, 60, ZONE, NOW))
                .clinic();
    caller = Caller.simplePractice(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private JsonNode truth() throws Exception {
    return Caller.JSON.readTree(clinic.truth());
  }

  private static String between(String text, String before, String after) {
    int from = text.indexOf(before) + before.length();
    return text.substring(from, text.indexOf(after, from));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Caller.Reply browse(String method, String path, String body) {
    Caller.Reply reply = caller.send(method, path, body);
    reply
        .headers()
        .firstValue("Set-Cookie")
        .ifPresent(cookie -> caller.headers.put("Cookie", cookie.split(";")[0]));
    return reply;
  }

  private Caller.Reply password(String password) {
    caller.headers.remove("Cookie");
    String page = browse("GET", "/account/saml/auth?SAMLRequest=x", null).text();
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    return browse(
        "POST",
        "/account/",
        "authenticity_token="
            + between(page, "authenticity_token\" value=\"", "\"")
            + "&user%5Bemail%5D="
            + encoded(clinic.credentials().get("web").get("username"))
            + "&user%5Bpassword%5D="
            + password);
  }

  private void signIn() {
    String passing = password(clinic.credentials().get("web").get("password")).text();
    String assertion = between(passing, "SAMLResponse\" value=\"", "\"");
    assertThat(browse("POST", "/saml/consume", "SAMLResponse=" + assertion).status())
        .isEqualTo(302);
    assertThat(caller.send("POST", "/saml/consume", "SAMLResponse=" + assertion).status())
        .as("an assertion is good once")
        .isEqualTo(403);
    caller.headers.put("Content-Type", "application/vnd.api+json");
    String home = browse("GET", "/calendar/appointments", null).text();
    caller.headers.put("X-CSRF-Token", between(home, "csrf-token\" content=\"", "\""));
  }

  private static String range(String from, String to) {
    return "/frontend/appointments?filter%5BtimeRange%5D=" + encoded(from + "," + to);
  }

  private void flip(String name, String value) throws Exception {
    clinic.edit(
        Caller.JSON.readTree(
            "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":%s}".formatted(name, value)));
  }

  @Test
  void aSessionIsLostInFourWaysAndFiveBadPasswordsLock() throws Exception {
    Caller.Reply lost = caller.get("/frontend/team-members");
    assertThat(lost.status()).isEqualTo(302);
    assertThat(lost.headers().firstValue("Location").orElseThrow())
        .startsWith("/simplepractice/account/saml/auth?SAMLRequest=");
    flip("signedOut", "\"page\"");
    assertThat(caller.get("/frontend/team-members").text()).contains("<html>");
    flip("signedOut", "\"forbidden\"");
    assertThat(caller.get("/frontend/team-members").status()).isEqualTo(403);
    signIn();
    assertThat(caller.get("/frontend/team-members").status()).isEqualTo(200);
    clock.advance(Duration.ofHours(13));
    assertThat(caller.get("/frontend/team-members").status()).isEqualTo(403);
    for (int i = 0; i < 5; i++) {
      assertThat(password("wrong").text()).contains("Invalid email or password");
    }
    assertThat(password(clinic.credentials().get("web").get("password")).text()).contains("locked");
  }

  @Test
  void pagesHoldFiftyAndFieldsAndWindowsAreWatched() throws Exception {
    signIn();
    String list =
        "/frontend/base-clients?filter%5BthisType%5D=Client,ClientCouple&page%5Bsize%5D=200"
            + "&include=clientBillingOverview&page%5Bnumber%5D=";
    Set<String> ids = new HashSet<>();
    JsonNode first = caller.get(list + "1").json();
    first.path("data").forEach(row -> ids.add(row.path("id").asText()));
    assertThat(ids).hasSize(50);
    assertThat(first.at("/included/0/attributes/totalPaid").isTextual()).isTrue();
    caller.get(list + "2").json().path("data").forEach(row -> ids.add(row.path("id").asText()));
    assertThat(ids).hasSize(truth().path("clients").size());
    assertThat(caller.get(list + "3").json().path("data")).isEmpty();

    String from = "2026-03-01T00:00:00-08:00";
    assertThat(caller.get(range(from, "2026-06-02T00:00:00-07:00")).status()).isEqualTo(400);
    JsonNode plain = caller.get(range(from, "2026-05-30T00:00:00-07:00")).json();
    assertThat(plain.at("/data/0/relationships/clinician").isMissingNode()).isTrue();
    assertThat(plain.findValuesAsText("type"))
        .contains("appointments", "nonClientAppointments", "clientCouples");
    Caller.Reply odd =
        caller.get(range(from, "2026-05-30T00:00:00-07:00") + "&fields%5Bappointments%5D=isBusy");
    assertThat(odd.status()).isEqualTo(400);
    assertThat(odd.text()).contains("Invalid field");
  }

  @Test
  void tooManyCallsAreRefused() {
    signIn();
    for (int i = 0; i < 120; i++) {
      assertThat(caller.get("/frontend/environment").status()).isEqualTo(200);
    }
    Caller.Reply refused = caller.get("/frontend/environment");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("30");
  }

  private String booking(String start, String end) throws Exception {
    return """
        {"data":{"type":"appointments","attributes":{"startTime":"%s","endTime":"%s",
        "attendanceStatus":"Show","cptCodes":[{"id":"%s"}]},"relationships":{
        "client":{"data":{"type":"clients","id":"%s"}},
        "clinician":{"data":{"type":"clinicians","id":"%s"}},
        "office":{"data":{"type":"offices","id":"%s"}}}}}"""
        .formatted(
            start,
            end,
            truth().at("/cptCodes/0/id").asText(),
            truth().at("/clients/0/id").asText(),
            truth().at("/teamMembers/0/id").asText(),
            truth().at("/offices/0/id").asText());
  }

  @Test
  void bookingTwiceWorksUnlessItIsForbiddenAndDeletingLeavesNothing() throws Exception {
    signIn();
    String body = booking("2026-07-15T05:00:00-07:00", "2026-07-15T05:45:00-07:00");
    String token = caller.headers.put("X-CSRF-Token", "stale");
    assertThat(caller.send("POST", "/frontend/appointments", body).text())
        .contains("Invalid authenticity token");
    caller.headers.put("X-CSRF-Token", token);
    Caller.Reply booked = caller.send("POST", "/frontend/appointments", body);
    assertThat(booked.status()).isEqualTo(201);
    assertThat(caller.send("POST", "/frontend/appointments", body).status()).isEqualTo(201);
    flip("refuseDoubleBooking", "true");
    assertThat(caller.send("POST", "/frontend/appointments", body).status()).isEqualTo(422);
    String one = "/frontend/appointments/" + booked.json().at("/data/id").asText();
    assertThat(
            caller
                .send(
                    "PATCH", one, "{\"data\":{\"attributes\":{\"attendanceStatus\":\"Perhaps\"}}}")
                .status())
        .isEqualTo(422);
    assertThat(
            caller
                .send(
                    "PATCH", one, "{\"data\":{\"attributes\":{\"attendanceStatus\":\"Canceled\"}}}")
                .json()
                .at("/data/attributes/attendanceStatus")
                .asText())
        .isEqualTo("Cancelled");
    String elsewhere = truth().at("/teamMembers/1/id").asText();
    String move =
        """
        {"data":{"attributes":{"startTime":"2026-07-16T05:00:00-07:00",
        "endTime":"2026-07-16T05:45:00-07:00"},
        "relationships":{"clinician":{"data":{"type":"clinicians","id":"%s"}}}}}""";
    assertThat(
            caller
                .send("PATCH", one, move.formatted(elsewhere))
                .json()
                .at("/data/relationships/clinician/data/id")
                .asText())
        .isEqualTo(elsewhere);
    assertThat(caller.send("PATCH", one, move.formatted("999")).status()).isEqualTo(422);
    String couple = body.replace("\"type\":\"clients\"", "\"type\":\"clientCouples\"");
    assertThat(couple).isNotEqualTo(body);
    assertThat(caller.send("POST", "/frontend/appointments", couple).text())
        .contains("client must exist");
    assertThat(caller.send("DELETE", one, null).status()).isEqualTo(204);
    assertThat(caller.send("DELETE", one, null).status()).isEqualTo(404);
    assertThat(caller.get(one).status()).isEqualTo(404);
  }

  @Test
  void thePortalWantsItsHeadersAndNeverSaysNotFound() throws Exception {
    String portal = "/portal/" + clinic.credentials().get("web").get("slug");
    String codes =
        portal
            + "/client-portal-api/cpt-codes?filter%5BclinicianId%5D="
            + truth().at("/teamMembers/0/id").asText();
    assertThat(caller.get(codes).status()).isEqualTo(400);
    caller.headers.putAll(Map.of("Application-Build-Version", "1", "Application-Platform", "web"));
    JsonNode first = caller.get(codes).json().at("/data/0/attributes");
    assertThat(first.path("rate").isTextual()).isTrue();
    assertThat(first.has("code")).isFalse();
    Caller.Reply unknown = caller.get(portal + "/client-portal-api/nothing");
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(unknown.text()).contains("<html>");
  }

  @Test
  void whatWasWrittenIsThereAgain() throws Exception {
    signIn();
    caller.send(
        "POST",
        "/frontend/clients",
        "{\"data\":{\"attributes\":{\"firstName\":\"Ann\",\"lastName\":\"Kept\"}}}");
    caller.send(
        "POST",
        "/frontend/appointments",
        booking("2026-07-15T05:00:00-07:00", "2026-07-15T05:45:00-07:00"));
    String before = clinic.truth();
    assertThat(before).contains("Kept");
    sandbox.close();
    start();
    clock.freezeAt(NOW);
    assertThat(clinic.truth()).isEqualTo(before);
    signIn();
    assertThat(caller.get("/frontend/team-members").status()).isEqualTo(200);
  }
}
