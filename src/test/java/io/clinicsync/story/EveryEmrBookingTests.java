package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.story.BookingBodies.Wish;
import io.clinicsync.story.EmrTruths.Truth;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.Tenancy;
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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Every EMR that takes bookings, over HTTP: what is confirmed stands in the EMR's own rows, the
 * contact follows within five seconds, and one time is one appointment however many ask for it.
 */
@ApplicationTest
@Import(StoryBed.class)
@Order(5)
@ResourceLock(StoryBed.SANDBOX)
class EveryEmrBookingTests {

  private static final Map<String, String> WAYS =
      Map.of(
          "cliniko", "api-key",
          "jane", "web",
          "nookal", "api-key",
          "halaxy", "client-credentials",
          "practicebetter", "client-credentials",
          "simplepractice", "web");

  private static final int CALLERS = 50;
  private static final int SEEDS = 10;

  @Autowired private Stage stage;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private ApiKeys keys;
  @LocalServerPort private int port;

  private Scene scene;
  private ApiClient caller;
  private String emr;

  static Stream<String> emrs() {
    return WAYS.keySet().stream().sorted();
  }

  private void open(String which, long seed, int patients) {
    emr = which;
    scene = stage.scene(emr, WAYS.get(emr), seed, patients);
    scene.sync();
    scene.mayBook();
    caller =
        new ApiClient(
            port,
            keys.issue(
                    scene.clinic(),
                    scene.connection(),
                    "agent",
                    Set.of(KeyScope.BOOK, KeyScope.READ),
                    null)
                .secret());
  }

  private Truth truth() {
    return EmrTruths.of(emr, scene.emrTruth(), scene.now());
  }

  private long booked(String patient, Instant at) {
    return truth().visits().stream()
        .filter(each -> each.patient().equals(patient) && each.start().equals(at))
        .filter(each -> each.state().equals("booked"))
        .count();
  }

  /** Open times of one practitioner for one treatment at one site that do not overlap. */
  private List<Wish> openings(int wanted) {
    List<JsonNode> practitioners = new ArrayList<>();
    caller.get("/api/v1/catalogue/practitioners").body().path("items").forEach(practitioners::add);
    for (JsonNode treatment : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      for (JsonNode practitioner : practitioners) {
        List<Wish> open =
            treatment.path("seats").asInt() == 1
                ? openings(treatment.path("id").asText(), practitioner.path("id").asText())
                : List.of();
        if (open.size() >= wanted) {
          return open;
        }
      }
    }
    throw new AssertionError("nothing has enough open times");
  }

  private List<Wish> openings(String treatment, String practitioner) {
    Answer found =
        caller.get(
            "/api/v1/availability?treatment="
                + treatment
                + "&practitioner="
                + practitioner
                + "&from="
                + scene.now().plus(Duration.ofDays(2))
                + "&to="
                + scene.now().plus(Duration.ofDays(16)));
    List<Wish> open = new ArrayList<>();
    for (JsonNode each : found.body().path("openings")) {
      Wish wish = Wish.of(each);
      if (open.isEmpty()
          || (wish.like(open.getFirst()) && !wish.start().isBefore(open.getLast().end()))) {
        open.add(wish);
      }
    }
    return open;
  }

  /** Patients with a contact and nothing ahead. */
  private List<String> idle() {
    Truth truth = truth();
    Set<String> busy = new HashSet<>();
    truth.visits().stream()
        .filter(each -> each.state().equals("booked") && each.start().isAfter(scene.now()))
        .forEach(each -> busy.add(each.patient()));
    Set<String> linked = new LinkedContacts(tenancy, jdbc).of(scene).keySet();
    return truth.persons().stream()
        .map(EmrTruths.Person::id)
        .filter(id -> linked.contains(id) && !busy.contains(id))
        .toList();
  }

