package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Booking over HTTP against a simulated Cliniko, which accepts overlaps and knows no keys. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class BookingTests {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  @Autowired private ApplicationContext context;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;

  private ApiStage stage;
  private ApiClient organisation;
  private ApiClient caller;
  private ClinikoAccount cliniko;
  private String clinic;
  private String connection;
  private JsonNode truth;

  @BeforeEach
  void aLoadedClinic() throws IOException {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    SandboxServer.Account account = stage.cliniko(12);
    cliniko = stage.sandbox().cliniko().account(account.id());
    Answer made =
        organisation.post(
            "/api/v1/clinics/" + clinic + "/connections", ApiStage.connecting(account));
    connection = made.text("/id");
    stage
        .runs()
        .run(new ClinicId(UUID.fromString(clinic)), new ConnectionId(UUID.fromString(connection)))
        .orElseThrow();
    stage.mayBook(organisation, clinic, connection);
    String key =
        organisation
            .post(
                "/api/v1/clinics/" + clinic + "/keys",
                "{\"name\": \"agent\", \"scopes\": [\"book\"], \"connection\": \""
                    + connection
                    + "\"}")
            .text("/secret");
    caller = stage.with(key);
    truth = JSON.readTree(cliniko.truth());
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  /** Some open time as the EMR says, on the given day from today. */
  private JsonNode opening(int daysAhead) {
    String treatment = treatment();
    LocalDate day = LocalDate.now(SYDNEY).plusDays(daysAhead);
    Answer found =
        caller.get(
            "/api/v1/availability?treatment="
                + treatment
                + "&from="
                + day
                + "T00:00&to="
                + day.plusDays(14)
                + "T00:00");
    assertThat(found.status()).as(found.raw().body()).isEqualTo(200);
    assertThat(found.body().path("openings")).as("open times").isNotEmpty();
    return found.body().path("openings").path(daysAhead);
  }

  private String treatment() {
    for (JsonNode each : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      if (each.path("seats").asInt() == 1 && each.path("bookable_online").asBoolean()) {
        return each.path("id").asText();
      }
    }
    throw new IllegalStateException("no treatment");
  }

  private String patient() {
    for (JsonNode each : truth.path("patients")) {
      if (!each.hasNonNull("archived_at") && !each.hasNonNull("deleted_at")) {
        return each.path("id").asText();
      }
    }
    throw new IllegalStateException("no patient");
  }

  private String body(JsonNode opening, String patient) {
    return """
        {"patient": %s, "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
        .formatted(
            patient,
            opening.path("practitioner").asText(),
            opening.path("treatment").asText(),
            opening.path("site").asText(),
            opening.path("starts_at").asText());
  }

  private String known(JsonNode opening) {
    return body(opening, "{\"id\": \"" + patient() + "\"}");
  }

  private Answer book(String body, String key) {
    return caller.send(
        "POST", "/api/v1/bookings", body, "application/json", "Idempotency-Key", key);
  }

  private List<JsonNode> liveAt(JsonNode opening) throws IOException {
    List<JsonNode> live = new ArrayList<>();
    for (JsonNode each : JSON.readTree(cliniko.truth()).path("individual_appointments")) {
      if (Instant.parse(each.path("starts_at").asText())
              .equals(Instant.parse(opening.path("starts_at").asText()))
          && each.at("/practitioner/links/self")
              .asText()
              .endsWith("practitioners/" + opening.path("practitioner").asText())
          && !each.hasNonNull("cancelled_at")
          && !each.hasNonNull("archived_at")) {
        live.add(each);
      }
    }
    return live;
  }

  /** Under two keys, for two times, at once: only the turn about the id keeps them apart. */
  @Test
  void oneIdOfTheCallersIsOneAppointmentAlsoForCallsAtOnce() throws Exception {
    List<JsonNode> times = List.of(opening(1), opening(3));
    stage
        .sandbox()
        .faults()
        .set(
            Fault.of(FaultKind.LATENCY)
                .onAccount(cliniko.name())
                .onMethod("GET")
                .onPath("/bookings")
                .amount(700));
    List<Callable<Answer>> calls = new ArrayList<>();
    for (JsonNode time : times) {
      String body = known(time).replaceFirst("}$", ", \"external_id\": \"visit-7\"}");
      String key = "key-" + calls.size();
      calls.add(() -> book(body, key));
    }
    int booked = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> each : threads.invokeAll(calls)) {
        booked += each.get().status() == 201 ? 1 : 0;
      }
    }
    stage.sandbox().faults().clear();
    assertThat(booked).as("told that it is booked").isEqualTo(1);
    assertThat(liveAt(times.getFirst()).size() + liveAt(times.getLast()).size()).isEqualTo(1);
  }

  @Test
  void whatIsBookedStandsInTheEmrAndIsMovedAndCancelledThere() throws IOException {
    JsonNode opening = opening(1);
    Answer booked = caller.post("/api/v1/bookings", known(opening));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(booked.text("/code")).isEqualTo("booked");
    assertThat(liveAt(opening))
        .as(cliniko.truth("individual_appointments", booked.text("/appointment/id")) + opening)
        .hasSize(1);
    String booking = booked.text("/booking");
    assertThat(caller.get("/api/v1/bookings/" + booking).text("/state")).isEqualTo("done");

    JsonNode other = opening(3);
    Answer moved =
        caller.post(
            "/api/v1/bookings/" + booking + "/reschedule",
            "{\"starts_at\": \"" + other.path("starts_at").asText() + "\"}");
    assertThat(moved.status()).as(moved.raw().body()).isEqualTo(200);
    assertThat(moved.text("/appointment/id")).isEqualTo(booked.text("/appointment/id"));
    assertThat(liveAt(opening)).isEmpty();
    Answer again =
        caller.post(
            "/api/v1/bookings/" + booking + "/reschedule",
            "{\"starts_at\": \"" + other.path("starts_at").asText() + "\"}");
    assertThat(again.status()).isEqualTo(200);

    String cancel = "/api/v1/bookings/" + booked.text("/appointment/id") + "/cancel";
    Answer cancelled = caller.post(cancel, "{\"reason\": \"sick\"}");
    assertThat(cancelled.status()).as(cancelled.raw().body()).isEqualTo(200);
    assertThat(cancelled.text("/appointment/status")).isEqualTo("cancelled");
    assertThat(caller.post(cancel, "{\"reason\": \"away\"}").status()).as("twice").isEqualTo(200);
    assertThat(status(booked.text("/appointment/id"))).as("our copy").isEqualTo("CANCELLED");
    Answer freed = caller.post("/api/v1/bookings", known(opening));
    assertThat(freed.status()).as("the same call after it was cancelled").isEqualTo(201);
    assertThat(freed.text("/booking")).isNotEqualTo(booking);
  }

  private String status(String appointment) {
    return tenancy.inClinic(
        new ClinicId(UUID.fromString(clinic)),
        () ->
            jdbc.sql("SELECT status FROM records_appointments WHERE id = ?")
                .param(appointment)
                .query(String.class)
                .single());
  }

  @Test
  void fiftyCallersForOneTimeMakeOneAppointmentAndTheOthersHearOfOtherTimes() throws Exception {
    JsonNode opening = opening(1);
    Random order = new Random(7);
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String key = "caller-" + i + "-" + order.nextInt(1000);
      calls.add(() -> book(known(opening), key));
    }
    List<Answer> answers = together(calls);
    assertThat(answers.stream().filter(each -> each.status() == 201)).hasSize(1);
    for (Answer each : answers) {
      if (each.status() != 201) {
        boolean second = each.status() == 200 && each.text("/code").equals("already_booked");
        assertThat(second || each.status() == 409).as(each.raw().body()).isTrue();
        if (!second) {
          assertThat(each.text("/code")).isEqualTo("slot_taken");
          assertThat(each.body().path("alternatives").size()).isBetween(1, 3);
        }
      }
    }
    assertThat(liveAt(opening)).hasSize(1);
  }

  @Test
  void oneKeyTenTimesIsOneAppointmentAndOneAnswer() throws Exception {
    JsonNode opening = opening(2);
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(() -> book(known(opening), "the-one"));
    }
    Set<String> bodies = new HashSet<>();
    for (Answer each : together(calls)) {
      assertThat(each.status()).as(each.raw().body()).isEqualTo(201);
      bodies.add(each.raw().body());
    }
    assertThat(bodies).hasSize(1);
    assertThat(liveAt(opening)).hasSize(1);
    Answer other = book(known(opening(4)), "the-one");
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text("/code")).isEqualTo("idempotency_mismatch");
  }

  private static List<Answer> together(List<Callable<Answer>> calls) throws Exception {
    List<Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> each : threads.invokeAll(calls)) {
        answers.add(each.get());
      }
    }
    return answers;
  }

  @Test
  void aLostAnswerIsFoundAndNotWrittenTwice() throws IOException {
    JsonNode opening = opening(1);
    stage
        .sandbox()
        .faults()
        .set(
            Fault.of(FaultKind.LOST_ANSWER)
                .onAccount(cliniko.name())
                .onMethod("POST")
                .onPath("individual_appointments")
                .times(1));
    Answer booked = book(known(opening), "lost");
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(liveAt(opening)).hasSize(1);
    assertThat(book(known(opening), "lost").raw().body()).isEqualTo(booked.raw().body());
    assertThat(liveAt(opening)).hasSize(1);
  }

  @Test
  void aReadingThatFailsAfterTheWriteNeverMakesItUndone() throws IOException {
    JsonNode opening = opening(1);
    stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(cliniko.name())
                .onMethod("GET")
                .onPath("/bookings")
                .fromCall(2));
    Answer answer = book(known(opening), "half");
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(202);
    assertThat(book(known(opening), "half").text("/code")).isEqualTo("unknown");
    stage.sandbox().faults().clear();
    stage.settle(clinic, caller, answer.text("/booking"));
    Answer later = book(known(opening), "half");
    assertThat(later.status()).as(later.raw().body()).isEqualTo(201);
    assertThat(later.text("/booking")).isEqualTo(answer.text("/booking"));
    assertThat(liveAt(opening)).hasSize(1);
  }

  @Test
  void whoeverIsFasterInTheEmrItselfKeepsTheTime() throws Exception {
    JsonNode opening = opening(1);
    Answer refused = whileStaffBook(opening, "POST", () -> book(known(opening), "slow"));
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(409);
    assertThat(refused.text("/code")).isEqualTo("slot_taken");
    assertThat(liveAt(opening)).as("theirs").hasSize(1);

    JsonNode mine = opening(3);
    JsonNode wanted = opening(6);
    String booking = book(known(mine), "mine").text("/booking");
    Answer kept =
        whileStaffBook(
            wanted,
            "PATCH",
            () ->
                caller.post(
                    "/api/v1/bookings/" + booking + "/reschedule",
                    "{\"starts_at\": \"" + wanted.path("starts_at").asText() + "\"}"));
    assertThat(kept.text("/code")).as(kept.raw().body()).isEqualTo("slot_taken");
    assertThat(liveAt(wanted)).as("theirs").hasSize(1);
    assertThat(liveAt(mine)).as("back where it was").hasSize(1);
  }

  /** Staff book the time themselves after we found it free and before our write arrives. */
  private Answer whileStaffBook(JsonNode opening, String method, Callable<Answer> call)
      throws Exception {
    stage
        .sandbox()
        .faults()
        .set(
            Fault.of(FaultKind.LATENCY)
                .onAccount(cliniko.name())
                .onMethod(method)
                .onPath("individual_appointments")
                .times(1)
                .amount(2500));
    long mark = stage.sandbox().log().lastSeq();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> answer = threads.submit(call);
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  stage.sandbox().log().since(cliniko.name(), mark).stream()
                      .anyMatch(each -> each.operation().endsWith("/bookings")));
      cliniko
          .edits()
          .book(
              patient(),
              opening.path("practitioner").asText(),
              opening.path("site").asText(),
              opening.path("treatment").asText(),
              Instant.parse(opening.path("starts_at").asText()));
      return answer.get();
    } finally {
      stage.sandbox().faults().clear();
    }
  }

  @Test
  void whatIsNotThereAfterAMinuteAndAHalfWasNotDoneAndMayBeAskedForAgain() throws IOException {
    JsonNode opening = opening(1);
    stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(cliniko.name())
                .onMethod("POST")
                .onPath("individual_appointments"));
    String booking = book(known(opening), "later").text("/booking");
    stage.sandbox().faults().clear();
    tenancy.inClinic(
        new ClinicId(UUID.fromString(clinic)),
        () -> {
          jdbc.sql("UPDATE booking_attempts SET sent_at = sent_at - interval '91 seconds'")
              .update();
        });
    stage.settle(clinic, caller, booking);
    assertThat(caller.get("/api/v1/bookings/" + booking).text("/result/code"))
        .isEqualTo("emr_unavailable");
    assertThat(liveAt(opening)).isEmpty();
    assertThat(book(known(opening), "later").status()).isEqualTo(201);
    assertThat(liveAt(opening)).hasSize(1);
  }

  @Test
  void whoWasOvertakenWritesNothingAnyMore() throws Exception {
    JsonNode opening = opening(1);
    stage
        .sandbox()
        .faults()
        .set(
            Fault.of(FaultKind.LATENCY)
                .onAccount(cliniko.name())
                .onMethod("GET")
                .onPath("/bookings")
                .times(1)
                .amount(2500));
    long mark = stage.sandbox().log().lastSeq();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> answer = threads.submit(() -> book(known(opening), "slept"));
      Awaitility.await()
          .until(
              () ->
                  tenancy.inClinic(
                      new ClinicId(UUID.fromString(clinic)),
                      () -> jdbc.sql("UPDATE booking_attempts SET turn = turn + 1").update() == 1));
      assertThat(answer.get().text("/code")).isEqualTo("unknown");
    }
    assertThat(
            stage.sandbox().log().since(cliniko.name(), mark).stream()
                .filter(each -> each.operation().startsWith("POST")))
        .isEmpty();
  }

  @Test
  void aWriteThatFailedIsNeverCalledBooked() throws IOException {
    JsonNode opening = opening(1);
    stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(cliniko.name())
                .onMethod("POST")
                .onPath("individual_appointments"));
    Answer answer = book(known(opening), "down");
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(202);
    assertThat(answer.text("/code")).isEqualTo("unknown");
    stage.sandbox().faults().clear();
    assertThat(liveAt(opening)).isEmpty();
    assertThat(book(known(opening), "down").text("/code"))
        .as("nobody writes again before it is certain")
        .isEqualTo("unknown");
    assertThat(liveAt(opening)).isEmpty();
  }

  @Test
  void somebodyNewIsRegisteredOnceAndOnlyWhenAsked() throws Exception {
    JsonNode opening = opening(1);
    String person =
        "{\"first_name\": \"Ilse\", \"last_name\": \"Vandoorne\", \"email\": \"ilse.vandoorne@example.org\"%s}";
    Answer unasked = caller.post("/api/v1/bookings", body(opening, person.formatted("")));
    assertThat(unasked.status()).isEqualTo(404);
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int day : List.of(1, 3, 5)) {
      JsonNode each = opening(day);
      calls.add(() -> book(body(each, person.formatted(", \"register\": true")), "new-" + day));
    }
    for (Answer each : together(calls)) {
      assertThat(each.status()).as(each.raw().body()).isEqualTo(201);
    }
    int registered = 0;
    for (JsonNode each : JSON.readTree(cliniko.truth()).path("patients")) {
      registered += each.path("last_name").asText().equals("Vandoorne") ? 1 : 0;
    }
    assertThat(registered).isEqualTo(1);
  }

  @Test
  void whatIsNotUnderstoodIsRefusedWithTheFieldAndNothingIsWritten() {
    JsonNode opening = opening(1);
    long before = stage.sandbox().log().lastSeq();
    String start = opening.path("starts_at").asText();
    for (String[] each :
        new String[][] {
          {known(opening).replace(start, "yesterday"), "400", "starts_at"},
          {known(opening).replace(start, "2020-01-01T10:00:00Z"), "422", "starts_at"},
          {known(opening).replace(start, "2026-10-04T02:30"), "400", "starts_at"},
          {known(opening).replace(start, "2027-04-04T02:30"), "400", "starts_at"},
          {
            known(opening).replace(opening.path("treatment").asText(), "Levitation"),
            "404",
            "treatment"
          },
          {body(opening, "{\"id\": \"999\"}"), "404", "patient.id"},
          {body(opening, "{\"first_name\": \"Ana\"}"), "422", "patient.last_name"},
          {body(opening, "{}"), "422", "patient.first_name"},
        }) {
      Answer refused = caller.post("/api/v1/bookings", each[0]);
      assertThat(refused.status())
          .as(each[0] + refused.raw().body())
          .isEqualTo(Integer.parseInt(each[1]));
      assertThat(refused.text("/field")).as(refused.raw().body()).isEqualTo(each[2]);
      assertThat(refused.text("/next_step")).isNotBlank();
    }
    assertThat(
            stage.sandbox().log().since(cliniko.name(), before).stream()
                .filter(each -> each.operation().startsWith("POST")))
        .isEmpty();
  }

  @Test
  void aKeyWithoutTheScopeOrOfAnotherClinicReachesNothing() {
    JsonNode opening = opening(1);
    ApiClient reader =
        stage.with(
            organisation
                .post(
                    "/api/v1/clinics/" + clinic + "/keys",
                    "{\"name\": \"reader\", \"scopes\": [\"read\"]}")
                .text("/secret"));
    assertThat(reader.post("/api/v1/bookings", known(opening)).status()).isEqualTo(403);
    String booking = caller.post("/api/v1/bookings", known(opening)).text("/booking");
    ApiClient others = stage.organisation();
    String theirs = stage.clinic(others);
    assertThat(others.get("/api/v1/clinics/" + theirs + "/bookings/" + booking).status())
        .isEqualTo(404);
    assertThat(others.get("/api/v1/clinics/" + theirs + "/bookings/" + UUID.randomUUID()).status())
        .isEqualTo(404);
  }

  @Test
  void theClinicsPolicyDecides() {
    JsonNode opening = opening(1);
    String policy =
        """
        {"treatment": "%s", "bookable": true, "notice_minutes": %d, "horizon_days": 365, "buffer_before_minutes": 0,
         "buffer_after_minutes": 0, "daily_cap": 0, "patients": "any", "register": true, "reschedule": true,
         "cancel": %s, "duplicates": true, "window_hours": 24, "inside_window": "allow"}""";
    Answer decided =
        organisation.put(
            "/api/v1/clinics/" + clinic + "/booking-policies",
            policy.formatted(opening.path("treatment").asText(), 60 * 24 * 60, "true"));
    assertThat(decided.status()).as(decided.raw().body()).isEqualTo(200);
    Answer refused = caller.post("/api/v1/bookings", known(opening));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/code")).isEqualTo("policy_blocked");
    organisation.put(
        "/api/v1/clinics/" + clinic + "/booking-policies",
        policy.formatted(opening.path("treatment").asText(), 0, "false"));
    String booking = caller.post("/api/v1/bookings", known(opening)).text("/booking");
    Answer kept = caller.post("/api/v1/bookings/" + booking + "/cancel", "{}");
    assertThat(kept.text("/code")).isEqualTo("policy_blocked");
  }
}
