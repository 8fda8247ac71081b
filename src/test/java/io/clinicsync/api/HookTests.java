package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.Tenancy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Workflows of GoHighLevel call without a key, over HTTP, with the bodies it really sends. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
@Order(8)
class HookTests {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private ApiClient workflow;
  private ClinikoAccount cliniko;
  private GhlLocation location;
  private ClinicId clinic;
  private String connection;
  private String contact;
  private List<JsonNode> openings;
  private Map<String, Object> chosen;

  @BeforeEach
  void aClinicWithBothItsVendors() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    String id = stage.clinic(organisation);
    clinic = new ClinicId(UUID.fromString(id));
    SandboxServer.Account account = stage.cliniko(12);
    cliniko = stage.sandbox().cliniko().account(account.id());
    SandboxServer.Account ghl = stage.ghl();
    location = stage.sandbox().ghl().location(ghl.id());
    stage.bean(GhlAccounts.class).connect(clinic, ghl.id(), ghl.secret(), ghl.base());
    connection = organisation.post(path("connections"), ApiStage.connecting(account)).text("/id");
    stage.runs().run(clinic, new ConnectionId(UUID.fromString(connection))).orElseThrow();
    stage.mayBook(organisation, id, connection);
    workflow = stage.with(null);
    contact =
        location
            .edits()
            .createContact(
                Map.of(
                    "firstName", "Ana",
                    "lastName", "Sorel",
                    "email", "ana.sorel@example.org",
                    "phone", "+61491570006"));
    openings = ApiStage.openTimes(organisation, path(""), 7);
    chosen =
        Map.of(
            "appt_type_name", openings.getFirst().path("treatment").asText(),
            "staff_member", openings.getFirst().path("practitioner").asText(),
            "business_name", openings.getFirst().path("site").asText());
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  private String path(String rest) {
    return "/api/v1/clinics/" + clinic.value() + "/" + rest;
  }

  private static Instant start(JsonNode opening) {
    return Instant.parse(opening.path("starts_at").asText());
  }

  private static Instant end(JsonNode opening) {
    return Instant.parse(opening.path("ends_at").asText());
  }

  private String inGhl(int opening) {
    return location.edits().book(contact, start(openings.get(opening)), end(openings.get(opening)));
  }

  private Answer call(String path, String appointment) {
    return workflow.post(path, location.edits().workflowPayload(appointment, chosen));
  }

