package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** What is refused, with which code and field, and that nothing is written then. */
@ApplicationTest
class RefusalTests {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private String clinic;
  private String base;
  private String connection;

  @BeforeEach
  void aClinicWithAConnection() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    base = "/api/v1/clinics/" + clinic;
    connection =
        base
            + "/connections/"
            + organisation
                .post(base + "/connections", ApiStage.connecting(stage.cliniko(2)))
                .text("/id");
    stage
        .runs()
        .run(
            new ClinicId(UUID.fromString(clinic)),
            new ConnectionId(
                UUID.fromString(connection.substring(connection.lastIndexOf('/') + 1))))
        .orElseThrow();
  }

  /** A call with a body that would be accepted, and which of its fields must be there. */
  private record Call(String method, String path, String body, List<String> required) {}

  private List<Call> calls() {
    return List.of(
        new Call(
            "POST",
            "/api/v1/clinics",
            """
            {"name": "A", "zone": "Europe/London", "country": "GB", "currency": "GBP"}""",
            List.of("name", "zone", "country", "currency")),
        new Call(
            "PUT",
            base + "/settings",
            """
            {"household": "separate", "marketing_without_consent": false, "pack": "standard", "approved_classes": [],
             "recreate_deleted_contacts": false, "reminder_lead_minutes": 30, "late_cancel_hours": 24, "at_risk_days": 14,
             "lapsed_days": 90, "lost_days": 365}""",
            List.of(
                "household",
                "marketing_without_consent",
                "pack",
                "approved_classes",
                "recreate_deleted_contacts",
                "reminder_lead_minutes",
                "late_cancel_hours",
                "at_risk_days",
                "lapsed_days",
                "lost_days")),
        new Call(
            "POST",
            base + "/keys",
            "{\"name\": \"k\", \"scopes\": [\"read\"], \"connection\": null, \"expires_at\": null}",
            List.of("name", "scopes")),
        new Call(
            "POST",
            base + "/connections",
            """
            {"emr": "cliniko", "way": "api-key", "name": "C", "credentials": {"apiKey": "x"}, "zone": null, "currency": null}""",
            List.of("emr", "way", "name", "credentials")),
        new Call(
            "PUT",
            connection + "/credentials",
            "{\"credentials\": {\"apiKey\": \"x\"}}",
            List.of("credentials")),
        new Call(
            "PUT",
            base + "/ghl",
            "{\"location_id\": \"abc\", \"token\": \"pit-1\"}",
            List.of("location_id", "token")),
        new Call(
            "POST",
            connection + "/backfills",
            "{\"objects\": [\"patient\"], \"from\": null, \"to\": null, \"active_only\": null, \"announce\": null, \"dry_run\": true}",
            List.of("objects")),
        new Call(
            "POST",
            connection + "/reviews/1",
            "{\"choice\": \"ignore\", \"contact\": null}",
            List.of("choice")));
  }

  @Test
  void eachFieldThatIsMissingBlankOfAnotherTypeOrTooLongIsNamedAndNothingIsWritten()
      throws JsonProcessingException {
    String before = state();
    SoftAssertions all = new SoftAssertions();
    for (Call call : calls()) {
      ObjectNode valid = (ObjectNode) JSON.readTree(call.body());
      for (String field : valid.properties().stream().map(java.util.Map.Entry::getKey).toList()) {
        if (call.required().contains(field)) {
          refused(all, call, without(valid, field), field);
          refused(all, call, with(valid, field, JSON.nullNode()), field);
        }
        refused(
            all,
            call,
            with(
                valid, field, JSON.createObjectNode().put("a", 1).set("b", JSON.createArrayNode())),
            field);
        refused(
            all,
            call,
            with(valid, field, JSON.createArrayNode().add(JSON.createArrayNode())),
            field);
        refused(
            all, call, with(valid, field, JSON.getNodeFactory().textNode("x".repeat(5000))), field);
        if (valid.get(field).isTextual()) {
          refused(all, call, with(valid, field, JSON.getNodeFactory().textNode("")), field);
          refused(all, call, with(valid, field, JSON.getNodeFactory().textNode("a\u0000b")), field);
          refused(all, call, with(valid, field, JSON.getNodeFactory().numberNode(5)), field);
          refused(all, call, with(valid, field, JSON.getNodeFactory().booleanNode(true)), field);
        }
        if (valid.get(field).isNumber()) {
          refused(all, call, with(valid, field, JSON.getNodeFactory().numberNode(-1)), field);
          refused(all, call, with(valid, field, JSON.getNodeFactory().numberNode(1.5)), field);
          refused(
              all, call, with(valid, field, JSON.getNodeFactory().numberNode(99999999999L)), field);
          refused(all, call, with(valid, field, JSON.getNodeFactory().textNode("30")), field);
        }
      }
      refused(all, call, with(valid, "surprise", JSON.getNodeFactory().textNode("x")), "surprise");
    }
    all.assertAll();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void registersAreChecked() {
    String valid = calls().getFirst().body();
    for (String wrong : List.of("Mars/Olympus", "GMT+25", "EST5EDT4", "Europe/london")) {
      assertThat(
              organisation
                  .post("/api/v1/clinics", valid.replace("Europe/London", wrong))
                  .text("/field"))
          .isEqualTo("zone");
    }
    assertThat(
            organisation.post("/api/v1/clinics", valid.replace("\"GB\"", "\"UK\"")).text("/field"))
        .isEqualTo("country");
    assertThat(organisation.post("/api/v1/clinics", valid.replace("GBP", "ABC")).text("/field"))
        .isEqualTo("currency");
  }

  @Test
  void bodiesThatAreNoJsonObjectAreRefused() {
    for (String body : List.of("", "{", "[]", "null", "\"text\"", "{\"name\": NaN}", "\u0000")) {
      Answer answer = organisation.post("/api/v1/clinics", body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.text("/code")).as(body).isIn("unreadable_body", "invalid_request");
    }
    assertThat(
            organisation
                .send("POST", "/api/v1/clinics", "name=x", "application/x-www-form-urlencoded")
                .status())
        .isEqualTo(415);
    Answer large =
        organisation.post("/api/v1/clinics", "{\"name\": \"" + "x".repeat(70_000) + "\"}");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.text("/code")).isEqualTo("body_too_large");
  }

  @Test
  void pathsMethodsAndParametersThatDoNotFitAreRefused() {
    assertThat(organisation.get("/api/v1/nothing").text("/code")).isEqualTo("not_found");
    Answer method = organisation.delete("/api/v1/clinics");
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.text("/code")).isEqualTo("method_not_allowed");
    assertThat(method.raw().headers().firstValue("Allow")).isPresent();
    for (String limit : List.of("0", "-1", "201", "x", "1e3", "")) {
      Answer answer = organisation.get(base + "/patients?limit=" + limit);
      if (!limit.isEmpty()) {
        assertThat(answer.status()).as(limit).isEqualTo(400);
        assertThat(answer.text("/field")).as(limit).isEqualTo("limit");
      }
    }
    assertThat(organisation.get(base + "/patients?cursor=nonsense").text("/field"))
        .isEqualTo("cursor");
    assertThat(organisation.get(base + "/patients?connection=5").text("/field"))
        .isEqualTo("connection");
    assertThat(organisation.get("/api/v1/patients").text("/code")).isEqualTo("clinic_required");
  }

  @Test
  void everyProblemCarriesItsRequestIdAndNoValue() {
    Answer answer =
        organisation.post(
            "/api/v1/clinics",
            "{\"name\": \"Canary Person\", \"zone\": \"canary-zone\", \"country\": \"GB\", \"currency\": \"GBP\"}");
    assertThat(answer.raw().headers().firstValue("Content-Type"))
        .contains("application/problem+json");
    assertThat(answer.text("/request_id"))
        .isEqualTo(answer.raw().headers().firstValue("X-Request-Id").orElseThrow());
    assertThat(answer.raw().body()).doesNotContainIgnoringCase("canary");
    assertThat(answer.text("/next_step")).isNotBlank();
    assertThat(answer.body().has("instance")).isFalse();
  }

  private void refused(SoftAssertions all, Call call, JsonNode body, String field) {
    Answer answer =
        organisation.send(call.method(), call.path(), body.toString(), "application/json");
    String shown = body.toString();
    String what =
        call.method()
            + " "
            + call.path()
            + " "
            + (shown.length() > 200 ? shown.substring(0, 200) : shown)
            + " -> "
            + answer.raw().body();
    all.assertThat(answer.status()).as(what).isEqualTo(400);
    all.assertThat(answer.body().path("fields").findValuesAsText("field"))
        .as(what)
        .anyMatch(name -> name.startsWith(field));
  }

  private String state() {
    return organisation.get("/api/v1/clinics").raw().body()
        + organisation.get(base + "/settings").raw().body()
        + organisation.get(base + "/keys").body().at("/items").size()
        + organisation.get(base + "/connections").body().at("/items").size()
        + organisation.get(base + "/ghl").raw().body()
        + organisation.get(connection + "/backfills").raw().body();
  }

  private static JsonNode without(ObjectNode valid, String field) {
    ObjectNode copy = valid.deepCopy();
    copy.remove(field);
    return copy;
  }

  private static JsonNode with(ObjectNode valid, String field, JsonNode value) {
    ObjectNode copy = valid.deepCopy();
    copy.set(field, value);
    return copy;
  }
}
