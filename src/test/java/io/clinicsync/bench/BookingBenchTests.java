package io.clinicsync.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.TestDatabase;
import io.clinicsync.bench.LoadPlan.Group;
import io.clinicsync.bench.LoadPlan.Kind;
import io.clinicsync.bench.LoadPlan.Phase;
import io.clinicsync.bench.LoadProcess.Met;
import io.clinicsync.bench.LoadProcess.Outcome;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/**
 * The booking rows of the speed budgets: booking beside the same calls made directly, and
 * neighbours of a busy clinic. This JVM only makes the clinics; application, vendors and callers
 * are processes of their own.
 */
@Tag("bench")
@Isolated
@DisabledIfSystemProperty(named = "bench.only", matches = "(?!booking$).+")
@ApplicationTest
@Import(Instruments.class)
@TestPropertySource(properties = "clinicsync.quota-factor=" + BookingBenchTests.FACTOR)
class BookingBenchTests {

  /** Far beyond what is asked for, so that no quota but only time is measured. */
  static final int FACTOR = 200;

  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int SECONDS = Integer.getInteger("bench.seconds", 20);

  /** How often each caller books; 64 of them book sixteen times a second. */
  private static final double PER_CALLER_AND_SECOND =
      Double.parseDouble(System.getProperty("bench.pace", "0.25"));

  private static final int QUIET = 6;
  private static final int PATIENTS = 60;

  /** Diary, write, diary again: Cliniko accepts whatever overlaps. */
  private static final int MINIMUM = 3;

  private static final int CLINICS = 8;
  private static final Duration SYNC_EVERY = Duration.ofSeconds(5);

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private GhlAccounts ghlAccounts;
  @Autowired private BenchClock clock;
  @Autowired private TestDatabase database;
  @Autowired private ApplicationContext context;

