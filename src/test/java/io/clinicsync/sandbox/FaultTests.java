package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.Caller.Reply;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultTests {

  private final SandboxClock clock = new SandboxClock();
  private SandboxServer sandbox;
  private ClinikoAccount account;
  private Caller caller;

  @BeforeEach
  void start() {
    clock.freezeAt(Instant.parse("2026-03-10T01:00:00Z"));
    sandbox = SandboxServer.start(0, clock, 10.0);
    account = sandbox.cliniko().createAccount("faulty", 5, 30, ZoneId.of("Europe/London"));
    caller = Caller.cliniko(sandbox, account.apiKey());
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void onlyTheNthCallIsHit() {
    sandbox
        .faults()
        .set(Fault.status(503).header("Retry-After", "7").onPath("^/v1/patients").onCall(2));
    assertThat(caller.get("/patients").status()).isEqualTo(200);
    assertThat(caller.get("/users").status()).isEqualTo(200);
    Reply hit = caller.get("/patients");
    assertThat(hit.status()).isEqualTo(503);
    assertThat(hit.headers().firstValue("Retry-After")).contains("7");
    assertThat(caller.get("/patients").status()).isEqualTo(200);
  }

  @Test
  void faultsEndWithTheirTimeAndKeepToTheirAccount() {
    sandbox.faults().set(Fault.status(500).onAccount("faulty").lasting(Duration.ofMinutes(5)));
    ClinikoAccount other =
        sandbox.cliniko().createAccount("healthy", 6, 5, ZoneId.of("Europe/London"));
    assertThat(caller.get("/user").status()).isEqualTo(500);
    assertThat(Caller.cliniko(sandbox, other.apiKey()).get("/user").status()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(6));
    assertThat(caller.get("/user").status()).isEqualTo(200);
  }

  @Test
  void aLostAnswerWasStillApplied() {
    int before = account.ids("patients").size();
    sandbox.faults().set(Fault.of(FaultKind.LOST_ANSWER).onMethod("POST"));
    String body = "{\"first_name\":\"A\",\"last_name\":\"B\"}";
    assertThatThrownBy(() -> caller.tried("POST", "/patients", body))
        .isInstanceOf(IOException.class);
    assertThat(account.ids("patients")).hasSize(before + 1);
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.REFUSED_CONNECTION).onMethod("POST"));
    assertThatThrownBy(() -> caller.tried("POST", "/patients", body))
        .isInstanceOf(IOException.class);
    assertThat(account.ids("patients")).hasSize(before + 1);
  }

  @Test
  void brokenBodiesBreakTheReader() {
    for (FaultKind kind :
        new FaultKind[] {FaultKind.CUT_BODY, FaultKind.WRONG_LENGTH, FaultKind.RESET}) {
      sandbox.faults().clear();
      sandbox.faults().set(Fault.of(kind));
      assertThatThrownBy(() -> caller.tried("GET", "/patients", null))
          .as(kind.name())
          .isInstanceOf(IOException.class);
    }
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.BROKEN_JSON));
    Reply broken = caller.get("/patients");
    assertThat(broken.status()).isEqualTo(200);
    assertThatThrownBy(broken::json).isInstanceOf(AssertionError.class);
  }

  @Test
  void wholeButWrongBodiesComeWithStatus200() {
    sandbox.faults().set(Fault.of(FaultKind.HTML).times(1));
    assertThat(caller.get("/patients").text()).startsWith("<!DOCTYPE html>");
    sandbox.faults().set(Fault.of(FaultKind.EMPTY_LIST).times(1));
    JsonNode empty = caller.get("/patients").json();
    assertThat(empty.get("patients")).isEmpty();
    assertThat(empty.get("total_entries").asInt()).isZero();
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.POISON_RECORD).amount(3).times(1));
    JsonNode list = caller.get("/patients").json().get("patients");
    assertThat(list.get(3).get("id").isObject()).isTrue();
    assertThat(list.get(2).get("id").isTextual()).isTrue();
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.DEPTH_BOMB).amount(500).times(1));
    assertThat(caller.get("/patients").text()).hasSize(1000);
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.GZIP_BOMB).amount(1 << 20).times(1));
    assertThat(caller.get("/patients").headers().firstValue("Content-Encoding")).contains("gzip");
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.BIG_BODY).amount(1 << 20).times(1));
    assertThat(caller.get("/patients").headers().firstValueAsLong("Content-Length"))
        .hasValue(1 << 20);
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.DRIP).amount(0).times(1));
    assertThat(caller.get("/user").status()).isEqualTo(200);
  }

  @Test
  void probabilityIsRepeatableBySeed() {
    assertThat(statuses(42)).isEqualTo(statuses(42)).contains("500").contains("200");
  }

  private String statuses(long seed) {
    sandbox.faults().clear();
    sandbox.faults().set(Fault.status(500).withProbability(0.3, seed));
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      all.append(caller.get("/user").status());
    }
    return all.toString();
  }

  @Test
  void theDateHeaderFollowsTheVendorsOwnClock() {
    clock.skew("cliniko", Duration.ofMinutes(-10));
    assertThat(caller.get("/user").headers().firstValue("Date"))
        .contains("Tue, 10 Mar 2026 00:50:00 GMT");
  }

  @Test
  void controlEndpointsDoTheSameFromOutside() {
    Caller control = Caller.plain(sandbox);
    JsonNode made =
        control
            .send(
                "POST",
                "/_sandbox/accounts",
                "{\"vendor\":\"cliniko\",\"name\":\"remote\",\"seed\":9,\"size\":40,\"zone\":\"Australia/Perth\"}")
            .json();
    Caller remote = Caller.cliniko(sandbox, made.get("apiKey").asText());
    assertThat(remote.get("/patients").status()).isEqualTo(200);
    String patient =
        control
            .send(
                "POST",
                "/_sandbox/edits",
                "{\"account\":\"remote\",\"edit\":\"createPatient\",\"members\":{\"first_name\":\"Eve\",\"last_name\":\"Remote\"}}")
            .json()
            .get("id")
            .asText();
    assertThat(remote.get("/patients/" + patient).json().get("label").asText())
        .isEqualTo("Eve Remote");
    String fault =
        control
            .send(
                "POST",
                "/_sandbox/faults",
                "{\"kind\":\"status\",\"status\":429,\"account\":\"remote\",\"headers\":{\"X-RateLimit-Reset\":\"1\"}}")
            .json()
            .get("id")
            .asText();
    assertThat(remote.get("/user").status()).isEqualTo(429);
    control.send("POST", "/_sandbox/faults", "{\"clear\":\"" + fault + "\"}");
    JsonNode log = control.get("/_sandbox/log?account=remote&since=0").json().get("entries");
    assertThat(log)
        .extracting(entry -> entry.get("kind").asText())
        .containsExactly("READ", "EDIT", "READ", "REFUSED");
    assertThat(control.get("/_sandbox/truth/remote").json().get("patients")).hasSize(41);
    control.send("POST", "/_sandbox/clock", "{\"advanceSeconds\":3600}");
    assertThat(clock.instant()).isEqualTo("2026-03-10T02:00:00Z");
    assertThat(control.get("/").text()).contains("ClinicSync sandbox").contains("remote");
    assertThat(
            control
                .send("POST", "/_sandbox/edits", "{\"account\":\"nobody\",\"edit\":\"x\"}")
                .status())
        .isEqualTo(400);
    control.send("POST", "/_sandbox/reset", "{}");
    assertThat(sandbox.cliniko().accounts()).isEmpty();
  }
}
