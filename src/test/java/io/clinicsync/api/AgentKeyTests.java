package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.records.Catalogues;
import io.clinicsync.tenancy.Tenancy;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Keys of voice and chat agents: what they may see, and from when to when, over HTTP. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class AgentKeyTests {

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private ApiClient agent;
  private JsonNode opening;
  private String treatment;

  @BeforeEach
  void aLoadedClinic() {
    clinic = new BookableClinic(context);
    agent = clinic.another("\"book\", \"read\", \"agent\"");
    opening = clinic.openings().getFirst();
    treatment = opening.path("treatment").asText();
  }

  private static JsonNode treatments(ApiClient caller) {
    return caller.get("/api/v1/catalogue/treatments").body().path("items");
  }

  private String base() {
    return "/api/v1/clinics/" + clinic.clinic;
  }

  private void receptionist(String term) {
    Answer granted =
        clinic.organisation.put(
            base() + "/connections/" + clinic.connection + "/entitlements/receptionist", term);
    assertThat(granted.status()).as(granted.raw().body()).isEqualTo(200);
  }

  private void visible(boolean toAgents) {
    assertThat(decided("\"treatment\": \"" + treatment + "\", \"ai_visible\": " + toAgents))
        .isEqualTo(toAgents);
  }

  /** Decides a policy, with more members than it must have; whether agents see it then. */
  private boolean decided(String more) {
    Answer decided =
        clinic.organisation.put(
            base() + "/booking-policies",
            """
            {"bookable": true, "notice_minutes": 0, "horizon_days": 365, "buffer_before_minutes": 0,
             "buffer_after_minutes": 0, "daily_cap": 0, "patients": "any", "register": true, "reschedule": true,
             "cancel": true, "duplicates": true, "window_hours": 24, "inside_window": "allow"%s}"""
                .formatted(more.isEmpty() ? "" : ", " + more));
    assertThat(decided.status()).as(decided.raw().body()).isEqualTo(200);
    return decided.body().path("ai_visible").asBoolean();
  }

  private String body() {
    return "{\"patient\": {\"id\": \""
        + clinic.patient(0).path("id").asText()
        + "\"}, "
        + BookableClinic.time(opening)
        + "}";
  }

  private static void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.text("/code")).isEqualTo(code);
    assertThat(answer.text("/next_step")).isNotBlank();
  }

  @Test
  void anAgentWorksWhileItsConnectionsReceptionistIsEnabled() {
    String hold = "{" + BookableClinic.time(opening) + "}";
    refused(agent.get("/api/v1/catalogue/treatments"), 403, "not_enabled");
    refused(agent.post("/api/v1/bookings", body()), 403, "not_enabled");
    refused(agent.post("/api/v1/holds", hold), 403, "not_enabled");
    receptionist("{\"from\": \"2020-01-01T00:00:00Z\", \"until\": \"2020-02-01T00:00:00Z\"}");
    refused(agent.post("/api/v1/bookings", body()), 403, "not_enabled");
    assertThat(clinic.caller.get("/api/v1/bookings").body().path("items")).isEmpty();

    receptionist("{}");
    Answer booked = agent.post("/api/v1/bookings", body());
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(booked.text("/code")).isEqualTo("booked");
  }

  @Test
  void whatIsKeptFromAgentsIsNotThereForThem() {
    receptionist("{}");
    assertThat(treatments(agent).findValuesAsText("id")).contains(treatment);
    visible(false);
    assertThat(treatments(agent).findValuesAsText("id")).isNotEmpty().doesNotContain(treatment);
    refused(agent.post("/api/v1/bookings", body()), 404, "not_found");
    refused(
        agent.post("/api/v1/holds", "{" + BookableClinic.time(opening) + "}"), 404, "not_found");
    refused(
        agent.get(
            "/api/v1/availability?treatment="
                + treatment
                + "&from=2030-01-01T00:00&to=2030-01-05T00:00"),
        404,
        "not_found");
    assertThat(treatments(clinic.caller).findValuesAsText("id")).contains(treatment);
    Answer byPeople = clinic.caller.post("/api/v1/bookings", body());
    assertThat(byPeople.status()).as(byPeople.raw().body()).isEqualTo(201);
  }

  @Test
  void whoeverDoesNotKnowOfAgentsLeavesWhatTheySeeAsItIs() {
    receptionist("{}");
    String other = "\"treatment\": \"" + otherTreatment() + "\"";
    String own = "\"treatment\": \"" + treatment + "\"";
    assertThat(decided(own)).as("true unless decided").isTrue();
    visible(false);
    assertThat(decided(own)).isFalse();
    assertThat(treatments(agent).findValuesAsText("id"))
        .contains(otherTreatment())
        .doesNotContain(treatment);
    visible(true);
    assertThat(decided(own)).isTrue();

    assertThat(decided("\"ai_visible\": false")).as("for all").isFalse();
    assertThat(decided("")).isFalse();
    assertThat(decided(other)).as("what held for all before").isFalse();
    assertThat(treatments(agent).findValuesAsText("id")).containsExactly(treatment);
  }

  /** The EMR does not list the treatment any more. */
  private void leavesTheCatalogue() {
    Catalogues catalogues = clinic.stage.bean(Catalogues.class);
    ConnectionId connection = new ConnectionId(UUID.fromString(clinic.connection));
    clinic
        .stage
        .bean(Tenancy.class)
        .inClinic(
            clinic.id(),
            () -> {
              Catalogue all = catalogues.find(clinic.id(), connection).orElseThrow();
              catalogues.store(
                  clinic.id(),
                  connection,
                  new Catalogue(
                      all.practitioners(),
                      all.treatments().stream()
                          .filter(each -> !each.ref().id().value().equals(treatment))
                          .toList(),
                      all.sites(),
                      all.rooms(),
                      all.offerings().stream()
                          .filter(each -> !each.treatment().id().value().equals(treatment))
                          .toList()));
            });
    assertThat(treatments(clinic.caller).findValuesAsText("id")).doesNotContain(treatment);
  }

  private String otherTreatment() {
    return treatments(clinic.caller).findValuesAsText("id").stream()
        .filter(each -> !each.equals(treatment))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anAgentsKeyManagesNothing() {
    for (String scopes : List.of("\"agent\"", "\"agent\", \"manage\", \"read\"")) {
      refused(
          clinic.organisation.post(
              base() + "/keys",
              "{\"name\": \"voice\", \"connection\": \""
                  + clinic.connection
                  + "\", \"scopes\": ["
                  + scopes
                  + "]}"),
          400,
          "invalid_request");
    }
    Answer unbound =
        clinic.organisation.post(
            base() + "/keys", "{\"name\": \"voice\", \"scopes\": [\"agent\", \"book\"]}");
    refused(unbound, 400, "invalid_request");
    assertThat(unbound.text("/fields/0/field")).isEqualTo("connection");
  }

  @Test
  void anAgentReadsNothingOnceItsEntitlementIsOver() {
    receptionist("{\"from\": \"2020-01-01T00:00:00Z\", \"until\": \"2020-02-01T00:00:00Z\"}");
    String one = "/api/v1/patients/" + clinic.patient(0).path("id").asText();
    for (String path : List.of(base() + "/patients", one + "/appointments", one + "/payload")) {
      refused(agent.get(path), 403, "not_enabled");
    }
  }

  @Test
  void anAgentNeitherSeesMovesNorCancelsWhatIsKeptFromAgents() {
    receptionist("{}");
    visible(false);
    Answer byPeople = clinic.caller.post("/api/v1/bookings", body());
    assertThat(byPeople.status()).as(byPeople.raw().body()).isEqualTo(201);
    String booking = "/api/v1/bookings/" + byPeople.text("/booking");
    String later = clinic.openings().get(3).path("starts_at").asText();
    refused(agent.post("/api/v1/bookings", body()), 404, "not_found");
    refused(
        agent.post(booking + "/reschedule", "{\"starts_at\": \"" + later + "\"}"),
        404,
        "not_found");
    refused(agent.post(booking + "/cancel", "{}"), 404, "not_found");
    String list =
        "/api/v1/patients/" + clinic.patient(0).path("id").asText() + "/appointments?limit=200";
    String appointment = byPeople.text("/appointment/id");
    assertThat(clinic.caller.get(list).body().path("items").findValuesAsText("id"))
        .contains(appointment);
    assertThat(agent.get(list).body().path("items").findValuesAsText("id"))
        .doesNotContain(appointment);
    leavesTheCatalogue();
    assertThat(agent.get(list).body().path("items").findValuesAsText("id"))
        .as("of a treatment that the EMR lists no more")
        .doesNotContain(appointment);

    visible(true);
    assertThat(agent.get(list).body().path("items").findValuesAsText("id")).contains(appointment);
    Answer cancelled = agent.post(booking + "/cancel", "{}");
    assertThat(cancelled.status()).as(cancelled.raw().body()).isEqualTo(200);
  }

  @Test
  void anAgentSeesTheAttemptsOfItsOwnKeyOnly() {
    receptionist("{}");
    String theirs = clinic.caller.post("/api/v1/bookings", body()).text("/booking");
    refused(agent.get("/api/v1/bookings/" + theirs), 404, "not_found");
    assertThat(agent.get("/api/v1/bookings").body().path("items")).isEmpty();
    String own = agent.post("/api/v1/bookings", body()).text("/booking");
    assertThat(own).isNotEqualTo(theirs);
    JsonNode seen = agent.get("/api/v1/bookings").body().path("items");
    assertThat(seen).hasSize(1);
    assertThat(seen.path(0).path("booking").asText()).isEqualTo(own);
    assertThat(agent.get("/api/v1/bookings/" + own).status()).isEqualTo(200);
    assertThat(clinic.caller.get("/api/v1/bookings").body().path("items")).hasSize(2);
  }
}
