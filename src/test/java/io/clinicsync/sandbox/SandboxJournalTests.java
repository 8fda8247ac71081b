package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.sandbox.SandboxServer.Account;
import io.clinicsync.sandbox.server.JsonOut;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox with a folder goes on where it was stopped or killed. */
class SandboxJournalTests {

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");
  private static final Instant NOW = Instant.parse("2026-03-10T01:00:00Z");

  @TempDir private Path folder;
  private SandboxServer sandbox;

  @BeforeEach
  void first() {
    sandbox = start();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private SandboxServer start() {
    SandboxClock clock = new SandboxClock();
    return SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1000, folder);
  }

  private void again() {
    sandbox.close();
    sandbox = start();
  }

  private Account clinic() {
    return ClinikoAccounts.open(sandbox, "Harbour", 7, 40, SYDNEY, NOW);
  }

  private Account location() {
    return sandbox.ghlLocation("Harbour", "AU", SYDNEY);
  }

  private Map<String, Object> body(Account location, int number) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("locationId", location.id());
    body.put("firstName", "Person " + number);
    body.put("email", "person" + number + "@example.org");
    return body;
  }

  @Test
  void everythingThatWasWrittenIsThereAgain() {
    Account clinic = clinic();
    Account location = location();
    Caller ghl = Caller.ghl(sandbox, location.secret());
    String field =
        ghl.send(
                "POST",
                "/locations/" + location.id() + "/customFields",
                "{\"name\":\"Last visit\",\"dataType\":\"TEXT\"}")
            .json()
            .at("/customField/id")
            .asText();
    String contact =
        ghl.send("POST", "/contacts/", JsonOut.of(body(location, 1)))
            .json()
            .at("/contact/id")
            .asText();
    ghl.send("POST", "/contacts/" + contact + "/tags", "{\"tags\":[\"vip\"]}");
    ghl.send(
        "PUT",
        "/contacts/" + contact,
        "{\"customFields\":[{\"id\":\"" + field + "\",\"field_value\":\"2026-03-09\"}]}");
    Caller emr = Caller.cliniko(sandbox, clinic.secret());
    String patient =
        emr.send("POST", "/patients", "{\"first_name\":\"Ann\",\"last_name\":\"Example\"}")
            .json()
            .get("id")
            .asText();
    Caller.plain(sandbox)
        .send(
            "POST",
            "/_sandbox/edits",
            "{\"account\":\"Harbour\",\"edit\":\"updatePatient\",\"id\":\""
                + patient
                + "\",\"members\":{\"last_name\":\"Renamed\"}}");
    Caller.plain(sandbox)
        .send(
            "POST",
            "/_sandbox/edits",
            "{\"location\":\""
                + location.id()
                + "\",\"edit\":\"createContact\",\"members\":{\"firstName\":\"By hand\"}}");
    String emrTruth = sandbox.cliniko().account("Harbour").truth();
    String ghlTruth = sandbox.ghl().location(location.id()).truth();

    again();

    assertThat(clinic().secret()).isEqualTo(clinic.secret());
    assertThat(location().secret()).isEqualTo(location.secret());
    assertThat(sandbox.cliniko().account("Harbour").truth())
        .isEqualTo(emrTruth)
        .contains("Renamed");
    assertThat(sandbox.ghl().location(location.id()).truth())
        .isEqualTo(ghlTruth)
        .contains("2026-03-09", "vip", "By hand");
    String next =
        Caller.ghl(sandbox, location.secret())
            .send("POST", "/contacts/", JsonOut.of(body(location, 2)))
            .json()
            .at("/contact/id")
            .asText();
    assertThat(ghlTruth).doesNotContain(next);
  }

  @Test
  void aLineCutByAKillIsIgnoredAndTheNextOneIsWhole() throws IOException {
    Account location = location();
    Files.writeString(
        folder.resolve("journal"), "{\"call\":\"ghl\",\"acc", StandardOpenOption.APPEND);
    again();
    assertThat(location().id()).isEqualTo(location.id());
    Caller.ghl(sandbox, location.secret())
        .send("POST", "/contacts/", JsonOut.of(body(location, 3)));
    again();
    assertThat(sandbox.ghl().location(location.id()).contactIds()).hasSize(1);
  }

  @Test
  void refusedCallsAndReadsLeaveNoLine() throws IOException {
    Account location = location();
    long before = Files.size(folder.resolve("journal"));
    Caller ghl = Caller.ghl(sandbox, location.secret());
    assertThat(ghl.send("POST", "/contacts/", "{\"locationId\":\"elsewhere\"}").status())
        .isGreaterThanOrEqualTo(400);
    ghl.get("/locations/" + location.id() + "/customFields");
    ghl.send(
        "POST", "/contacts/search", "{\"locationId\":\"" + location.id() + "\",\"pageLimit\":10}");
    assertThat(Files.size(folder.resolve("journal"))).isEqualTo(before);
  }

  @Test
  void tokensAndTheClockStay() {
    Account location = location();
    String token = sandbox.ghl().newToken(location.id());
    sandbox.ghl().revoke(location.secret());
    Caller.plain(sandbox).send("POST", "/_sandbox/clock", "{\"offsetSeconds\":86400}");
    again();
    assertThat(Caller.ghl(sandbox, token).get("/locations/" + location.id()).status())
        .isEqualTo(200);
    assertThat(Caller.ghl(sandbox, location.secret()).get("/locations/" + location.id()).status())
        .isEqualTo(401);
    assertThat(Duration.between(Instant.now(), sandbox.clock().instant()))
        .isCloseTo(Duration.ofDays(1), Duration.ofMinutes(1));
  }

  @Test
  void aResetForgetsTheFolderToo() {
    location();
    sandbox.reset();
    again();
    assertThat(sandbox.ghl().locations()).isEmpty();
  }

  @Test
  void fifteenHundredContactsOfFortyFieldsAreBackWithinThreeSeconds() {
    Account location = location();
    Caller ghl = Caller.ghl(sandbox, location.secret());
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      String id =
          ghl.send(
                  "POST",
                  "/locations/" + location.id() + "/customFields",
                  "{\"name\":\"Field " + i + "\",\"dataType\":\"TEXT\"}")
              .json()
              .at("/customField/id")
              .asText();
      fields
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"")
          .append(id)
          .append("\",\"field_value\":\"value ")
          .append(i)
          .append("\"}");
    }
    for (int i = 0; i < 1500; i++) {
      String person = JsonOut.of(body(location, i));
      String whole =
          person.substring(0, person.length() - 1) + ",\"customFields\":[" + fields + "]}";
      assertThat(ghl.send("POST", "/contacts/", whole).status()).isEqualTo(201);
    }
    String truth = sandbox.ghl().location(location.id()).truth();
    sandbox.close();
    long from = System.nanoTime();
    sandbox = start();
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(3));
    // Not isEqualTo, which would print ten megabytes.
    assertThat(sandbox.ghl().location(location.id()).truth().equals(truth)).isTrue();
  }
}
