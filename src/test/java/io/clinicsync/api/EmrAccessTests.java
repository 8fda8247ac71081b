package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.jane.JaneAccount;
import io.clinicsync.sandbox.jane.JaneSimulator;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sync.RunResult;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Ways in that act as one of the clinic's people: signed for, and never past a second factor. */
@ApplicationTest
class EmrAccessTests {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private SimulatedClinic jane;
  private String clinic;
  private String body;

  @BeforeEach
  void aClinic() throws Exception {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    SandboxServer.EmrAccount opened =
        stage
            .sandbox()
            .open(
                "jane",
                new EmrSimulator.Opening(
                    "Accessed " + COUNT.incrementAndGet(),
                    90,
                    5,
                    ZoneId.of("America/Vancouver"),
                    Instant.now()));
    jane = opened.clinic();
    body =
        """
        {"emr": "jane", "way": "web", "name": "Jane", "credentials": %s, "sandbox": "%s"%%s}"""
            .formatted(JSON.writeValueAsString(jane.credentials().get("web")), opened.base());
  }

  private Answer connect(String more) {
    return organisation.post("/api/v1/clinics/" + clinic + "/connections", body.formatted(more));
  }

  private void flip(String name, boolean value) {
    jane.exclusively(
        () ->
            jane.edit(
                JSON.createObjectNode()
                    .put("edit", "switch")
                    .put("name", name)
                    .put("value", value)));
  }

  @Test
  void aWayThatNeedsASignatureIsNotConnectedWithoutOne() {
    Answer without = connect("");
    assertThat(without.status()).isEqualTo(400);
    assertThat(without.text("/field")).isEqualTo("authorisation");
    Answer tomorrow =
        connect(
            ", \"authorisation\": {\"signed_by\": \"Rowan Hale\", \"signed_on\": \"2999-01-01\"}");
    assertThat(tomorrow.status()).as(tomorrow.raw().body()).isEqualTo(400);
    assertThat(organisation.get("/api/v1/clinics/" + clinic + "/connections").body().at("/items"))
        .isEmpty();
    Answer signed =
        connect(
            ", \"authorisation\": {\"signed_by\": \"Rowan Hale\", \"signed_on\": \"2026-03-01\"}");
    assertThat(signed.status()).as(signed.raw().body()).isEqualTo(201);
  }

  @Test
  void aSecondFactorDemandedMidwayWaitsForAPersonAndThenWorkGoesOn() {
    Answer made =
        connect(
            ", \"authorisation\": {\"signed_by\": \"Rowan Hale\", \"signed_on\": \"2026-03-01\"}");
    String path = "/api/v1/clinics/" + clinic + "/connections/" + made.text("/id");
    assertThat(organisation.get(path + "/challenge").body().path("waiting").asBoolean()).isFalse();
    assertThat(organisation.post(path + "/challenge", "{\"code\": \"1\"}").status()).isEqualTo(409);

    flip("secondFactor", true);
    ((JaneSimulator) stage.sandbox().emr("jane")).endSessions((JaneAccount) jane);
    run(made);
    Answer waiting = organisation.get(path);
    assertThat(waiting.text("/state")).isEqualTo("action_needed");
    assertThat(waiting.text("/trouble/code")).isEqualTo("emr_person_needed");
    Answer asks = organisation.get(path + "/challenge");
    assertThat(asks.body().path("waiting").asBoolean()).isTrue();
    assertThat(asks.text("/asks")).isNotBlank();

    Answer wrong = organisation.post(path + "/challenge", "{\"code\": \"000000\"}");
    assertThat(wrong.status()).as(wrong.raw().body()).isEqualTo(422);
    Answer right = organisation.post(path + "/challenge", "{\"code\": \"246810\"}");
    assertThat(right.status()).as(right.raw().body()).isEqualTo(202);
    RunResult after = run(made);
    assertThat(after.failedSources()).isEmpty();
    assertThat(organisation.get(path).text("/state")).isNotEqualTo("action_needed");
  }

  private RunResult run(Answer made) {
    return stage
        .runs()
        .run(
            new ClinicId(UUID.fromString(clinic)),
            new ConnectionId(UUID.fromString(made.text("/id"))))
        .orElseThrow();
  }
}
