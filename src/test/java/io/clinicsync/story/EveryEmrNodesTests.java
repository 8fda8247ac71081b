package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.TestDatabase;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.api.NodeProcess;
import io.clinicsync.booking.BookingSweep;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.story.BookingBodies.Wish;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.Tenancy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/**
 * Two nodes on one database, for every EMR that takes bookings: one node is killed or stopped while
 * it books [F2, F37]. In real time, which is the other node's too; so it has a sandbox of its own.
 */
@ApplicationTest
@Import(StoryBed.class)
@TestPropertySource(properties = "story.sandbox=of the nodes")
@Order(7)
class EveryEmrNodesTests {

  /** From the kill to the last EMR's answer. */
  private static final Duration SETTLED = Duration.ofMinutes(2);

  /** The call that makes an appointment, in each EMR. */
  private static final Map<String, Fault> CREATING =
      Map.of(
          "cliniko", call("POST", "/individual_appointments$"),
          "jane", call("PUT", "/appointments/[^/]+/book$"),
          "nookal", call("POST", "/addAppointmentBooking"),
          "halaxy", call("POST", "/Appointment/\\$book"),
          "practicebetter", call("POST", "/consultant/sessions$"),
          "simplepractice", call("POST", "/frontend/appointments"));

  @Autowired private ApplicationContext context;
  @Autowired private Stage stage;
  @Autowired private TestDatabase database;
  @TempDir private Path folder;

  private List<BookableScene> clinics;

  private static Fault call(String method, String path) {
    return Fault.of(FaultKind.LATENCY).onMethod(method).onPath(path);
  }

  @BeforeEach
  void aClinicOfEachEmr() {
    stage.sandbox().clock().reset();
    clinics = BookableScene.emrs().map(emr -> new BookableScene(context, emr, 59, 12)).toList();
    // What settled meanwhile pushed it.
    stage.sandbox().clock().reset();
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  private void whileCreating(FaultKind kind, long amount) {
    for (BookableScene clinic : clinics) {
      Fault where = Objects.requireNonNull(CREATING.get(clinic.emr));
      stage
          .sandbox()
          .faults()
          .set(
              Fault.of(kind)
                  .onAccount(clinic.scene.emrAccount())
                  .onMethod(where.method())
                  .onPath(Objects.requireNonNull(where.path()).pattern())
                  .amount(amount));
    }
  }

  private List<LogEntry> created(BookableScene clinic, long mark) {
    Fault where = Objects.requireNonNull(CREATING.get(clinic.emr));
    Pattern path = Objects.requireNonNull(where.path());
    return clinic.scene.emrCallsSince(mark).stream()
        .filter(each -> each.kind() == LogEntry.Kind.WRITE)
        .filter(each -> each.operation().startsWith(where.method() + " "))
        .filter(each -> path.matcher(each.operation()).find())
        .toList();
  }

  @Test
  void aNodeKilledBetweenTheEmrsCreationAndOurCommitLeavesOneAppointmentThatIsFound()
      throws Exception {
    List<Wish> wishes = new ArrayList<>();
    long mark = stage.sandbox().log().lastSeq();
    try (NodeProcess node = NodeProcess.start(database, folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // Asked there, so that the node is warm: what hangs is given up after ten seconds.
      clinics.forEach(
          each -> wishes.add(each.openings(new ApiClient(node.port(), each.key), 1).getFirst()));
      // Each EMR has created it, and its answer is still on the way.
      whileCreating(FaultKind.DRIP, -1);
      for (int number = 0; number < clinics.size(); number++) {
        BookableScene clinic = clinics.get(number);
        Wish wish = wishes.get(number);
        ApiClient there = new ApiClient(node.port(), clinic.key);
        threads.submit(() -> clinic.bookNewcomer(there, wish, "killed", "killed"));
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(
              () ->
                  assertThat(clinics)
                      .allSatisfy(each -> assertThat(created(each, mark)).as(each.emr).hasSize(1)));
      node.kill();
      assertThat(heldSessions()).as("of Jane and SimplePractice").isEqualTo(2);
      assertThat(node.output()).doesNotContain("Newcomer", "example.org");
    }
    stage.sandbox().faults().clear();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> found = new ArrayList<>();
      for (int number = 0; number < clinics.size(); number++) {
        BookableScene clinic = clinics.get(number);
        Wish wish = wishes.get(number);
        found.add(threads.submit(() -> isFound(clinic, wish, mark)));
      }
      for (Future<?> each : found) {
        each.get();
      }
    }
  }

  /** Sessions that the killed node held, and that are free soon. */
  private long heldSessions() {
    return clinics.stream()
        .mapToLong(
            each ->
                context
                    .getBean(Tenancy.class)
                    .inClinic(
                        each.scene.clinic(),
                        () ->
                            context
                                .getBean(JdbcClient.class)
                                .sql(
                                    "SELECT count(*) FROM clinics_sessions WHERE held_until"
                                        + " BETWEEN clock_timestamp() AND clock_timestamp() + interval '45 seconds'")
                                .query(Long.class)
                                .single()))
        .sum();
  }

  private void isFound(BookableScene clinic, Wish wish, long mark) {
    Answer open = clinic.bookNewcomer(clinic.caller, wish, "killed", "killed");
    assertThat(open.status()).as(clinic.emr + open.raw().body()).isIn(202, 409);
    String attempt = clinic.caller.get("/api/v1/bookings?limit=1").text("/items/0/booking");
    // Before that the EMR's session, which the killed node held, must be free again.
    Awaitility.await()
        .atMost(SETTLED)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              BookingSweep.hasten(context, clinic.scene.clinic(), attempt);
              return clinic.caller.get("/api/v1/bookings/" + attempt).text("/state").equals("done");
            });
    Answer found = clinic.bookNewcomer(clinic.caller, wish, "killed", "killed");
    assertThat(found.status()).as(clinic.emr + found.raw().body()).isEqualTo(201);
    assertThat(found.text("/booking")).isEqualTo(attempt);
    assertThat(created(clinic, mark)).as("no second create in " + clinic.emr).hasSize(1);
    assertThat(clinic.ofNewcomers(wish.start())).as(clinic.emr).hasSize(1);
  }

