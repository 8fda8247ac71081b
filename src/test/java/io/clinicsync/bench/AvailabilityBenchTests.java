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
import java.util.ArrayList;
import java.util.List;
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
 * The availability row of the speed budgets: many callers who look for times at a slow vendor. Each
 * asks what nobody asked before, so that nothing is answered from memory.
 */
@Tag("bench")
@Isolated
@DisabledIfSystemProperty(named = "bench.only", matches = "(?!availability$).+")
@ApplicationTest
@Import(Instruments.class)
@TestPropertySource(properties = "clinicsync.quota-factor=" + BookingBenchTests.FACTOR)
class AvailabilityBenchTests {

  private static final int CALLERS = Integer.getInteger("bench.callers", 400);

  /** Callers are spread, as a vendor account takes four calls at once and no more. */
  private static final int CLINICS = Integer.getInteger("bench.clinics", 40);

  /** What a caller lets pass before the next question. */
  private static final int PAUSE_MILLIS = Integer.getInteger("bench.pause-millis", 3600);

  private static final int SECONDS = Integer.getInteger("bench.seconds", 20);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int LATENCY_MILLIS = 200;

  /** Its open times; the treatment's length is in our catalogue. */
  private static final int VENDOR_CALLS = 1;

  private static final int PATIENTS = 12;
  private static final int QUIET = 6;

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
    sandbox = SandboxProcess.start(BookingBenchTests.FACTOR);
    bench = new Bench(sandbox, database, clinics, connections, ghlAccounts, clock);
    load = new LoadClinics(bench, sandbox, context);
  }

  @AfterEach
  void stop() throws InterruptedException {
    sandbox.close();
  }

  @Test
  void manyCallersLookForTimesAsFastAsTheVendorAnswers() throws Exception {
    List<String> ours = IntStream.rangeClosed(1, CLINICS).mapToObj(i -> "clinic " + i).toList();
    List<String> direct = IntStream.rangeClosed(1, CLINICS).mapToObj(i -> "direct " + i).toList();
    for (int i = 0; i < CLINICS; i++) {
      load.add(ours.get(i), i, PATIENTS);
      load.addDirect(direct.get(i), ours.get(i), i, PATIENTS);
    }
    BookingBenchTests.latency(sandbox, LATENCY_MILLIS);
    try (AppProcess application = AppProcess.start(database, BookingBenchTests.FACTOR)) {
      List<Phase> phases = new ArrayList<>();
      // Long enough for the compiler, which competes with the look-ups on a small machine.
      phases.add(Phase.of("warm-up", 1, 4 * SECONDS, ours(ours)));
      for (int round = 1; round <= ROUNDS; round++) {
        Group straight =
            Group.closed("direct", Kind.FIND_TIMES_DIRECTLY, direct, CALLERS, PAUSE_MILLIS);
        phases.add(Phase.of("round " + round + " direct", QUIET, SECONDS, straight));
        phases.add(Phase.of("round " + round, QUIET, SECONDS, ours(ours)));
      }
      Duration before = application.processorTime();
      Outcome met =
          LoadProcess.run(
              "availability",
              new LoadPlan(application.base(), sandbox.clinikoBase(), load.all(), phases));
      Duration took = application.processorTime().minus(before);
      figures(
          met.all(name -> name.startsWith("round") && name.endsWith(": direct")),
          met.all(name -> name.startsWith("round") && name.endsWith(": ours")));
      report.setting("processor seconds of the application", took.toMillis() / 1000.0);
    }
    conclude();
  }

  private static Group ours(List<String> clinics) {
    return Group.closed("ours", Kind.FIND_TIMES, clinics, CALLERS, PAUSE_MILLIS);
  }

  private void figures(Met direct, Met ours) {
    // Callers who ask again at once would ask 1 / mean time each second; pauses would only dilute
    // it.
    report.add("availability, 400 callers: throughput / ideal", direct.mean() / ours.mean());
    report.add("availability: vendor directly, ms mean", direct.mean());
    report.add("availability: through us, ms mean", ours.mean());
    report.add("availability: vendor directly, ms p99", direct.percentile(99));
    report.add("availability: through us, ms p99", ours.percentile(99));
    report.add("availability: vendor directly, answers per second", direct.perSecond());
    report.add("availability: through us, answers per second", ours.perSecond());
    report.setting("latency of the vendor, ms", LATENCY_MILLIS);
    report.setting("vendor calls of a question", VENDOR_CALLS);
    report.gate("lost: questions that failed", direct.failures() + ours.failures());
    report.setting("what failed directly", direct.failed());
    report.setting("what failed through us", ours.failed());
  }

  private void conclude() throws IOException {
    report.setting("callers", CALLERS);
    report.setting("clinics", CLINICS);
    report.setting("pause, ms", PAUSE_MILLIS);
    report.setting("rounds", ROUNDS);
    report.setting("seconds", SECONDS);
    report.setting(
        "load average at the end",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    report.write(Path.of("target/bench/availability.json"));
    assertThat(report.violations()).as(report.table()).isEmpty();
  }
}
