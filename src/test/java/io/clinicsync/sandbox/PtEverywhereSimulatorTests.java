package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.pteverywhere.PtEverywhereAccount;
import io.clinicsync.sandbox.pteverywhere.PtEverywhereHooks;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PtEverywhere's quirks, as a client without any mapper of ours meets them. */
class PtEverywhereSimulatorTests {

  private static final Instant NOW = Instant.parse("2026-06-10T16:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final String VISITS =
      "{\"dateOfService\":{\"startDate\":\"%s\",\"endDate\":\"%s\"},"
          + "\"paging\":{\"page\":%d,\"pageSize\":%d}}";

  @TempDir private Path folder;
  private SandboxClock clock;
  private SandboxServer sandbox;
  private PtEverywhereAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() throws IOException {
    clock = new SandboxClock();
    clock.freezeAt(NOW);
    open();
  }

  private void open() throws IOException {
    sandbox = SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1, folder);
    clinic =
        (PtEverywhereAccount)
            sandbox
                .open("pteverywhere", new EmrSimulator.Opening("Shore", 5, 60, ZONE, NOW))
                .clinic();
    caller = Caller.emr(sandbox, "pteverywhere");
    caller.headers.put("Authorization", signIn("").json().path("access_token").asText());
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private Caller.Reply signIn(String wrong) {
    Map<String, String> typed = clinic.credentials().get("api");
    String body = "{\"email\":\"%s\",\"password\":\"%s\"}";
    return caller.send(
        "POST", "/auth/token", body.formatted(typed.get("email"), typed.get("password") + wrong));
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

  private Caller.Reply visits(String from, String to, int page, int size) {
    clock.advance(Duration.ofSeconds(1));
    return caller.send("POST", "/report/general-visit", VISITS.formatted(from, to, page, size));
  }

  @Test
  void theTokenGoesAsItIsAndEnds() throws IOException {
    String token = caller.headers.get("Authorization");
    assertThat(caller.get("/masterdata/locations").status()).isEqualTo(200);
    caller.headers.put("Authorization", "Bearer " + token);
    assertThat(caller.get("/masterdata/locations").status()).isEqualTo(401);
    caller.headers.put("Authorization", token);
    flip("callsPerToken", "2");
    assertThat(caller.get("/masterdata/locations").status()).isEqualTo(200);
    assertThat(caller.get("/masterdata/locations").status()).isEqualTo(200);
    assertThat(caller.get("/masterdata/locations").status()).isEqualTo(401);
    flip("callsPerToken", "0");
    clock.advance(Duration.ofMinutes(61));
    assertThat(caller.get("/masterdata/locations").status()).isEqualTo(401);
  }

  @Test
  void aWrongPasswordIsRefusedOrToldWithSuccess() throws IOException {
    assertThat(signIn("x").status()).isEqualTo(401);
    flip("errorAs200", "true");
    assertThat(signIn("x").status()).isEqualTo(200);
    assertThat(signIn("x").json().has("error")).isTrue();
    flip("tokenKey", "\"data.accessToken\"");
    assertThat(signIn("").json().at("/data/accessToken").asText()).isNotBlank();
  }

  @Test
  void pagesComeWithoutTotalsAndRepeatForEver() throws IOException {
    JsonNode page = visits("2026-05-01", "2026-06-30", 1, 5).json();
    int pages = page.path("totalPages").asInt();
    assertThat(page.path("docs")).hasSize(5);
    assertThat(visits("2026-05-01", "2026-06-30", pages + 1, 5).json().path("docs")).isEmpty();
    flip("repeatLast", "true");
    flip("noPaging", "true");
    JsonNode last = visits("2026-05-01", "2026-06-30", pages, 5).json();
    assertThat(last.has("totalPages")).isFalse();
    assertThat(visits("2026-05-01", "2026-06-30", pages + 1, 5).json()).isEqualTo(last);
    assertThat(visits("soon", "2026-06-30", 1, 5).status()).isEqualTo(400);
  }

  @Test
  void moneyIsANumberOrATextWithItsSign() {
    JsonNode rows = visits("2026-01-01", "2026-06-30", 1, 50).json().path("docs");
    assertThat(rows).anyMatch(row -> row.path("charges").isNumber());
    assertThat(rows).anyMatch(row -> row.path("charges").asText().startsWith("$"));
  }

  @Test
  void tooManyCallsMustWait() {
    int refused = 0;
    for (int i = 0; i < 8; i++) {
      Caller.Reply reply = caller.get("/masterdata/locations");
      if (reply.status() == 429) {
        refused++;
        assertThat(reply.headers().firstValue("Retry-After")).contains("1");
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void aDeletedAppointmentDisappears() throws IOException {
    String id = truth().at("/appointments/0/_id").asText();
    String day = truth().at("/appointments/0/startDateTime").asText().substring(0, 10);
    assertThat(visits(day, day, 1, 500).text()).contains(id);
    clinic.edits().deleteAppointment(id);
    assertThat(visits(day, day, 1, 500).text()).doesNotContain(id);
  }

  @Test
  void writesExistOnlyWhileSwitchedOnClashAndOutliveARestart() throws IOException {
    String body =
        Caller.JSON
            .createObjectNode()
            .put("patient", truth().at("/patients/0/_id").asText())
            .put("therapist", truth().at("/therapists/0/_id").asText())
            .put("service", truth().at("/services/0/_id").asText())
            .put("location", truth().at("/locations/0/_id").asText())
            .put("startDateTime", "2027-03-04T17:30:00.000Z")
            .put("endDateTime", "2027-03-04T18:15:00.000Z")
            .toString();
    assertThat(caller.send("POST", "/appointment", body).status()).isEqualTo(404);
    flip("writes", "true");
    Caller.Reply made = caller.send("POST", "/appointment", body);
    assertThat(made.status()).isEqualTo(201);
    assertThat(caller.send("POST", "/appointment", body).status()).isEqualTo(409);
    String id = made.json().path("_id").asText();
    String cancel = "/appointment/" + id + "/cancel";
    assertThat(caller.send("POST", cancel, "{}").status()).isEqualTo(200);
    clock.advance(Duration.ofSeconds(2));
    assertThat(caller.send("POST", cancel, "{}").status()).isEqualTo(409);
    JsonNode before = truth();
    sandbox.close();
    open();
    assertThat(truth()).isEqualTo(before);
  }

  @Test
  void noticesAreEncryptedAndSigned() throws IOException {
    assertThat(
            PtEverywhereHooks.encrypted(
                "{\"_id\":\"66f0c0ffee00000000000001\",\"Status\":\"Scheduled\"}",
                "0123456789abcdef0123456789abcdef",
                2))
        .isEqualTo(
            "fPpiwIPr2gsP90O2/VNAXBMvdq2yVE90HHdcS+OTP14MrbwHD+JiXN700ACskyUK30KAwThWGV8Nt3z52WhAvA==");
    String id = truth().at("/appointments/0/_id").asText();
    PtEverywhereHooks.SignedCall call = new PtEverywhereHooks(clinic).signed(id);
    assertThat(call.headers().get("X-Hub-Signature-256")).matches("sha256=[0-9a-f]{64}");
    assertThat(new String(call.body(), StandardCharsets.UTF_8)).doesNotContain(id);
  }
}
