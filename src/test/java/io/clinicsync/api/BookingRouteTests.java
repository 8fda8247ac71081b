package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.tenancy.ClinicId;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The routes by EMR, with Cliniko's bodies, as existing callers send them. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class BookingRouteTests {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");
  private static final String BOOK = "/api-book-appointment";
  private static final String UPDATE = "/api-update-appointment";
  private static final String CANCEL = "/api-cancel-appointment";

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private ApiClient caller;
  private ClinikoAccount cliniko;
  private String clinic;
  private String connection;
  private List<JsonNode> openings;
  private JsonNode treatment;
  private String practitioner;

  @BeforeEach
  void aLoadedClinic() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    SandboxServer.Account account = stage.cliniko(12);
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
    caller = stage.with(key("[\"book\"]", connection));
    openings = ApiStage.openTimes(caller, "/api/v1/", 10);
    treatment = named("treatments", openings.getFirst().path("treatment").asText());
    String who = openings.getFirst().path("practitioner").asText();
    practitioner = named("practitioners", who).path("email").asText(who);
    if (practitioner.isBlank()) {
      practitioner = who;
    }
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  private String key(String scopes, @Nullable String bound) {
    return organisation
        .post(
            "/api/v1/clinics/" + clinic + "/keys",
            "{\"name\": \"agent\", \"scopes\": "
                + scopes
                + (bound == null ? "" : ", \"connection\": \"" + bound + "\"")
                + "}")
        .text("/secret");
  }

  private JsonNode named(String kind, String id) {
    for (JsonNode each : caller.get("/api/v1/catalogue/" + kind).body().path("items")) {
      if (each.path("id").asText().equals(id)) {
        return each;
      }
    }
    throw new IllegalStateException(kind);
  }

  private Instant start(int number) {
    return Instant.parse(openings.get(number).path("starts_at").asText());
  }

  private String zoned(Instant moment) {
    return moment.toString();
  }

  /** As documented, with every field a caller may send. */
  private ObjectNode booking(String start, @Nullable String end, String id) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("customData")
        .put("staff_member", practitioner)
        .put("appt_type_name", treatment.path("name").asText())
        .put("appt_type_category", treatment.path("category").asText(""))
        .put("appt_type_duration", "" + treatment.path("minutes").asInt(30))
        .put(
            "business_name",
            named("sites", openings.getFirst().path("site").asText()).path("name").asText());
    ObjectNode calendar = body.putObject("calendar").put("startTime", start);
    if (end != null) {
      calendar.put("endTime", end);
    }
    calendar.put("selectedTimezone", "Australia/Sydney").put("appointmentId", id);
    return body.put("first_name", "Ana")
        .put("last_name", "Sorel")
        .put("email", "ana.sorel@example.org")
        .put("phone", "+61491570006");
  }

  private ObjectNode booking(int number, String id) {
    return booking(zoned(start(number)), openings.get(number).path("ends_at").asText(), id);
  }

  private static String moving(String id, Instant start) {
    return """
        {"calendar": {"appointmentId": "%s", "startTime": "%s", "selectedTimezone": "Australia/Sydney"}}"""
        .formatted(id, start);
  }

  private static String ending(String id) {
    return """
        {"appointmentId": "%s", "cancellation_note": "Client requested cancellation", "cancellation_reason": 50}"""
        .formatted(id);
  }

  private JsonNode rows() {
    try {
      return JSON.readTree(cliniko.truth()).path("individual_appointments");
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private JsonNode row(String id) {
    for (JsonNode each : rows()) {
      if (each.path("id").asText().equals(id)) {
        return each;
      }
    }
    throw new AssertionError("no appointment");
  }

  private Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer;
  }

  private void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.text("/code")).isEqualTo(code);
    assertThat(answer.body().path("success").asBoolean(true)).isFalse();
    assertThat(answer.text("/error")).isNotBlank().isEqualTo(answer.text("/message"));
    assertThat(answer.text("/next_step")).isNotBlank();
    assertThat(answer.text("/request_id"))
        .isEqualTo(answer.raw().headers().firstValue("X-Request-Id").orElseThrow());
  }

  @Test
  void booksMovesAndCancelsByTheCallersOwnId() {
    Answer booked = ok(caller.post(BOOK, booking(0, "abc123-xyz").toString()));
    assertThat(booked.body().path("success").asBoolean()).isTrue();
    String id = booked.text("/appointment/id");
    assertThat(row(id).path("starts_at").asText()).isEqualTo(booked.text("/appointment/starts_at"));
    assertThat(Instant.parse(booked.text("/appointment/starts_at"))).isEqualTo(start(0));

    Answer again = ok(caller.post(BOOK, booking(0, "abc123-xyz").toString()));
    assertThat(again.text("/appointment/id")).isEqualTo(id);
    assertThat(again.raw().headers().firstValue("Idempotent-Replayed")).contains("true");

    Answer moved = ok(caller.post(UPDATE, moving("abc123-xyz", start(5))));
    assertThat(moved.body().path("success").asBoolean()).isTrue();
    assertThat(moved.text("/appointment/id")).isEqualTo(id);
    assertThat(Instant.parse(row(id).path("starts_at").asText())).isEqualTo(start(5));

    refused(caller.post(BOOK, booking(9, "abc123-xyz").toString()), 422, "failed");
    ok(caller.post(BOOK, booking(5, "abc123-xyz").toString()));

    Answer cancelled = ok(caller.post(CANCEL, ending("abc123-xyz")));
    assertThat(cancelled.text("/appointment/id")).isEqualTo(id);
    assertThat(row(id).hasNonNull("cancelled_at")).isTrue();
    assertThat(row(id).path("cancellation_reason").asInt()).isEqualTo(50);
    assertThat(cancelled.body().path("appointment").hasNonNull("cancelled_at")).isTrue();

    ok(caller.post(CANCEL, ending("abc123-xyz")));
    refused(
        caller.post(CANCEL, "{\"calendar\": {\"appointmentId\": \"" + id + "\"}}"),
        422,
        "cancelled");
    refused(caller.post(UPDATE, moving(id, start(7))), 422, "failed");
    String anew =
        ok(caller.post(BOOK, booking(0, "abc123-xyz").toString())).text("/appointment/id");
    assertThat(anew).isNotEqualTo(id);
    ok(caller.post(CANCEL, ending("abc123-xyz")));
    assertThat(row(anew).hasNonNull("cancelled_at")).isTrue();
  }

  @Test
  void timesAreUnderstoodAsWorkflowsWriteThem() {
    ZonedDateTime local = start(0).atZone(SYDNEY);
    List<String> ways =
        List.of(
            local.toLocalDateTime().toString(),
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(local),
            DateTimeFormatter.ofPattern("EEE, MMM d'th', uuuu '|' h:mm a", Locale.US).format(local),
            DateTimeFormatter.ofPattern("EEEE, MMMM d, uuuu h:mma", Locale.US).format(local));
    String id = null;
    for (String way : ways) {
      Answer booked = ok(caller.post(BOOK, booking(way, null, "same").toString()));
      assertThat(Instant.parse(booked.text("/appointment/starts_at"))).as(way).isEqualTo(start(0));
      id = id == null ? booked.text("/appointment/id") : id;
      assertThat(booked.text("/appointment/id")).isEqualTo(id);
    }
    int before = rows().size();
    Map<String, String> wrong =
        Map.of(
            "10/11/2027 2:00 pm", "must be",
            "tomorrow", "must be",
            "2027-10-03T02:30:00", "does not exist",
            "2027-04-04T02:30:00", "exists twice");
    wrong.forEach(
        (text, says) -> {
          Answer answer = caller.post(BOOK, booking(text, null, "x-" + text.hashCode()).toString());
          refused(answer, 422, "invalid_request");
          assertThat(answer.text("/field")).isEqualTo("calendar.startTime");
          assertThat(answer.text("/message")).contains(says);
        });
    ObjectNode zone = booking(local.toLocalDateTime().toString(), null, "z");
    ((ObjectNode) zone.path("calendar")).put("selectedTimezone", "Mars/Olympus");
    refused(caller.post(BOOK, zone.toString()), 422, "invalid_request");
    ((ObjectNode) zone.path("calendar")).put("startTime", "2020-01-01T10:00:00Z");
    refused(caller.post(BOOK, zone.toString()), 422, "policy_blocked");
    ObjectNode backwards = booking(zoned(start(3)), zoned(start(0)), "b");
    refused(caller.post(BOOK, backwards.toString()), 422, "needs_info");
    assertThat(rows().size()).isEqualTo(before);
  }

  @Test
  void whatIsMissingIsNamedAtOnceAndNothingIsWritten() {
    int before = rows().size();
    Answer nothing = caller.post(BOOK, "{}");
    refused(nothing, 400, "invalid_request");
    assertThat(nothing.body().path("fields").toString())
        .contains("customData.staff_member", "calendar.startTime", "first_name", "email");
    ObjectNode unfilled = booking(0, "u").put("email", "{{contact.email}}").put("phone", " ");
    refused(caller.post(BOOK, unfilled.toString()), 400, "invalid_request");
    ObjectNode staff = booking(0, "u");
    ((ObjectNode) staff.path("customData")).put("staff_member", "");
    refused(caller.post(BOOK, staff.toString()), 400, "invalid_request");
    refused(caller.post(UPDATE, "{}"), 400, "invalid_request");
    refused(caller.post(CANCEL, "{\"appointmentId\": \"\"}"), 400, "invalid_request");
    refused(caller.post(UPDATE, moving("no-such", start(0))), 404, "not_found");
    refused(caller.post(CANCEL, ending("99")), 404, "not_found");
    refused(caller.post(CANCEL, ending("99").replace("50", "11")), 422, "invalid_request");
    ObjectNode unknown = booking(0, "n");
    ((ObjectNode) unknown.path("customData")).put("staff_member", "nobody@example.org");
    refused(caller.post(BOOK, unknown.toString()), 422, "not_found");
    for (String body : List.of("", "[]", "7", "{\"first_name\": \"", "nonsense")) {
      refused(caller.post(BOOK, body), 400, "unreadable_body");
    }
    refused(caller.post(BOOK, "{\"a\": \"" + "x".repeat(1 << 20) + "\"}"), 400, "body_too_large");
    refused(
        caller.send("POST", BOOK, "first_name=Ana", "application/x-www-form-urlencoded"),
        400,
        "unreadable_body");
    assertThat(rows().size()).isEqualTo(before);
  }

  @Test
  void aKeyReachesItsOwnConnectionAndOnlyWithBookingEnabled() {
    String body = booking(0, "k").toString();
    refused(stage.with("cs_0_wrong").post(BOOK, body), 401, "unauthorised");
    refused(stage.with(null).post(BOOK, body), 401, "unauthorised");
    refused(stage.with(key("[\"read\"]", connection)).post(BOOK, body), 403, "forbidden");
    refused(stage.with(key("[\"book\"]", null)).post(BOOK, body), 403, "forbidden");
    refused(caller.post("/api/nookal/book_appt", body), 403, "forbidden");
    refused(caller.post("/appointments/book", body), 403, "forbidden");
    refused(caller.post("/bookSession", body), 403, "forbidden");
    refused(caller.post("/api/halaxy/book_appt", body), 403, "forbidden");
    String entitlement =
        "/api/v1/clinics/" + clinic + "/connections/" + connection + "/entitlements/booking";
    assertThat(organisation.delete(entitlement).status()).isEqualTo(204);
    Answer off = caller.post(BOOK, body);
    refused(off, 403, "not_enabled");
    assertThat(off.text("/message")).contains("not enabled for booking");
    assertThat(
            caller
                .post(
                    "/api/v1/bookings",
                    "{\"patient\": {\"id\": \"1\"}, \"treatment\": \"1\","
                        + " \"starts_at\": \"2027-03-10T14:30:00Z\"}")
                .text("/code"))
        .isEqualTo("not_enabled");
    Answer past =
        organisation.put(
            entitlement,
            "{\"from\": \"2026-01-01T00:00:00Z\", \"until\": \"2026-02-01T00:00:00Z\"}");
    assertThat(past.body().path("active").asBoolean(true)).isFalse();
    refused(caller.post(BOOK, body), 403, "not_enabled");
    assertThat(organisation.put(entitlement, "{\"until\": \"2020-01-01T00:00:00Z\"}").status())
        .isEqualTo(400);
    stage.mayBook(organisation, clinic, connection);
    ok(caller.post(BOOK, body));
  }

  @Test
  void aTakenTimeIsRefusedWithOthersAndALostAnswerIs500UntilItIsFound() {
    ok(caller.post(BOOK, booking(0, "first").toString()));
    ObjectNode second = booking(0, "second");
    second
        .put("first_name", "Ben")
        .put("last_name", "Okafor")
        .put("email", "ben.okafor@example.org");
    second.put("phone", "+61491570157");
    Answer taken = caller.post(BOOK, second.toString());
    refused(taken, 422, "slot_taken");
    assertThat(taken.body().path("alternatives")).hasSize(3);

    stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(cliniko.name())
                .onMethod("GET")
                .onPath("/bookings")
                .fromCall(2));
    ObjectNode third = second.deepCopy();
    ((ObjectNode) third.path("calendar")).put("startTime", zoned(start(6)));
    ((ObjectNode) third.path("calendar")).put("endTime", openings.get(6).path("ends_at").asText());
    ((ObjectNode) third.path("calendar")).put("appointmentId", "third");
    Answer lost = caller.post(BOOK, third.toString());
    refused(lost, 500, "unknown");
    assertThat(lost.raw().headers().firstValue("Retry-After")).isPresent();
    refused(caller.post(CANCEL, ending("third")), 500, "unknown");
    refused(caller.post(BOOK, third.toString()), 500, "unknown");
    stage.sandbox().faults().clear();
    stage.settle(clinic, caller, lost.text("/booking"));
    Answer found = ok(caller.post(BOOK, third.toString()));
    assertThat(Instant.parse(found.text("/appointment/starts_at"))).isEqualTo(start(6));
    ok(caller.post(CANCEL, ending("third")));
    assertThat(row(found.text("/appointment/id")).hasNonNull("cancelled_at")).isTrue();
  }

  @Test
  void anIdThatMeansTwoAppointmentsIsRefused() {
    String first = ok(caller.post(BOOK, booking(0, "one").toString())).text("/appointment/id");
    ObjectNode other = booking(6, first);
    other
        .put("first_name", "Ben")
        .put("last_name", "Okafor")
        .put("email", "ben.okafor@example.org");
    other.put("phone", "+61491570157");
    ok(caller.post(BOOK, other.toString()));
    refused(caller.post(CANCEL, ending(first)), 422, "needs_choice");
    ok(caller.post(CANCEL, ending("one")));
  }

  @Test
  void anIdThatIsUsedAgainMeansTheNewAppointmentAndNobodyElses() {
    ok(caller.post(BOOK, booking(0, "again").toString()));
    ok(caller.post(CANCEL, ending("again")));
    String second = ok(caller.post(BOOK, booking(3, "again").toString())).text("/appointment/id");
    assertThat(ok(caller.post(CANCEL, ending("again"))).text("/appointment/id")).isEqualTo(second);
    assertThat(row(second).hasNonNull("cancelled_at")).isTrue();

    ok(caller.post(BOOK, booking(6, "hers").toString()));
    ObjectNode his = booking(6, "hers");
    his.put("first_name", "Ben").put("last_name", "Okafor").put("email", "ben.okafor@example.org");
    his.put("phone", "+61491570157");
    Answer refused = caller.post(BOOK, his.toString());
    refused(refused, 422, "failed");
    assertThat(refused.raw().body()).doesNotContain("Sorel", "patient_id", "starts_at");

    ok(caller.post(BOOK, booking(6, "hers-too").toString()));
    ok(caller.post(CANCEL, ending("hers-too")));
  }
}
