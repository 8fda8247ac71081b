package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.clinicsync.sandbox.practicebetter.PracticeBetterAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Practice Better's quirks, as a client without any mapper of ours meets them. */
class PracticeBetterSimulatorTests {

  private static final Instant NOW = Instant.parse("2026-06-10T16:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("America/New_York");

  @TempDir private Path folder;
  private SandboxClock clock;
  private SandboxServer sandbox;
  private PracticeBetterAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() {
    clock = new SandboxClock();
    clock.freezeAt(NOW);
    open();
  }

  private void open() {
    sandbox = SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1, folder);
    clinic =
        (PracticeBetterAccount)
            sandbox
                .open("practicebetter", new EmrSimulator.Opening("Grove", 5, 60, ZONE, NOW))
                .clinic();
    caller = Caller.emr(sandbox, "practicebetter");
    signIn();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private void signIn() {
    caller.headers.clear();
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    Map<String, String> typed = clinic.credentials().get("client-credentials");
    JsonNode token =
        caller
            .send(
                "POST",
                "/oauth2/token",
                "client_id=%s&client_secret=%s"
                    .formatted(typed.get("clientId"), typed.get("clientSecret")))
            .json();
    caller.headers.put("Content-Type", "application/json");
    caller.headers.put("Authorization", "Bearer " + token.path("access_token").asText());
  }

  private JsonNode truth() throws IOException {
    return Caller.JSON.readTree(clinic.truth());
  }

  private void flip(String name, String value) throws IOException {
    JsonNode command =
        Caller.JSON.readTree(
            "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":%s}".formatted(name, value));
    clinic.exclusively(() -> clinic.edit(command));
  }

  private String booking(String date, long duration) throws IOException {
    return Caller.JSON
        .createObjectNode()
        .put("clientRecordId", truth().at("/records/0/id").asText())
        .put("serviceId", truth().at("/services/0/id").asText())
        .put("serviceType", "face")
        .put("sessionDate", date)
        .put("duration", duration)
        .toString();
  }

  @Test
  void tokensEndAfterAnHourAndWrongOnesAreRefused() {
    assertThat(caller.get("/timezones").status()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(61));
    assertThat(caller.get("/timezones").status()).isEqualTo(401);
    assertThat(caller.send("POST", "/oauth2/token", "client_id=a&client_secret=b").status())
        .isEqualTo(401);
  }

  @Test
  void walkingBackByIdMeetsEveryRecordOnceWhileNewOnesCome() throws IOException {
    Set<String> before = new HashSet<>();
    truth().path("records").forEach(row -> before.add(row.path("id").asText()));
    List<String> met = new ArrayList<>();
    String path = "/consultant/records?details=true&limit=7";
    JsonNode page = caller.get(path).json();
    while (true) {
      page.path("items").forEach(row -> met.add(row.path("id").asText()));
      if (!page.path("hasMore").asBoolean()) {
        break;
      }
      clinic.edits().createPatient(Map.of("firstName", "New", "lastName", "Comer"));
      clock.advance(Duration.ofSeconds(2));
      page = caller.get(path + "&before_id=" + met.getLast()).json();
    }
    assertThat(met).doesNotHaveDuplicates().hasSameElementsAs(before);
    assertThat(caller.get(path + "&before_id=gone").status()).isEqualTo(400);
    assertThat(caller.get("/consultant/records?limit=101").status()).isEqualTo(400);
  }

  @Test
  void namesAreAllThatIsShownWithoutDetails() {
    JsonNode bare = caller.get("/consultant/records?limit=1").json().at("/items/0/profile");
    JsonNode full =
        caller.get("/consultant/records?limit=1&details=true").json().at("/items/0/profile");
    assertThat(bare.has("firstName")).isTrue();
    assertThat(bare.has("address")).isFalse();
    assertThat(full.has("address")).isTrue();
  }

  @Test
  void twentyCallsAtOnceAreFineAndTheNextOneWaits() {
    for (int i = 0; i < 20; i++) {
      assertThat(caller.get("/timezones").status()).isEqualTo(200);
    }
    Caller.Reply refused = caller.get("/timezones");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("4");
    clock.advance(Duration.ofSeconds(4));
    assertThat(caller.get("/timezones").status()).isEqualTo(200);
  }

  @Test
  void aClashIsRefusedUnlessIgnoredAndCancellingTwiceSucceeds() throws IOException {
    String body = booking("2027-01-04T15:00:00Z", 30);
    Caller.Reply first = caller.send("POST", "/consultant/sessions", body);
    assertThat(first.json().path("sessionDate").asText()).isEqualTo("2027-01-04T15:00:00Z");
    assertThat(first.json().path("endDate").asText()).isEqualTo("2027-01-04T15:30:00Z");
    assertThat(caller.send("POST", "/consultant/sessions", body).status()).isEqualTo(409);
    String forced = body.replace("{", "{\"ignoreConflict\":true,");
    assertThat(caller.send("POST", "/consultant/sessions", forced).status()).isEqualTo(200);
    String cancel = "/consultant/sessions/" + first.json().path("id").asText() + "/cancel";
    assertThat(caller.send("POST", cancel, "{\"notify\":false}").status()).isEqualTo(202);
    assertThat(caller.send("POST", cancel, "{\"notify\":false}").text()).isEmpty();
  }

  @Test
  void inWallModeTheZoneIsIgnoredAndAnOffsetKills() throws IOException {
    flip("wall", "true");
    Caller.Reply shifted =
        caller.send("POST", "/consultant/sessions", booking("2027-01-04T15:00:00Z", 30));
    assertThat(shifted.json().path("sessionDate").asText()).isEqualTo("2027-01-04T20:00:00Z");
    assertThat(
            caller
                .send("POST", "/consultant/sessions", booking("2027-01-05T15:00:00-05:00", 30))
                .status())
        .isEqualTo(500);
    flip("seconds", "true");
    Caller.Reply short30 =
        caller.send("POST", "/consultant/sessions", booking("2027-01-06T15:00:00", 1800));
    assertThat(short30.json().path("endDate").asText()).isEqualTo("2027-01-06T20:30:00Z");
    assertThat(short30.json().path("duration").asInt()).isEqualTo(1800);
    String date = "/consultant/sessions/" + short30.json().path("id").asText() + "/date";
    Caller.Reply moved =
        caller.send("PUT", date, "{\"sessionDate\":\"2027-01-07T09:00:00\",\"duration\":1800}");
    assertThat(moved.json().path("sessionDate").asText()).isEqualTo("2027-01-07T14:00:00Z");
  }

  @Test
  void slotsCoverTheHorizonAndLoseWhatIsBooked() throws IOException {
    String asked =
        "/consultant/availability/slots?as_consultant=%s&serviceId=%s&type=face&day=2026-06-15T00:00:00"
            .formatted(truth().at("/members/0/id").asText(), truth().at("/services/0/id").asText());
    JsonNode day = caller.get(asked).json();
    assertThat(day)
        .isNotEmpty()
        .allMatch(slot -> slot.path("startDate").asText().startsWith("2026-06-15"));
    flip("horizon", "14");
    assertThat(caller.get(asked).json().size()).isGreaterThan(day.size() * 5);
    String start = day.get(0).path("startDate").asText();
    caller.send("POST", "/consultant/sessions", booking(start, 45));
    assertThat(caller.get(asked).json())
        .noneMatch(slot -> slot.path("startDate").asText().equals(start));
    assertThat(caller.get(asked.replace("06-15", "06-14")).status()).isEqualTo(200);
    flip("horizon", "1");
    assertThat(caller.get(asked.replace("06-15", "06-14")).status()).isEqualTo(204);
  }

  @Test
  void duplicatesAndMissingRightsAnswerAsSwitched() throws IOException {
    String known = "";
    for (JsonNode row : truth().path("records")) {
      known = row.at("/profile/emailAddress").asText(known);
    }
    String body =
        "{\"profile\":{\"firstName\":\"A\",\"lastName\":\"B\",\"emailAddress\":\"%s\"}}"
            .formatted(known);
    for (int status : List.of(409, 400, 500)) {
      flip("duplicateAs", Integer.toString(status));
      assertThat(caller.send("POST", "/consultant/records", body).status()).isEqualTo(status);
    }
    flip("teamHidden", "true");
    assertThat(caller.get("/company/administration/members").status()).isEqualTo(461);
    assertThat(caller.get("/consultant/profile").status()).isEqualTo(200);
  }

  @Test
  void aSubscriptionStandsOnlyAfterItsHandshakeAndTellsItsSecretOnce() throws IOException {
    HttpServer receiver = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    List<String> heard = new ArrayList<>();
    receiver.createContext(
        "/",
        exchange -> {
          String query = String.valueOf(exchange.getRequestURI().getRawQuery());
          heard.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestHeaders().getFirst("PB-Signature"));
          String challenge = query.replaceAll(".*challenge=([^&]*).*", "$1");
          byte[] answer =
              "{\"challenge\":\"%s\",\"timestamp\":1}"
                  .formatted(query.contains("token=good") ? challenge : "no")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    receiver.start();
    try {
      String address = "http://localhost:" + receiver.getAddress().getPort() + "/hook";
      String body =
          "{\"endpointUrl\":\"%s\",\"eventTypes\":[\"session.updated\"],\"verificationToken\":\"%s\"}";
      assertThat(
              caller
                  .send("POST", "/webhooks/subscription", body.formatted(address, "bad"))
                  .status())
          .isEqualTo(400);
      JsonNode made =
          caller.send("POST", "/webhooks/subscription", body.formatted(address, "good")).json();
      assertThat(made.path("plaintextSigningSecret").asText()).isNotEmpty();
      assertThat(caller.get("/webhooks/subscription").json().at("/items/0").properties())
          .noneMatch(member -> member.getKey().toLowerCase().contains("secret"));
      JsonNode command =
          Caller.JSON.readTree(
              "{\"edit\":\"deliver\",\"id\":\"1\",\"to\":\"%s\"}".formatted(address));
      assertThat(clinic.exclusively(() -> clinic.edit(command))).contains("200");
      assertThat(heard.getLast()).startsWith("POST t=").contains(",v1=");
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void aRestartedSandboxStandsWhereItStood() throws IOException {
    caller.send("POST", "/consultant/sessions", booking("2027-01-04T15:00:00Z", 30));
    caller.send(
        "POST",
        "/consultant/records",
        "{\"profile\":{\"firstName\":\"A\",\"lastName\":\"B\",\"emailAddress\":\"ab@example.org\"}}");
    JsonNode before = truth();
    sandbox.close();
    open();
    assertThat(truth()).isEqualTo(before);
  }
}
