package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.story.BookingBodies.Wish;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Halaxy moves nothing to another practitioner: the new appointment is booked first, the old one
 * cancelled after. Whatever fails on the way, the patient has one.
 */
@ApplicationTest
@Import(StoryBed.class)
@ResourceLock(StoryBed.SANDBOX)
class ReplacingTests {

  @Autowired private Stage stage;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private ApiKeys keys;

  @Autowired
  @Qualifier("settlingWorkers")
  private ClinicWorkers settling;

  @LocalServerPort private int port;

  private Scene scene;
  private ApiClient caller;
  private ApiClient operator;
  private Wish from;
  private Wish to;
  private String patient;
  private String old;

  @BeforeEach
  void anAppointmentThatIsToGoToAnotherPractitioner() {
    scene = stage.scene("halaxy", "client-credentials", 61, 30);
    scene.sync();
    scene.mayBook();
    caller = key(Set.of(KeyScope.BOOK, KeyScope.READ));
    operator = key(Set.of(KeyScope.READ, KeyScope.MANAGE));
    choose();
    Answer booked = caller.post("/api/v1/bookings", withId(from));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    old = booked.text("/appointment/id");
    patient = booked.text("/appointment/patient");
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  private ApiClient key(Set<KeyScope> scopes) {
    return new ApiClient(
        port,
        keys.issue(scene.clinic(), scene.connection(), scopes.toString(), scopes, null).secret());
  }

  private static String withId(Wish wish) {
    return BookingBodies.newcomer(wish, "one")
        .replaceFirst("\\{", "{\"external_id\": \"mine-1\", ");
  }

  /** One treatment two practitioners offer at one site. */
  private void choose() {
    for (JsonNode treatment : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      if (treatment.path("seats").asInt() != 1) {
        continue;
      }
      List<Wish> open = new ArrayList<>();
      caller
          .get(
              "/api/v1/availability?treatment="
                  + treatment.path("id").asText()
                  + "&from="
                  + scene.now().plus(Duration.ofDays(2))
                  + "&to="
                  + scene.now().plus(Duration.ofDays(9)))
          .body()
          .path("openings")
          .forEach(each -> open.add(Wish.of(each)));
      for (Wish each : open) {
        Wish first = open.getFirst();
        if (each.site().equals(first.site())
            && !each.practitioner().equals(first.practitioner())
            && each.start().isAfter(first.end())) {
          from = first;
          to = each;
          return;
        }
      }
    }
    throw new AssertionError("no treatment is offered by two");
  }

  private Answer move(String key) {
    return caller.send(
        "POST",
        "/api/v1/bookings/mine-1/reschedule",
        "{\"starts_at\": \"" + to.start() + "\", \"practitioner\": \"" + to.practitioner() + "\"}",
        "application/json",
        "Idempotency-Key",
        key);
  }

  private List<String> at(Instant start) {
    return EmrTruths.of("halaxy", scene.emrTruth(), scene.now()).visits().stream()
        .filter(each -> each.patient().equals(patient) && each.start().equals(start))
        .map(EmrTruths.Visit::state)
        .toList();
  }

  @Test
  void theNewOneStandsBeforeTheOldOneGoesAndItsOtherIdFollows() {
    long mark = scene.mark();
    Answer moved = move("m");
    assertThat(moved.status()).as(moved.raw().body()).isEqualTo(200);
    assertThat(moved.text("/appointment/id")).isNotEqualTo(old);
    assertThat(moved.text("/appointment/practitioner")).isEqualTo(to.practitioner());
    assertThat(at(from.start())).containsExactly("cancelled");
    assertThat(at(to.start())).containsExactly("booked");
    assertThat(
            scene.emrCallsSince(mark).stream()
                .filter(each -> each.kind() == io.clinicsync.sandbox.server.LogEntry.Kind.WRITE)
                .map(each -> each.operation().split(" ")[0])
                .toList())
        .as("first booked, then cancelled")
        .startsWith("POST")
        .endsWith("PATCH");
    assertThat(move("m").raw().body()).isEqualTo(moved.raw().body());
    Answer cancelled = caller.post("/api/v1/bookings/mine-1/cancel", "{}");
    assertThat(cancelled.status()).as(cancelled.raw().body()).isEqualTo(200);
    assertThat(at(to.start())).containsExactly("cancelled");
  }

  @Test
  void anOldIdLeadsToTheNewAppointmentUntilItMeansAnotherToo() {
    assertThat(move("m").status()).isEqualTo(200);
    String external = "{\"external_id\": \"" + old + "\", ";
    Answer other =
        caller.post(
            "/api/v1/bookings", BookingBodies.newcomer(from, "two").replaceFirst("\\{", external));
    assertThat(other.status()).as(other.raw().body()).isEqualTo(201);
    String cancel = "/api/v1/bookings/" + old + "/cancel";
    long mark = scene.mark();
    Answer refused = caller.post(cancel, "{}");
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(422);
    assertThat(refused.text("/code")).isEqualTo("needs_choice");
    assertThat(refused.text("/next_step")).isNotBlank();
    Answer unmoved =
        caller.post(
            "/api/v1/bookings/" + old + "/reschedule",
            "{\"starts_at\": \"" + to.start().plus(Duration.ofDays(1)) + "\"}");
    assertThat(unmoved.text("/code")).isEqualTo("needs_choice");
    assertThat(scene.emrCallsSince(mark)).as("nobody is asked, nothing is written").isEmpty();
    assertThat(at(to.start())).containsExactly("booked");
    String theirs = other.text("/appointment/id");
    assertThat(caller.post("/api/v1/bookings/" + theirs + "/cancel", "{}").status()).isEqualTo(200);
    assertThat(at(to.start())).as("the one that was not named").containsExactly("booked");
  }

  @Test
  void anOldIdAloneCancelsTheNewAppointment() {
    assertThat(move("m").status()).isEqualTo(200);
    assertThat(caller.post("/api/v1/bookings/" + old + "/cancel", "{}").status()).isEqualTo(200);
    assertThat(at(to.start())).containsExactly("cancelled");
  }

  @Test
  void whenTheOldOneCannotGoTheNewOneIsTakenBack() {
    stage.sandbox().faults().set(onPatch(Fault.status(422)).times(1));
    Answer refused = move("m");
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(422);
    assertThat(refused.text("/code")).isEqualTo("failed");
    assertThat(at(from.start())).containsExactly("booked");
    assertThat(at(to.start())).containsExactly("cancelled");
  }

  @Test
  void whenThatFailsTooThePatientKeepsOneAndAPersonIsTold() {
    stage.sandbox().faults().set(onPatch(Fault.status(422)).times(1));
    stage.sandbox().faults().set(onPatch(Fault.status(503)).fromCall(2));
    Answer open = move("m");
    assertThat(open.status()).as(open.raw().body()).isEqualTo(202);
    assertThat(at(from.start())).contains("booked");
    String attempt = open.text("/booking");
    ago(attempt, "created_at = created_at - interval '11 minutes'");
    assertThat(operator.get("/api/v1/errors").body().path("items").findValuesAsText("code"))
        .contains("booking_stuck");
    stage.sandbox().faults().clear();
    ago(attempt, "settle_at = created_at");
    settling.wake(scene.clinic());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> caller.get("/api/v1/bookings/" + attempt).text("/state").equals("done"));
    assertThat(at(from.start())).containsExactly("booked");
    assertThat(at(to.start())).containsExactly("cancelled");
    assertThat(operator.get("/api/v1/errors").body().path("items").findValuesAsText("code"))
        .doesNotContain("booking_stuck");
  }

