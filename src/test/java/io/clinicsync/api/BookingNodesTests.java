package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.ApplicationTest;
import io.clinicsync.TestDatabase;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.tenancy.ClinicId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Two nodes on one database, asked beside each other. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
@Order(9)
class BookingNodesTests {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Autowired private ApplicationContext context;
  @TempDir private Path folder;

  private ApiStage stage;
  private ApiClient organisation;
  private ClinikoAccount cliniko;
  private String clinic;
  private String connection;
  private String key;
  private String keyId;
  private ApiClient here;

  @BeforeEach
  void aLoadedClinic() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    SandboxServer.Account account = stage.cliniko(30);
    cliniko = stage.sandbox().cliniko().account(account.id());
    connection =
        organisation
            .post("/api/v1/clinics/" + clinic + "/connections", ApiStage.connecting(account))
            .text("/id");
    stage
        .runs()
        .run(new ClinicId(UUID.fromString(clinic)), new ConnectionId(UUID.fromString(connection)))
        .orElseThrow();
    stage.mayBook(organisation, clinic, connection);
    Answer issued =
        organisation.post(
            "/api/v1/clinics/" + clinic + "/keys",
            "{\"name\": \"agent\", \"scopes\": [\"book\"], \"connection\": \""
                + connection
                + "\"}");
    key = issued.text("/secret");
    keyId = issued.text("/id");
    here = stage.with(key);
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  private NodeProcess anotherNode() throws IOException {
    return NodeProcess.start(context.getBean(TestDatabase.class), folder);
  }

  private List<JsonNode> openings() {
    return ApiStage.openTimes(here, "/api/v1/", 12);
  }

  private static String body(JsonNode opening, int person) {
    return """
        {"patient": {"first_name": "Nova", "last_name": "Newcomer%d", "email": "nova.%d@example.org", "register": true},
         "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
        .formatted(
            person,
            person,
            opening.path("practitioner").asText(),
            opening.path("treatment").asText(),
            opening.path("site").asText(),
            opening.path("starts_at").asText());
  }

  private static Answer book(ApiClient node, String body, String key) {
    return node.send("POST", "/api/v1/bookings", body, "application/json", "Idempotency-Key", key);
  }

  private long liveAt(JsonNode opening) {
    try {
      long live = 0;
      for (JsonNode each : JSON.readTree(cliniko.truth()).path("individual_appointments")) {
        if (!each.hasNonNull("cancelled_at")
            && each.path("practitioner").toString().contains(opening.path("practitioner").asText())
            && Instant.parse(each.path("starts_at").asText())
                .equals(Instant.parse(opening.path("starts_at").asText()))) {
          live++;
        }
      }
      return live;
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  void aRevokedKeyIsRefusedOnEveryNodeWithinASecond() throws Exception {
    try (NodeProcess node = anotherNode()) {
      ApiClient there = new ApiClient(node.port(), key);
      assertThat(there.get("/api/v1/catalogue/sites").status()).isEqualTo(200);
      assertThat(here.get("/api/v1/catalogue/sites").status()).isEqualTo(200);
      assertThat(organisation.delete("/api/v1/clinics/" + clinic + "/keys/" + keyId).status())
          .isLessThan(300);
      Awaitility.await()
          .atMost(Duration.ofSeconds(1))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> there.get("/api/v1/catalogue/sites").status() == 401);
      assertThat(here.get("/api/v1/catalogue/sites").status()).isEqualTo(401);
    }
  }

  @Test
  void fiftyCallersOverTwoNodesMakeOneAppointment() throws Exception {
    JsonNode opening = openings().getFirst();
    try (NodeProcess node = anotherNode();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ApiClient there = new ApiClient(node.port(), key);
      List<Callable<Answer>> calls = new ArrayList<>();
      for (int number = 0; number < 50; number++) {
        ApiClient which = number % 2 == 0 ? here : there;
        String body = body(opening, 100 + number);
        String once = "two-nodes-" + number;
        calls.add(() -> book(which, body, once));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Answer> each : threads.invokeAll(calls)) {
        statuses.add(each.get().status());
      }
      assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
    }
    assertThat(liveAt(opening)).isEqualTo(1);
  }
}
