package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/**
 * For every documented operation: what is somebody else's answers byte for byte as what does not
 * exist [AG-1].
 */
@ApplicationTest
class IsolationTests {

  @Autowired private ApplicationContext context;

  private record Operation(
      String method, String path, @Nullable String body, List<String> scopes) {}

  /**
   * An organisation with one clinic in which every kind of thing exists, and their ids by path
   * variable.
   */
  private record World(ApiClient organisation, ApiClient clinic, Map<String, String> ids) {}

  private ApiStage stage;
  private List<Operation> operations;

  @BeforeEach
  void everyDocumentedOperation() {
    stage = new ApiStage(context);
    operations = new ArrayList<>();
    JsonNode paths = stage.with("none").get("/v3/api-docs").body().get("paths");
    paths
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation -> {
                          JsonNode example =
                              operation
                                  .getValue()
                                  .at("/requestBody/content/application~1json/example");
                          List<String> scopes = new ArrayList<>();
                          operation
                              .getValue()
                              .path("x-scopes")
                              .forEach(scope -> scopes.add(scope.asText()));
                          operations.add(
                              new Operation(
                                  operation.getKey().toUpperCase(java.util.Locale.ROOT),
                                  path.getKey(),
                                  example.isMissingNode() ? null : example.toString(),
                                  scopes));
                        }));
    operations.removeIf(operation -> !operation.path().startsWith("/api/v1"));
    assertThat(operations).hasSizeGreaterThan(50);
  }

  @Test
  void whatIsSomebodyElsesAnswersLikeWhatDoesNotExist() {
    World mine = world();
    World theirs = world();
    SoftAssertions all = new SoftAssertions();
    int compared = 0;
    for (Operation operation : operations) {
      List<String> variables = variables(operation.path());
      // Mine up to some depth, from there on foreign or unknown.
      for (int depth = 0; depth < variables.size(); depth++) {
        Map<String, String> foreign = new HashMap<>(mine.ids());
        Map<String, String> unknown = new HashMap<>(mine.ids());
        for (String variable : variables.subList(depth, variables.size())) {
          foreign.put(variable, theirs.ids().get(variable));
          unknown.put(
              variable, variable.equals("patientId") ? "987654321" : UUID.randomUUID().toString());
        }
        if (java.util.Set.of("kind", "feature", "calendar").contains(variables.get(depth))) {
          continue; // words of ours, nobody's id
        }
        if (variables.get(depth).equals("patientId")) {
          continue; // two EMR accounts may use the same patient id, so a foreign one is not unknown
          // here
        }
        ApiClient caller =
            operation.path().contains("{clinicId}") ? mine.organisation() : mine.clinic();
        Answer toForeign = send(caller, operation, foreign);
        Answer toUnknown = send(caller, operation, unknown);
        compared++;
        all.assertThat(toForeign.withoutRequestId())
            .as(operation.method() + " " + operation.path() + " at depth " + depth)
            .isEqualTo(toUnknown.withoutRequestId());
        all.assertThat(toForeign.status())
            .as(operation.method() + " " + operation.path())
            .isEqualTo(404);
      }
    }
    all.assertAll();
    assertThat(compared).isGreaterThan(60);
  }

  @Test
  void aKeyBoundToOneConnectionReachesNoOther() {
    World mine = world();
    String clinic = "/api/v1/clinics/" + mine.ids().get("clinicId");
    String other =
        mine.organisation()
            .post(clinic + "/connections", ApiStage.connecting(stage.cliniko(2)))
            .text("/id");
    ApiClient bound =
        stage.with(
            mine.organisation()
                .post(
                    clinic + "/keys",
                    "{\"name\": \"bound\", \"scopes\": [\"manage\", \"read\"], \"connection\": \"%s\"}"
                        .formatted(mine.ids().get("connectionId")))
                .text("/secret"));
    assertThat(bound.get("/api/v1/connections").body().at("/items")).hasSize(1);
    for (Operation operation : operations) {
      if (operation.path().startsWith("/api/v1/connections/{connectionId}")) {
        Map<String, String> foreign = new HashMap<>(mine.ids());
        foreign.put("connectionId", other);
        Map<String, String> unknown = new HashMap<>(mine.ids());
        unknown.put("connectionId", UUID.randomUUID().toString());
        assertThat(send(bound, operation, foreign).withoutRequestId())
            .as(operation.toString())
            .isEqualTo(send(bound, operation, unknown).withoutRequestId());
      }
    }
    assertThat(bound.post("/api/v1/keys", "{\"name\": \"more\", \"scopes\": [\"read\"]}").status())
        .isEqualTo(403);
    assertThat(bound.get("/api/v1/patients?connection=" + other).status()).isEqualTo(404);
    bound
        .get("/api/v1/patients?limit=200")
        .body()
        .at("/items")
        .forEach(
            patient ->
                assertThat(patient.get("connection").asText())
                    .isEqualTo(mine.ids().get("connectionId")));
  }

  @Test
  void aForgedCursorReadsNothingOfOthers() {
    World mine = world();
    World theirs = world();
    String cursor =
        java.util.Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                (theirs.ids().get("connectionId") + ":0")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    mine.clinic()
        .get("/api/v1/patients?limit=200&cursor=" + cursor)
        .body()
        .at("/items")
        .forEach(
            patient ->
                assertThat(patient.get("connection").asText())
                    .isEqualTo(mine.ids().get("connectionId")));
  }

  @Test
  void everyOperationNeedsAKeyAndItsScope() {
    World mine = world();
    ApiClient nobody = new ApiClient(stage.port, null);
    ApiClient bookingOnly =
        stage.with(
            mine.organisation()
                .post(
                    "/api/v1/clinics/" + mine.ids().get("clinicId") + "/keys",
                    "{\"name\": \"b\", \"scopes\": [\"book\"]}")
                .text("/secret"));
    SoftAssertions all = new SoftAssertions();
    for (Operation operation : operations) {
      all.assertThat(send(nobody, operation, mine.ids()).status())
          .as(operation.toString())
          .isEqualTo(401);
      int status = send(bookingOnly, operation, mine.ids()).status();
      if (operation.scopes().contains("book")) {
        all.assertThat(status).as(operation.toString()).isNotIn(401, 403);
      } else if (!operation.path().equals("/api/v1/emrs")) {
        all.assertThat(status).as(operation.toString()).isEqualTo(403);
      }
    }
    all.assertAll();
  }

  private World world() {
    ApiClient organisation = stage.organisation();
    String clinic = stage.clinic(organisation);
    String base = "/api/v1/clinics/" + clinic;
    String connection =
        organisation.post(base + "/connections", ApiStage.connecting(stage.cliniko(3))).text("/id");
    stage
        .runs()
        .run(new ClinicId(UUID.fromString(clinic)), new ConnectionId(UUID.fromString(connection)))
        .orElseThrow();
    String run =
        organisation.get(base + "/connections/" + connection + "/runs").text("/items/0/id");
    String backfill =
        organisation
            .post(
                base + "/connections/" + connection + "/backfills", "{\"objects\": [\"patient\"]}")
            .text("/id");
    Answer key =
        organisation.post(
            base + "/keys", "{\"name\": \"all\", \"scopes\": [\"manage\", \"read\", \"book\"]}");
    stage.mayBook(organisation, clinic, connection);
    String patient = organisation.get(base + "/patients?limit=1").text("/items/0/id");
    String imported = imported(organisation, base);
    organisation.post(
        base + "/bookings",
        "{\"patient\": {}, \"treatment\": \"none\", \"starts_at\": \"2027-03-10T14:30:00Z\"}");
    String booking =
        organisation.get(base + "/bookings?connection=" + connection).text("/items/0/booking");
    String hold = held(stage.with(key.text("/secret")), connection);
    assertThat(
            List.of(
                clinic,
                connection,
                run,
                backfill,
                key.text("/id"),
                patient,
                imported,
                booking,
                hold))
        .doesNotContain("");
    return new World(
        organisation,
        stage.with(key.text("/secret")),
        Map.ofEntries(
            Map.entry("clinicId", clinic),
            Map.entry("connectionId", connection),
            Map.entry("runId", run),
            Map.entry("backfillId", backfill),
            Map.entry("keyId", key.text("/id")),
            Map.entry("patientId", patient),
            Map.entry("importId", imported),
            Map.entry("bookingId", booking),
            Map.entry("holdId", hold),
            Map.entry("feature", "booking"),
            Map.entry("kind", "patients"),
            Map.entry("calendar", "CAL1")));
  }

  /** A time that the clinic's own key holds. */
  private static String held(ApiClient caller, String connection) {
    java.time.LocalDate day =
        java.time.LocalDate.now(java.time.ZoneId.of("Australia/Sydney")).plusDays(2);
    for (JsonNode treatment :
        caller.get("/api/v1/catalogue/treatments?connection=" + connection).body().path("items")) {
      if (treatment.path("seats").asInt() != 1 || !treatment.path("bookable_online").asBoolean()) {
        continue;
      }
      JsonNode open =
          caller
              .get(
                  "/api/v1/availability?limit=1&connection=%s&treatment=%s&from=%sT00:00&to=%sT00:00"
                      .formatted(connection, treatment.path("id").asText(), day, day.plusDays(14)))
              .body()
              .path("openings")
              .path(0);
      if (!open.isMissingNode()) {
        return caller
            .post(
                "/api/v1/holds",
                """
                {"connection": "%s", "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
                    .formatted(
                        connection,
                        open.path("practitioner").asText(),
                        open.path("treatment").asText(),
                        open.path("site").asText(),
                        open.path("starts_at").asText()))
            .text("/hold");
      }
    }
    return "";
  }

  /** A file handed over to a connection of this clinic that takes files. */
  private String imported(ApiClient organisation, String base) {
    String connection =
        organisation.post(base + "/connections", ImportApiTests.connecting("4001")).text("/id");
    return ImportApiTests.handOver(
            stage,
            organisation,
            base + "/connections/" + connection,
            "patients",
            "p.csv",
            "Acct#,First Name,Last Name\n1-A,Ava,Reed\n".getBytes(StandardCharsets.UTF_8),
            "")
        .text("/import_id");
  }

  private static Answer send(ApiClient caller, Operation operation, Map<String, String> ids) {
    String path = operation.path();
    for (Map.Entry<String, String> id : ids.entrySet()) {
      path = path.replace("{" + id.getKey() + "}", id.getValue());
    }
    return caller.send(operation.method(), path, operation.body(), "application/json");
  }

  private static List<String> variables(String path) {
    return java.util.regex.Pattern.compile("\\{(\\w+)}")
        .matcher(path)
        .results()
        .map(found -> found.group(1))
        .toList();
  }
}