  @Test
  void aNodeThatIsStoppedPolitelyLosesNoBookingAndDoublesNone() throws Exception {
    int each = 3;
    List<List<Wish>> wishes =
        clinics.stream().map(clinic -> clinic.openings(each).subList(0, each)).toList();
    List<Future<Answer>> answers = new ArrayList<>();
    long mark = stage.sandbox().log().lastSeq();
    try (NodeProcess node = NodeProcess.start(database, folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      whileCreating(FaultKind.LATENCY, 1_500);
      for (int number = 0; number < each; number++) {
        for (int which = 0; which < clinics.size(); which++) {
          BookableScene clinic = clinics.get(which);
          Wish wish = wishes.get(which).get(number);
          String once = "deploy-" + number;
          Duration wait = Duration.ofMillis(number * 500L + which * 50L);
          answers.add(
              threads.submit(
                  () -> {
                    Thread.sleep(wait);
                    return eitherNode(node, clinic, wish, once);
                  }));
        }
      }
      // One is made; the others are on their way, since no two of them began at one moment.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> clinics.stream().anyMatch(clinic -> !created(clinic, mark).isEmpty()));
      assertThat(answers).as("under way").anyMatch(answer -> !answer.isDone());
      assertThat(node.stop(Duration.ofSeconds(90))).as("ended by itself").isTrue();
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().status()).as(answer.get().raw().body()).isEqualTo(201);
      }
    }
    for (int which = 0; which < clinics.size(); which++) {
      for (Wish wish : wishes.get(which)) {
        assertThat(clinics.get(which).ofNewcomers(wish.start()))
            .as(clinics.get(which).emr)
            .hasSize(1);
      }
    }
  }

  /** As a load balancer's client does: what one node does not take goes to the other, same key. */
  private static Answer eitherNode(NodeProcess node, BookableScene clinic, Wish wish, String once) {
    try {
      return clinic.bookNewcomer(new ApiClient(node.port(), clinic.key), wish, once, once);
    } catch (IllegalStateException gone) {
      return clinic.bookNewcomer(clinic.caller, wish, once, once);
    }
  }
}
