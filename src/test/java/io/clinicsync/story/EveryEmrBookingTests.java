package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.story.BookingBodies.Wish;
import io.clinicsync.story.EmrTruths.Truth;
import io.clinicsync.story.StoryBed.Scene;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * Every EMR that takes bookings, over HTTP: what is confirmed stands in the EMR's own rows, the
 * contact follows within five seconds, and one time is one appointment however many ask for it.
 */
@ApplicationTest
@Import(StoryBed.class)
@Order(6)
@ResourceLock(StoryBed.SANDBOX)
class EveryEmrBookingTests {

  private static final int CALLERS = 50;
  private static final int SEEDS = 10;

  @Autowired private ApplicationContext context;
  @LocalServerPort private int port;

  private BookableScene clinic;
  private Scene scene;
  private ApiClient caller;

  private void open(String emr, long seed, int patients) {
    clinic = new BookableScene(context, emr, seed, patients);
    scene = clinic.scene;
    caller = clinic.caller;
  }

  private void contactShows(String patient, String next) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () ->
                assertThat(clinic.contacts().get(patient).getOrDefault("next_visit_at", ""))
                    .isEqualTo(next));
  }

  private static Answer is(int status, Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    return answer;
  }

  @ParameterizedTest
  @MethodSource("io.clinicsync.story.BookableScene#emrs")
  void whatIsConfirmedStandsInTheEmrAndTheContactFollowsInFiveSeconds(String which) {
    open(which, 41, 30);
    List<Wish> open = clinic.openings(3);
    String patient = clinic.bookFor(open.get(0), clinic.idle());
    assertThat(clinic.booked(patient, open.get(0).start())).isEqualTo(1);
    contactShows(patient, open.get(0).start().toString());
    String id = caller.get("/api/v1/bookings?limit=1").text("/items/0/result/appointment/id");

    Answer moved =
        is(
            200,
            caller.post(
                "/api/v1/bookings/" + id + "/reschedule",
                "{\"starts_at\": \"" + open.get(2).start() + "\"}"));
    assertThat(clinic.booked(patient, open.get(0).start())).isZero();
    assertThat(clinic.booked(patient, open.get(2).start())).isEqualTo(1);
    contactShows(patient, open.get(2).start().toString());

    String now = moved.text("/appointment/id");
    is(200, caller.post("/api/v1/bookings/" + now + "/cancel", "{\"reason\": \"sick\"}"));
    assertThat(clinic.booked(patient, open.get(2).start())).isZero();
    assertThat(
            clinic.truth().visits().stream()
                .filter(each -> each.patient().equals(patient))
                .filter(each -> each.start().equals(open.get(2).start())))
        .as("cancelled, not deleted")
        .allMatch(each -> each.state().equals("cancelled"))
        .hasSize(1);
    contactShows(patient, "");
  }

  @ParameterizedTest
  @MethodSource("io.clinicsync.story.BookableScene#emrs")
  void theEmrsOwnRoutesBookMoveAndCancelByTheCallersId(String which) {
    open(which, 43, 30);
    List<Wish> open = clinic.openings(3);
    BookingBodies bodies = new BookingBodies(which, caller);
    Answer booked = is(200, caller.post(bodies.bookPath(), bodies.book(open.get(0), "ext-4711")));
    bodies.checkBooked(booked);
    String patient = patientAt(open.get(0).start());
    Answer again = is(200, caller.post(bodies.bookPath(), bodies.book(open.get(0), "ext-4711")));
    assertThat(again.raw().body()).isEqualTo(booked.raw().body());
    Answer moved =
        is(200, caller.post(bodies.updatePath(), bodies.update(open.get(2), "ext-4711")));
    bodies.checkMoved(moved);
    assertThat(clinic.booked(patient, open.get(0).start())).isZero();
    assertThat(clinic.booked(patient, open.get(2).start())).isEqualTo(1);
    bodies.checkCancelled(is(200, caller.post(bodies.cancelPath(), bodies.cancel("ext-4711"))));
    assertThat(clinic.booked(patient, open.get(2).start())).isZero();
  }

  private String patientAt(Instant start) {
    Truth truth = clinic.truth();
    Set<String> named = new HashSet<>();
    truth.persons().stream()
        .filter(each -> each.last().equals("Sorel"))
        .forEach(each -> named.add(each.id()));
    List<String> found =
        truth.visits().stream()
            .filter(each -> each.start().equals(start) && each.state().equals("booked"))
            .map(EmrTruths.Visit::patient)
            .filter(named::contains)
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @ParameterizedTest
  @MethodSource("io.clinicsync.story.BookableScene#emrs")
  void workflowsOfGhlBookMoveAndCancelWithoutAKey(String which) {
    open(which, 47, 30);
    List<Wish> open = clinic.openings(3);
    BookingBodies bodies = new BookingBodies(which, caller);
    ApiClient workflow = new ApiClient(port, null);
    String contact =
        scene
            .location()
            .edits()
            .createContact(
                Map.of(
                    "firstName", "Ana",
                    "lastName", "Sorel",
                    "email", "ana.sorel@example.org",
                    "phone", BookingBodies.PHONE,
                    "dateOfBirth", "1990-04-02"));
    String appointment =
        scene.location().edits().book(contact, open.get(0).start(), open.get(0).end());
    Map<String, Object> chosen = bodies.customData(open.get(0));
    is(200, workflow.post(bodies.hookPath(0), payload(appointment, chosen)));
    String patient = patientAt(open.get(0).start());
    scene.location().edits().moveAppointment(appointment, open.get(2).start(), open.get(2).end());
    is(200, workflow.post(bodies.hookPath(1), payload(appointment, chosen)));
    assertThat(clinic.booked(patient, open.get(0).start())).isZero();
    assertThat(clinic.booked(patient, open.get(2).start())).isEqualTo(1);
    scene.location().edits().setStatus(appointment, "cancelled");
    is(200, workflow.post(bodies.hookPath(2), payload(appointment, chosen)));
    assertThat(clinic.booked(patient, open.get(2).start())).isZero();
  }

  private String payload(String appointment, Map<String, Object> chosen) {
    return scene.location().edits().workflowPayload(appointment, chosen);
  }

  @ParameterizedTest
  @MethodSource("io.clinicsync.story.BookableScene#emrs")
  void fiftyCallersForOneTimeAreOneAppointmentTenTimesOver(String which) throws Exception {
    open(which, 53, 20);
    List<Wish> open = clinic.openings(SEEDS + 1);
    for (int seed = 0; seed < SEEDS; seed++) {
      Wish wish = open.get(seed);
      List<Answer> answers = atOnce(wish, seed);
      long won = answers.stream().filter(each -> each.status() == 201).count();
      assertThat(won).as("%s, seed %d: %s", clinic.emr, seed, statuses(answers)).isEqualTo(1);
      assertThat(answers)
          .filteredOn(each -> each.status() != 201)
          .allSatisfy(
              each -> {
                assertThat(each.status()).as(each.raw().body()).isEqualTo(409);
                assertThat(each.text("/code")).isEqualTo("slot_taken");
                assertThat(each.body().path("alternatives")).isNotEmpty();
              });
      assertThat(clinic.ofNewcomers(wish.start())).as("%s, seed %d", clinic.emr, seed).hasSize(1);
    }
    sameKeyTenTimes(open.get(SEEDS));
  }

  private static List<String> statuses(List<Answer> answers) {
    return answers.stream().map(each -> each.status() + each.text("/code")).distinct().toList();
  }

  private List<Answer> atOnce(Wish wish, int seed) throws Exception {
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int number = 0; number < CALLERS; number++) {
      calls.add(call(wish, "s" + seed + "c" + number, "seed-" + seed + "-" + number));
    }
    java.util.Collections.shuffle(calls, new java.util.Random(seed));
    return all(calls);
  }

  private Callable<Answer> call(Wish wish, String who, String key) {
    return () -> clinic.bookNewcomer(caller, wish, who, key);
  }

  private static List<Answer> all(List<Callable<Answer>> calls) throws Exception {
    List<Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> each : threads.invokeAll(calls)) {
        answers.add(each.get());
      }
    }
    return answers;
  }

  private void sameKeyTenTimes(Wish wish) throws Exception {
    List<Answer> answers = all(java.util.Collections.nCopies(10, call(wish, "tenth", "ten-times")));
    assertThat(answers).allSatisfy(each -> is(201, each));
    assertThat(answers.stream().map(each -> each.raw().body()).distinct()).hasSize(1);
    assertThat(clinic.ofNewcomers(wish.start())).hasSize(1);
  }
}