  private void contactShows(String patient, String next) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () ->
                assertThat(
                        new LinkedContacts(tenancy, jdbc)
                            .of(scene)
                            .get(patient)
                            .getOrDefault("next_visit_at", ""))
                    .isEqualTo(next));
  }

  private static Answer is(int status, Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    return answer;
  }

  /** Somebody the EMR takes a booking for; who was archived there meanwhile is passed over. */
  private String booked(Wish wish, List<String> patients) {
    for (String patient : patients) {
      Answer answer = caller.post("/api/v1/bookings", BookingBodies.unified(wish, patient));
      if (answer.status() == 201) {
        return patient;
      }
      assertThat(answer.status()).as(answer.raw().body()).isIn(404, 422);
    }
    throw new AssertionError("nobody can be booked");
  }

  @ParameterizedTest
  @MethodSource("emrs")
  void whatIsConfirmedStandsInTheEmrAndTheContactFollowsInFiveSeconds(String which) {
    open(which, 41, 30);
    List<Wish> open = openings(3);
    String patient = booked(open.get(0), idle());
    assertThat(booked(patient, open.get(0).start())).isEqualTo(1);
    contactShows(patient, open.get(0).start().toString());
    String id = caller.get("/api/v1/bookings?limit=1").text("/items/0/result/appointment/id");

    Answer moved =
        is(
            200,
            caller.post(
                "/api/v1/bookings/" + id + "/reschedule",
                "{\"starts_at\": \"" + open.get(2).start() + "\"}"));
    assertThat(booked(patient, open.get(0).start())).isZero();
    assertThat(booked(patient, open.get(2).start())).isEqualTo(1);
    contactShows(patient, open.get(2).start().toString());

    String now = moved.text("/appointment/id");
    is(200, caller.post("/api/v1/bookings/" + now + "/cancel", "{\"reason\": \"sick\"}"));
    assertThat(booked(patient, open.get(2).start())).isZero();
    assertThat(
            truth().visits().stream()
                .filter(each -> each.patient().equals(patient))
                .filter(each -> each.start().equals(open.get(2).start())))
        .as("cancelled, not deleted")
        .allMatch(each -> each.state().equals("cancelled"))
        .hasSize(1);
    contactShows(patient, "");
  }

  @ParameterizedTest
  @MethodSource("emrs")
  void theEmrsOwnRoutesBookMoveAndCancelByTheCallersId(String which) {
    open(which, 43, 30);
    List<Wish> open = openings(3);
    BookingBodies bodies = new BookingBodies(which, caller);
    Answer booked = is(200, caller.post(bodies.bookPath(), bodies.book(open.get(0), "ext-4711")));
    bodies.checkBooked(booked);
    String patient = patientAt(open.get(0).start());
    Answer again = is(200, caller.post(bodies.bookPath(), bodies.book(open.get(0), "ext-4711")));
    assertThat(again.raw().body()).isEqualTo(booked.raw().body());
    Answer moved =
        is(200, caller.post(bodies.updatePath(), bodies.update(open.get(2), "ext-4711")));
    bodies.checkMoved(moved);
    assertThat(booked(patient, open.get(0).start())).isZero();
    assertThat(booked(patient, open.get(2).start())).isEqualTo(1);
    bodies.checkCancelled(is(200, caller.post(bodies.cancelPath(), bodies.cancel("ext-4711"))));
    assertThat(booked(patient, open.get(2).start())).isZero();
  }

  private String patientAt(Instant start) {
    Truth truth = truth();
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
  @MethodSource("emrs")
  void workflowsOfGhlBookMoveAndCancelWithoutAKey(String which) {
    open(which, 47, 30);
    List<Wish> open = openings(3);
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
    assertThat(booked(patient, open.get(0).start())).isZero();
    assertThat(booked(patient, open.get(2).start())).isEqualTo(1);
    scene.location().edits().setStatus(appointment, "cancelled");
    is(200, workflow.post(bodies.hookPath(2), payload(appointment, chosen)));
    assertThat(booked(patient, open.get(2).start())).isZero();
  }

  private String payload(String appointment, Map<String, Object> chosen) {
    return scene.location().edits().workflowPayload(appointment, chosen);
  }

  @ParameterizedTest
  @MethodSource("emrs")
  void fiftyCallersForOneTimeAreOneAppointmentTenTimesOver(String which) throws Exception {
    open(which, 53, 20);
    List<Wish> open = openings(SEEDS + 1);
    for (int seed = 0; seed < SEEDS; seed++) {
      Wish wish = open.get(seed);
      List<Answer> answers = atOnce(wish, seed);
      long won = answers.stream().filter(each -> each.status() == 201).count();
      assertThat(won).as("%s, seed %d: %s", emr, seed, statuses(answers)).isEqualTo(1);
      assertThat(answers)
          .filteredOn(each -> each.status() != 201)
          .allSatisfy(
              each -> {
                assertThat(each.status()).as(each.raw().body()).isEqualTo(409);
                assertThat(each.text("/code")).isEqualTo("slot_taken");
                assertThat(each.body().path("alternatives")).isNotEmpty();
              });
      assertThat(ofNewcomers(wish.start())).as("%s, seed %d", emr, seed).hasSize(1);
    }
    sameKeyTenTimes(open.get(SEEDS));
  }

  /** What stands at a time of people who were registered by these calls. */
  private List<EmrTruths.Visit> ofNewcomers(Instant start) {
    Truth truth = truth();
    Set<String> newcomers = new HashSet<>();
    truth.persons().stream()
        .filter(each -> each.last().startsWith("Newcomer"))
        .forEach(each -> newcomers.add(each.id()));
    return truth.visits().stream()
        .filter(each -> newcomers.contains(each.patient()) && each.start().equals(start))
        .filter(each -> each.state().equals("booked"))
        .toList();
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
    return () ->
        caller.send(
            "POST",
            "/api/v1/bookings",
            BookingBodies.newcomer(wish, who),
            "application/json",
            "Idempotency-Key",
            key);
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
    assertThat(ofNewcomers(wish.start())).hasSize(1);
  }
}
