package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.bridge.BridgeInTests;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.Tenancy;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A clinic that takes bookings, its GoHighLevel, and a contact there who wants one. */
final class BridgedClinic {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ApplicationContext context;
  final BookableClinic clinic;
  final ApiStage stage;
  final ApiClient workflow;
  final SandboxServer.Account ghl;
  final GhlLocation location;
  final String contact;
  final List<JsonNode> openings;

  BridgedClinic(ApplicationContext context) {
    this.context = context;
    clinic = new BookableClinic(context);
    stage = clinic.stage;
    ghl = stage.ghl();
    location = stage.sandbox().ghl().location(ghl.id());
    stage.bean(GhlAccounts.class).connect(clinic.id(), ghl.id(), ghl.secret(), ghl.base());
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
    openings = ApiStage.openTimes(clinic.organisation, path(""), 8);
  }

  String path(String rest) {
    return "/api/v1/clinics/" + clinic.clinic + "/" + rest;
  }

  Answer get(String rest) {
    return clinic.organisation.get(path(rest));
  }

  /** Says what the location's calendar stands for: the openings'. */
  void mapCalendar() {
    JsonNode open = openings.getFirst();
    Answer answer =
        clinic.organisation.put(
            path("connections/" + clinic.connection + "/calendars/" + location.calendarId()),
            """
            {"practitioner": "%s", "treatment": "%s", "site": "%s"}"""
                .formatted(
                    open.path("practitioner").asText(),
                    open.path("treatment").asText(),
                    open.path("site").asText()));
    assertThat(answer.status()).isEqualTo(200);
  }

  Instant start(int opening) {
    return Instant.parse(openings.get(opening).path("starts_at").asText());
  }

  Instant end(int opening) {
    return Instant.parse(openings.get(opening).path("ends_at").asText());
  }

  /** Books in GoHighLevel's calendar; the appointment's id there. */
  String inGhl(int opening) {
    return location.edits().book(contact, start(opening), end(opening));
  }

  void moveInGhl(String appointment, int opening) {
    location.edits().moveAppointment(appointment, start(opening), end(opening));
  }

  /** Grants booking for this term, as JSON. */
  void mayBook(String term) {
    Answer granted =
        clinic.organisation.put(
            "/api/v1/clinics/"
                + clinic.clinic
                + "/connections/"
                + clinic.connection
                + "/entitlements/booking",
            term);
    assertThat(granted.status()).as(granted.raw().body()).isEqualTo(200);
  }

  /** Somebody else takes the time in the EMR. */
  void blockInEmr(int opening) {
    JsonNode open = openings.get(opening);
    clinic
        .cliniko
        .edits()
        .block(
            open.path("practitioner").asText(),
            open.path("site").asText(),
            start(opening),
            end(opening));
  }

  /** A workflow calls about an appointment. */
  Answer call(String path, String appointment) {
    JsonNode open = openings.getFirst();
    return workflow.post(
        path,
        location
            .edits()
            .workflowPayload(
                appointment,
                Map.of(
                    "appt_type_name", open.path("treatment").asText(),
                    "staff_member", open.path("practitioner").asText(),
                    "business_name", open.path("site").asText())));
  }

  static Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer;
  }

  static Answer refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.text("/code")).isEqualTo(code);
    return answer;
  }

  /** What stands in the EMR at one of the open times, cancelled ones left out. */
  List<JsonNode> standing() {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode each : clinic.truth("individual_appointments")) {
      boolean ours = each.path("notes").asText().contains("[cs:");
      if (ours && !each.hasNonNull("cancelled_at")) {
        rows.add(each);
      }
    }
    return rows;
  }

  /** Exactly one appointment of ours stands in the EMR, and then. */
  void standsAt(int opening) {
    assertThat(standing())
        .singleElement()
        .satisfies(
            row ->
                assertThat(Instant.parse(row.path("starts_at").asText()))
                    .isEqualTo(start(opening)));
  }

  String ghlStatus(String appointment) {
    return ghlAppointment(appointment).path("appointmentStatus").asText();
  }

  JsonNode ghlAppointment(String appointment) {
    try {
      for (JsonNode each : JSON.readTree(location.truth()).path("events")) {
        if (each.path("id").asText().equals(appointment)) {
          return each;
        }
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    throw new AssertionError("no such appointment in GoHighLevel");
  }

  /** Works on what is due, as the sweep does. */
  void work() {
    BridgeInTests.work(context, clinic.id());
  }

  /** Looks at the mapped calendars, as the sweep does. */
  void look() {
    BridgeInTests.look(context, clinic.id());
  }

  /** The rows of a query in the clinic's scope. */
  List<Map<String, Object>> rows(String query) {
    return stage
        .bean(Tenancy.class)
        .inClinic(clinic.id(), () -> stage.bean(JdbcClient.class).sql(query).query().listOfRows());
  }

  Map<String, Object> bridged() {
    return rows("SELECT * FROM bridge_appointments").getFirst();
  }

  long mark() {
    return stage.sandbox().log().lastSeq();
  }

  List<LogEntry> since(long mark, LogEntry.Kind kind, String account) {
    return stage.sandbox().log().since(mark).stream()
        .filter(each -> each.kind() == kind && each.account().equals(account))
        .toList();
  }

  List<LogEntry> emrWrites(long mark) {
    return since(mark, LogEntry.Kind.WRITE, clinic.cliniko.name());
  }

  List<LogEntry> ghlWrites(long mark) {
    return since(mark, LogEntry.Kind.WRITE, location.id());
  }

  List<String> openErrors() {
    return get("errors").body().path("items").findValuesAsText("code");
  }
}