  private final Report report = new Report();
  private SandboxProcess sandbox;
  private Bench bench;
  private LoadClinics load;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(Path.of("target/bench"));
    sandbox = SandboxProcess.start(FACTOR);
    bench = new Bench(sandbox, database, clinics, connections, ghlAccounts, clock);
    load = new LoadClinics(bench, sandbox, context);
  }

  @AfterEach
  void stop() throws InterruptedException {
    sandbox.close();
  }

  @Test
  void bookingStaysWithinItsBounds() throws Exception {
    List<String> ours = names("clinic", CLINICS);
    List<String> direct = names("direct", CLINICS);
    clinicsAndAccounts(ours, direct);
    load.add("busy", 1000, PATIENTS);
    latency(sandbox, 50);
    try (AppProcess application = AppProcess.start(database, FACTOR)) {
      for (String each : ours) {
        assertThat(book(application, load.clinic(each), -1)).as("warm").isEqualTo(201);
      }
      countedCalls(application, load.clinic(ours.getFirst()));
      List<Phase> phases = new ArrayList<>(warmUp(ours, direct));
      for (int round = 1; round <= ROUNDS; round++) {
        for (int callers : new int[] {4, 64}) {
          String name = "round " + round + ", " + callers + " callers";
          double rate = callers * PER_CALLER_AND_SECOND;
          // Few callers need longer for a 99th percentile that says something.
          int seconds = callers < 10 ? 3 * SECONDS : SECONDS;
          Group straight = Group.open("direct", Kind.BOOK_DIRECTLY, direct, rate);
          Group through = Group.open("ours", Kind.BOOK, ours, rate);
          phases.add(Phase.of(name + " direct", QUIET, seconds, straight));
          phases.add(Phase.of(name, QUIET, seconds, through));
        }
        phases.addAll(neighbours(round, ours));
      }
      Instant began = Instant.now();
      Duration before = application.processorTime();
      Outcome met = loaded("booking", application, ours, phases);
      report.setting(
          "processor seconds of the application",
          application.processorTime().minus(before).toMillis() / 1000.0);
      bookings(met);
      steps(began);
      conclude("booking");
    }
  }

  private static List<String> names(String kind, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> kind + " " + i).toList();
  }

  private void clinicsAndAccounts(List<String> ours, List<String> direct) {
    for (int i = 0; i < ours.size(); i++) {
      load.add(ours.get(i), i, PATIENTS);
      load.addDirect(direct.get(i), ours.get(i), i, PATIENTS);
    }
  }

  /** Every call of the EMR takes so long. */
  static void latency(SandboxProcess sandbox, int millis) {
    sandbox.control("faults", Map.of("clear", true));
    sandbox.control("faults", Map.of("kind", "latency", "amount", millis, "path", "/v1/"));
  }

  /** Long enough for the compiler, which competes with the bookings on a small machine. */
  private static List<Phase> warmUp(List<String> ours, List<String> direct) {
    return List.of(
        Phase.of(
            "warm-up",
            1,
            SECONDS,
            Group.open("ours", Kind.BOOK, ours, 16),
            Group.open("direct", Kind.BOOK_DIRECTLY, direct, 16)),
        Phase.of("warm-up 2", 1, 6 * SECONDS, Group.open("ours", Kind.BOOK, ours, 24)));
  }

  /**
   * Each neighbour books every other second; the busy clinic's callers come a hundred times as
   * often.
   */
  private static List<Phase> neighbours(int round, List<String> ours) {
    double each = 0.5;
    Group alone = Group.open("neighbours alone", Kind.BOOK, ours, each * ours.size());
    Group beside = Group.open("neighbours beside", Kind.BOOK, ours, each * ours.size());
    Group busy = Group.open("busy", Kind.BOOK, List.of("busy"), each * 100);
    return List.of(
        Phase.of("round " + round + ", alone", QUIET, SECONDS, alone),
        Phase.of("round " + round + ", beside", QUIET, SECONDS, beside, busy));
  }

  /** Goes through the phases while the clinics are read all the time, one after the other. */
  private Outcome loaded(String name, AppProcess application, List<String> ours, List<Phase> phases)
      throws Exception {
    Thread syncs = Thread.ofVirtual().start(() -> keepReading(application, ours));
    try {
      return LoadProcess.run(
          name, new LoadPlan(application.base(), sandbox.clinikoBase(), load.all(), phases));
    } finally {
      syncs.interrupt();
      syncs.join();
    }
  }

  private void keepReading(AppProcess application, List<String> names) {
    int asked = 0;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        String name = names.get(asked++ % names.size());
        String path = "/api/v1/connections/" + load.subject(name).connection().value() + "/sync";
        assertThat(application.status("POST", path, load.clinic(name).key(), null)).isEqualTo(202);
        Thread.sleep(SYNC_EVERY);
      }
    } catch (InterruptedException done) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What bookings of known patients cost while nothing else runs there, by the vendor's own log.
   */
  private void countedCalls(AppProcess application, LoadPlan.Clinic clinic) {
    int bookings = 20;
    long since = sandbox.logEnd();
    for (int i = 0; i < bookings; i++) {
      assertThat(book(application, clinic, -2 - i)).as("counted").isEqualTo(201);
    }
    Map<String, Integer> kinds = new TreeMap<>();
    sandbox
        .log(clinic.name(), since)
        .forEach(each -> kinds.merge(Measures.kind(each), 1, Integer::sum));
    int calls = kinds.values().stream().mapToInt(Integer::intValue).sum();
    report.add("booking: vendor calls / minimum", calls / (double) (bookings * MINIMUM));
    report.setting("vendor calls of " + bookings + " bookings", kinds);
  }

  /** Books an hour before those that the callers are given. */
  private static int book(AppProcess application, LoadPlan.Clinic clinic, int hour) {
    LoadPlan.Person person = clinic.people().getFirst();
    LoadPlan.Offer offer = clinic.offers().getFirst();
    Map<String, Object> body =
        Map.of(
            "patient",
            Map.of(
                "first_name", person.firstName(),
                "last_name", person.lastName(),
                "email", person.email()),
            "practitioner",
            offer.practitioner(),
            "treatment",
            offer.treatment(),
            "site",
            offer.site(),
            "external_id",
            UUID.randomUUID().toString(),
            "starts_at",
            Instant.ofEpochSecond((clinic.firstHour() + hour) * 3600).toString());
    return application.status(
        "POST", "/api/v1/bookings", clinic.key(), SandboxProcess.JSON.valueToTree(body).toString());
  }

  private void bookings(Outcome met) {
    int failures = 0;
    for (int callers : new int[] {4, 64}) {
      Met direct = met.all(name -> name.contains(", " + callers + " callers direct"));
      Met ours = met.all(name -> name.contains(", " + callers + " callers:"));
      String row = "booking, " + callers + " callers: ";
      report.add(row + "p99 / vendor p99", ours.percentile(99) / direct.percentile(99));
      show(row + "vendor directly, ms", direct);
      show(row + "through us, ms", ours);
      failures += direct.failures() + ours.failures();
    }
    Met alone = met.all(name -> name.endsWith(": neighbours alone"));
    Met beside = met.all(name -> name.endsWith(": neighbours beside"));
    Met busy = met.all(name -> name.endsWith(": busy"));
    report.add(
        "booking: neighbours' p99 beside 100x / alone",
        beside.percentile(99) / alone.percentile(99));
    show("booking: neighbours alone, ms", alone);
    show("booking: neighbours beside, ms", beside);
    report.setting("busy clinic: booked per second", busy.perSecond());
    report.setting("busy clinic: refused", busy.failed());
    report.gate("lost: bookings that failed", failures + alone.failures() + beside.failures());
  }

  private void show(String what, Met met) {
    for (int percent : new int[] {50, 90, 99}) {
      report.add(what + " p" + percent, met.percentile(percent));
    }
    report.setting(what + ", calls", met.millis().size());
    if (!met.failed().isEmpty()) {
      report.setting(what + ", failed", met.failed());
    }
  }

  /** Where the application itself says its time went. */
  private void steps(Instant since) {
    report.setting(
        "steps of an attempt, ms (median, p99)",
        bench.text(
            """
            SELECT string_agg(step || ' ' || middle || ' ' || high, '; ') FROM
              (SELECT each->>'step' AS step, percentile_disc(0.5) WITHIN GROUP (ORDER BY (each->>'millis')::int) AS middle,
                 percentile_disc(0.99) WITHIN GROUP (ORDER BY (each->>'millis')::int) AS high
               FROM booking_attempts, jsonb_array_elements(trace) AS each WHERE created_at > '%s' AND connection_id <> '%s'
               GROUP BY 1) AS steps
            """
                .formatted(since, load.subject("busy").connection().value())));
  }

  private void conclude(String name) throws IOException {
    report.setting("postgres", bench.text("SHOW server_version"));
    report.setting("rounds", ROUNDS);
    report.setting("seconds", SECONDS);
    report.setting("bookings of a caller per second", PER_CALLER_AND_SECOND);
    report.setting(
        "load average at the end",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    report.write(Path.of("target/bench/" + name + ".json"));
    assertThat(report.violations()).as(report.table()).isEmpty();
  }
}