  @Test
  void whileAMoveIsOpenNobodyElseChangesItsAppointment() {
    stage.sandbox().faults().set(onPatch(Fault.status(503)));
    assertThat(move("m").status()).isEqualTo(202);
    stage.sandbox().faults().clear();
    Wish elsewhere =
        new Wish(
            to.practitioner(),
            to.treatment(),
            to.site(),
            to.start().plus(Duration.ofDays(1)),
            to.end().plus(Duration.ofDays(1)));
    Answer second =
        caller.post(
            "/api/v1/bookings/mine-1/reschedule", "{\"starts_at\": \"" + elsewhere.start() + "\"}");
    assertThat(second.text("/code")).as(second.raw().body()).isEqualTo("unknown");
    assertThat(caller.post("/api/v1/bookings/" + old + "/cancel", "{}").text("/code"))
        .isEqualTo("unknown");
    String attempt =
        caller
            .get("/api/v1/bookings?limit=10")
            .body()
            .path("items")
            .findValuesAsText("booking")
            .getLast();
    for (JsonNode each : caller.get("/api/v1/bookings?limit=10").body().path("items")) {
      if (!each.path("state").asText().equals("done")) {
        attempt = each.path("booking").asText();
      }
    }
    String open = attempt;
    ago(open, "settle_at = created_at");
    settling.wake(scene.clinic());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> caller.get("/api/v1/bookings/" + open).text("/state").equals("done"));
    assertThat(at(from.start())).containsExactly("cancelled");
    assertThat(at(to.start())).containsExactly("booked");
    assertThat(at(elsewhere.start())).isEmpty();
  }

  @Test
  void thereAndBackAndThereAgainAreThreeMovesWithoutAnyKey() {
    for (Wish each : List.of(to, from, to)) {
      Answer moved =
          caller.post(
              "/api/v1/bookings/mine-1/reschedule",
              "{\"starts_at\": \""
                  + each.start()
                  + "\", \"practitioner\": \""
                  + each.practitioner()
                  + "\"}");
      assertThat(moved.status()).as(moved.raw().body()).isEqualTo(200);
      assertThat(at(each.start())).contains("booked");
    }
    assertThat(at(from.start())).doesNotContain("booked");
  }

  @Test
  void aLostAnswerToTheNewBookingIsFoundAndTheOldOneGoesThen() {
    stage
        .sandbox()
        .faults()
        .set(
            Fault.of(io.clinicsync.sandbox.server.FaultKind.LOST_ANSWER)
                .onAccount(scene.emrAccount())
                .onMethod("POST")
                .onPath("$book")
                .times(1));
    Answer moved = move("m");
    assertThat(moved.status()).as(moved.raw().body()).isEqualTo(200);
    assertThat(at(from.start())).containsExactly("cancelled");
    assertThat(at(to.start())).containsExactly("booked");
  }

  private Fault onPatch(Fault fault) {
    return fault.onAccount(scene.emrAccount()).onMethod("PATCH").onPath("Appointment");
  }

  private void ago(String attempt, String sets) {
    tenancy.inClinic(
        scene.clinic(),
        () -> {
          jdbc.sql("UPDATE booking_attempts SET " + sets + " WHERE id = ?")
              .param(UUID.fromString(attempt))
              .update();
        });
  }
}