  private Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer;
  }

  private Answer refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.text("/code")).as(answer.raw().body()).isEqualTo(code);
    assertThat(answer.text("/message")).isNotBlank();
    return answer;
  }

  private JsonNode row(String id) {
    try {
      for (JsonNode each : JSON.readTree(cliniko.truth()).path("individual_appointments")) {
        if (each.path("id").asText().equals(id)) {
          return each;
        }
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    throw new AssertionError("no appointment");
  }

  private List<LogEntry> writesSince(long mark) {
    return stage.sandbox().log().since(mark).stream()
        .filter(each -> each.kind() == LogEntry.Kind.WRITE)
        .filter(each -> each.account().equals(cliniko.name()))
        .toList();
  }

  private JsonNode ghlTruth() {
    try {
      return JSON.readTree(location.truth());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private JsonNode ghlAppointment(String id) {
    for (JsonNode each : ghlTruth().path("events")) {
      if (each.path("id").asText().equals(id)) {
        return each;
      }
    }
    throw new AssertionError("no appointment in " + ghlTruth().properties());
  }

  @Test
  void booksMovesAndCancelsWhatGhlShows() {
    String appointment = inGhl(0);
    Answer booked = ok(call("/bookAppt", appointment));
    assertThat(booked.text("/status")).isEqualTo("booked");
    String id = booked.text("/appointment_id");
    assertThat(Instant.parse(row(id).path("starts_at").asText())).isEqualTo(start(openings.get(0)));

    location.edits().moveAppointment(appointment, start(openings.get(2)), end(openings.get(2)));
    assertThat(ok(call("/update_appt", appointment)).text("/status")).isEqualTo("rescheduled");
    assertThat(Instant.parse(row(id).path("starts_at").asText())).isEqualTo(start(openings.get(2)));

    location.edits().moveAppointment(appointment, start(openings.get(0)), end(openings.get(0)));
    ok(call("/cliniko/update_appt", appointment));
    assertThat(Instant.parse(row(id).path("starts_at").asText()))
        .as("back again is a change of its own")
        .isEqualTo(start(openings.get(0)));

    location.edits().setStatus(appointment, "cancelled");
    assertThat(ok(call("/cancel_appt", appointment)).text("/status")).isEqualTo("cancelled");
    assertThat(row(id).hasNonNull("cancelled_at")).isTrue();
    assertThat(organisation.get(path("hook-calls")).body().path("items").findValuesAsText("code"))
        .containsExactly("cancelled", "rescheduled", "rescheduled", "booked");
  }

  @Test
  void oneStateOfAnAppointmentHasOneEffectHoweverOftenItIsTold() throws Exception {
    String appointment = inGhl(0);
    String body = location.edits().workflowPayload(appointment, chosen);
    long mark = stage.sandbox().log().lastSeq();
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(() -> workflow.post("/bookAppt", body));
    }
    List<String> ids = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> each : threads.invokeAll(calls)) {
        ids.add(ok(each.get()).text("/appointment_id"));
      }
    }
    assertThat(ids).hasSize(5).containsOnly(ids.getFirst());
    assertThat(writesSince(mark).stream().filter(each -> each.operation().contains("individual")))
        .hasSize(1);

    cliniko.edits().moveAppointment(ids.getFirst(), start(openings.get(3)));
    long before = stage.sandbox().log().lastSeq();
    ok(workflow.post("/bookAppt", body));
    ok(workflow.post("/update_appt", body));
    assertThat(writesSince(before)).as("an old call repeated").isEmpty();
    assertThat(Instant.parse(row(ids.getFirst()).path("starts_at").asText()))
        .isEqualTo(start(openings.get(3)));
  }

  @Test
  void whatGhlDoesNotConfirmWritesNothingAndIsNoted() throws IOException {
    String appointment = inGhl(0);
    ok(call("/bookAppt", appointment));
    String body = location.edits().workflowPayload(appointment, chosen);
    long mark = stage.sandbox().log().lastSeq();

    ObjectNode invented = (ObjectNode) JSON.readTree(body);
    ((ObjectNode) invented.path("calendar")).put("appointmentId", "InventedByStranger00");
    refused(workflow.post("/bookAppt", invented.toString()), 404, "not_confirmed");
    refused(workflow.post("/cancel_appt", invented.toString()), 404, "not_confirmed");

    ObjectNode foreign = (ObjectNode) JSON.readTree(body);
    ((ObjectNode) foreign.path("location")).put("id", "SomebodyElses0000000");
    refused(workflow.post("/cancel_appt", foreign.toString()), 404, "not_confirmed");

    ObjectNode cancelled = (ObjectNode) JSON.readTree(body);
    ((ObjectNode) cancelled.path("calendar")).put("appoinmentStatus", "cancelled");
    ok(workflow.post("/cancel_appt", cancelled.toString()));

    ObjectNode moved = (ObjectNode) JSON.readTree(body);
    ((ObjectNode) moved.path("calendar")).put("startTime", "2030-01-01T09:00:00");
    ok(workflow.post("/update_appt", moved.toString()));

    ObjectNode other = (ObjectNode) JSON.readTree(body);
    ((ObjectNode) other.path("customData")).put("staff_member", "somebody else");
    other.put("first_name", "Mallory").put("email", "mallory@example.org");
    ok(workflow.post("/bookAppt", other.toString()));

    refused(workflow.post("/bookAppt", "{}"), 400, "invalid_request");
    refused(
        workflow.post("/bookAppt", "{\"location\": {\"id\": \"" + location.id() + "\"}}"),
        400,
        "invalid_request");
    refused(workflow.post("/bookAppt", "{\"note\": \"he said \"hi\"\"}"), 400, "unreadable_body");
    refused(
        workflow.post("/bookAppt", "{\"a\": \"" + "x".repeat(1 << 20) + "\"}"),
        413,
        "body_too_large");
    refused(workflow.post("/hooks/unknown", body), 404, "not_found");
    assertThat(writesSince(mark)).isEmpty();
    assertThat(organisation.get(path("hook-calls")).body().path("items").size())
        .as("one row for each call that named this location")
        .isEqualTo(7);
  }

  @Test
  void aRefusalIsToldToGhlAndItsEchoDoesNothing() {
    JsonNode taken = openings.getFirst();
    cliniko
        .edits()
        .block(
            taken.path("practitioner").asText(),
            taken.path("site").asText(),
            start(taken),
            end(taken));
    String appointment = inGhl(0);
    Answer refused = refused(call("/bookAppt", appointment), 422, "slot_taken");
    assertThat(refused.text("/alternative_1")).isNotBlank();
    assertThat(ghlAppointment(appointment).path("appointmentStatus").asText())
        .isEqualTo("cancelled");
    assertThat(location.truth()).contains("booking-refused", "This time is taken.", "Free instead");

    long mark = stage.sandbox().log().lastSeq();
    refused(call("/cancel_appt", appointment), 422, "slot_taken");
    assertThat(writesSince(mark)).isEmpty();
    assertThat(location.truth().split("Free instead", -1)).as("one note").hasSize(2);
  }

  @Test
  void aRefusedMoveGoesBackToWhereTheEmrHasIt() {
    String appointment = inGhl(0);
    String id = ok(call("/bookAppt", appointment)).text("/appointment_id");
    JsonNode taken = openings.get(3);
    cliniko
        .edits()
        .block(
            taken.path("practitioner").asText(),
            taken.path("site").asText(),
            start(taken),
            end(taken));
    location.edits().moveAppointment(appointment, start(taken), end(taken));
    refused(call("/update_appt", appointment), 422, "slot_taken");
    assertThat(Instant.parse(row(id).path("starts_at").asText())).isEqualTo(start(openings.get(0)));
    assertThat(
            java.time.OffsetDateTime.parse(ghlAppointment(appointment).path("startTime").asText())
                .toInstant())
        .isEqualTo(start(openings.get(0)));
    long mark = stage.sandbox().log().lastSeq();
    call("/update_appt", appointment);
    assertThat(writesSince(mark)).as("our own echo").isEmpty();
  }

  @Test
  void whatTheEmrDoesNotAnswerIsTriedAgainByItself() {
    String appointment = inGhl(0);
    stage.sandbox().faults().set(Fault.status(503).onAccount(cliniko.name()));
    assertThat(call("/bookAppt", appointment).status()).isEqualTo(500);
    stage.sandbox().faults().clear();
    stage
        .bean(Tenancy.class)
        .inClinic(
            clinic,
            () -> {
              stage
                  .bean(JdbcClient.class)
                  .sql("UPDATE bridge_appointments SET due_at = created_at WHERE tenant_id = ?")
                  .param(clinic.value())
                  .update();
            });
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              context.getBean("bridgeWorkers", ClinicWorkers.class).wake(clinic);
              assertThat(ok(call("/bookAppt", appointment)).text("/status")).isEqualTo("booked");
            });
  }

  @Test
  void aMappedCalendarWinsAndAnAddressOfItsOwnNeedsNoLocation() throws IOException {
    String address =
        organisation
            .post(path("connections/" + connection + "/hook-address"), null)
            .text("/address");
    String own = address.substring(address.indexOf("/hooks/"));
    organisation.put(
        path("connections/" + connection + "/calendars/" + location.calendarId()),
        """
        {"practitioner": "%s", "treatment": "%s", "site": "%s"}"""
            .formatted(
                openings.getFirst().path("practitioner").asText(),
                openings.getFirst().path("treatment").asText(),
                openings.getFirst().path("site").asText()));
    chosen = Map.of("appt_type_name", "something else", "staff_member", "{{user.email}}");
    String appointment = inGhl(0);
    Answer booked =
        ok(
            workflow.post(
                own + "/book", "{\"calendar\": {\"appointmentId\": \"" + appointment + "\"}}"));
    assertThat(row(booked.text("/appointment_id")).path("practitioner").toString())
        .contains(openings.getFirst().path("practitioner").asText());
    location.edits().deleteAppointment(appointment);
    ok(
        workflow.post(
            own + "/cancel", "{\"calendar\": {\"appointmentId\": \"" + appointment + "\"}}"));
    assertThat(row(booked.text("/appointment_id")).hasNonNull("cancelled_at"))
        .as("deleted in GoHighLevel")
        .isTrue();
  }

  @Test
  void whatIsMissingIsNoRefusalOfTheAppointment() {
    String appointment = inGhl(0);
    Map<String, Object> complete = chosen;
    chosen = Map.of();
    refused(call("/bookAppt", appointment), 422, "needs_info");
    assertThat(ghlAppointment(appointment).path("appointmentStatus").asText())
        .isEqualTo("confirmed");
    assertThat(location.truth()).doesNotContain("booking-refused");
    chosen = complete;
    ok(call("/bookAppt", appointment));
  }

  @Test
  void aNameThatWasWrongIsTakenOnceItIsRight() {
    String appointment = inGhl(0);
    Map<String, Object> right = chosen;
    chosen = new HashMap<>(right);
    chosen.put("staff_member", "Nobody of that name");
    refused(call("/bookAppt", appointment), 422, "not_found");
    refused(call("/bookAppt", appointment), 422, "not_found");
    chosen = right;
    assertThat(ok(call("/bookAppt", appointment)).text("/code")).isEqualTo("booked");
  }

  @Test
  void whatIsConfirmedAgainIsBookedAgain() {
    String appointment = inGhl(0);
    String first = ok(call("/bookAppt", appointment)).text("/appointment_id");
    location.edits().setStatus(appointment, "cancelled");
    ok(call("/cancel_appt", appointment));
    location.edits().setStatus(appointment, "confirmed");
    String second = ok(call("/update_appt", appointment)).text("/appointment_id");
    assertThat(second).isNotEqualTo(first);
    assertThat(row(second).hasNonNull("cancelled_at")).isFalse();
  }

  @Test
  void whatTheApiBookedAlreadyIsMovedAndNotBookedTwice() {
    String appointment = inGhl(0);
    JsonNode opening = openings.getFirst();
    String key =
        organisation
            .post(
                path("keys"),
                "{\"name\": \"a\", \"scopes\": [\"book\"], \"connection\": \"" + connection + "\"}")
            .text("/secret");
    Answer booked =
        stage
            .with(key)
            .post(
                "/api/v1/bookings",
                """
                {"patient": {"first_name": "Ana", "last_name": "Sorel", "email": "ana.sorel@example.org", "register": true},
                 "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
                    .formatted(
                        opening.path("practitioner").asText(),
                        opening.path("treatment").asText(),
                        opening.path("site").asText(),
                        opening.path("starts_at").asText()));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(ok(call("/bookAppt", appointment)).text("/code")).isEqualTo("already_booked");
    location.edits().moveAppointment(appointment, start(openings.get(2)), end(openings.get(2)));
    Answer moved = ok(call("/update_appt", appointment));
    assertThat(moved.text("/code")).isEqualTo("rescheduled");
    assertThat(moved.text("/appointment_id")).isEqualTo(booked.text("/appointment/id"));
  }
}
