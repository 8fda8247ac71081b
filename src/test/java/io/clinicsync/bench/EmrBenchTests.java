package io.clinicsync.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.TestDatabase;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.EmrSignIns;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.sync.Runs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/**
 * Rows 1 to 3 of the speed budgets for every EMR by every way in: calls, first load, unchanged
 * cycle. {@code -Dbench.emr=jane} runs one of them.
 */
@Tag("bench")
@DisabledIfSystemProperty(named = "bench.only", matches = "(?!sync$).+")
@ApplicationTest
@Import(Instruments.class)
@TestPropertySource(properties = "clinicsync.quota-factor=${bench.quota-factor:4}")
class EmrBenchTests {

  private static final int PATIENTS = Integer.getInteger("bench.emr-patients", 1000);
  private static final double FACTOR =
      Double.parseDouble(System.getProperty("bench.quota-factor", "4"));

  /** Changes of a cycle: one percent of the 5,000 patients the budget speaks of. */
  private static final int CHANGES = Integer.getInteger("bench.emr-changes", 50);

  private static final int CYCLES = 12;
  private static final int WARM_UP = 12;
  private static final int UNCHANGED = 9;
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private GhlAccounts ghlAccounts;
  @Autowired private EmrSignIns signIns;
  @Autowired private Connectors connectors;
  @Autowired private Runs runs;
  @Autowired private BenchClock clock;
  @Autowired private StatementCounter statements;
  @Autowired private TestDatabase database;
  @Autowired private ApiKeys keys;
  @LocalServerPort private int port;

  private SandboxProcess sandbox;
  private Bench bench;
  private Measures measures;

  static Stream<EmrWay> ways() {
    String wanted = System.getProperty("bench.emr", "");
    return EmrWay.ALL.stream()
        .filter(
            way ->
                wanted.isEmpty()
                    || Stream.of(wanted.split(","))
                        .anyMatch(
                            each ->
                                each.equals(way.emr())
                                    || each.equals(way.emr() + "-" + way.way())));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void rowsOneToThreeStayWithinTheirBounds(EmrWay way) throws Exception {
    Report report = new Report(way.excused());
    clock.reset();
    Files.createDirectories(Path.of("target/bench"));
    try (SandboxProcess started = SandboxProcess.start(FACTOR);
        Exports exports = exports(way, started)) {
      sandbox = started;
      bench = new Bench(sandbox, database, clinics, connections, ghlAccounts, clock);
      measures = new Measures(sandbox, bench, runs, statements, report, FACTOR, exports);
      warmUp(way);
      Bench.Subject subject = open(way, "Bench", 1, PATIENTS);
      measures.firstLoad(subject, quota(way));
      long minimum = changedCycles(way, subject, report);
      measures.unchanged(
          subject, WARM_UP, UNCHANGED, INTERVAL, since -> beyond(way, subject, since));
      if (exports != null) {
        exports.keepFiles();
        measures.unchanged(
            "cycle of the very same files",
            subject,
            WARM_UP,
            UNCHANGED,
            INTERVAL,
            since -> beyond(way, subject, since));
      }
      report.add(
          "naive poller: API calls / minimum", naive(way, subject) * (double) CYCLES / minimum);
    }
    report.setting("patients", PATIENTS);
    report.setting("quotaFactor", FACTOR);
    report.write(Path.of("target/bench/" + way.emr() + "-" + way.way() + ".json"));
    assertThat(report.violations()).as(way + report.table()).isEmpty();
  }

  /** Who hands an EMR's exports over; null where it is called. */
  private @Nullable Exports exports(EmrWay way, SandboxProcess started) throws SQLException {
    Auth auth = connectors.require(way.emr()).descriptor().way(way.way()).auth();
    return auth instanceof Auth.HandedOver
        ? new Exports(
            started, database, connections, keys, clock, URI.create("http://localhost:" + port))
        : null;
  }

  private double quota(EmrWay way) {
    RateLimit limit = connectors.require(way.emr()).descriptor().way(way.way()).limit();
    return limit.calls() * 1000.0 / limit.per().toMillis();
  }

  private Bench.Subject open(EmrWay way, String name, long seed, int patients) {
    Bench.Subject subject = bench.subject(way, way + " " + name, seed, patients);
    Connection connection = connections.find(subject.clinic(), subject.connection()).orElseThrow();
    Consent.give(signIns, connection);
    return subject;
  }

  /** Compiles the hot paths; its figures are dropped. */
  private void warmUp(EmrWay way) {
    Bench.Subject subject = open(way, "warm up", 99, 60);
    measures.run(subject);
    bench.quiet(subject, Duration.ofMinutes(2));
    for (int i = 0; i < 10; i++) {
      bench.advance(INTERVAL);
      measures.run(subject);
    }
    bench.quiet(subject, Duration.ofMinutes(2));
  }

  /** Twelve cycles with changes in each; returns the fewest calls possible. */
  private long changedCycles(EmrWay way, Bench.Subject subject, Report report) {
    EmrChanges changes = new EmrChanges(sandbox, bench, way, subject, new Random(1));
    Map<String, Integer> kinds = new TreeMap<>();
    List<Double> ratios = new ArrayList<>();
    long minimum = 0;
    long calls = 0;
    for (int cycle = 1; cycle <= CYCLES; cycle++) {
      bench.advance(INTERVAL);
      EmrChanges.Made made = changes.make(cycle, CHANGES);
      measures.export(subject);
      long since = sandbox.logEnd();
      measures.take(subject);
      bench.quiet(subject, Duration.ofMinutes(5));
      List<SandboxProcess.Operation> emr = bench.emrCalls(subject, since);
      List<SandboxProcess.Operation> crm = sandbox.log(subject.location(), since);
      long floor = floor(way, subject, made.renamed(), made.booked()) + contacts(crm);
      minimum += floor;
      calls += emr.size() + crm.size();
      ratios.add((emr.size() + crm.size()) / (double) floor);
      emr.forEach(each -> kinds.merge(Measures.kind(each), 1, Integer::sum));
      crm.forEach(each -> kinds.merge(Measures.kind(each), 1, Integer::sum));
    }
    Collections.sort(ratios);
    report.setting("calls of twelve changed cycles", kinds);
    report.setting("ratio of each cycle", ratios);
    report.add("API calls / minimum", calls / (double) minimum);
    return minimum;
  }

  /** One write for each contact that had to be written; what was booked later may show nowhere. */
  private static long contacts(List<SandboxProcess.Operation> crm) {
    return crm.stream()
        .filter(each -> each.kind().equals("WRITE"))
        .map(SandboxProcess.Operation::id)
        .distinct()
        .count();
  }

  private int floor(EmrWay way, Bench.Subject subject, int renamed, int booked) {
    JsonNode truth = sandbox.truth(subject.account());
    return way.floor().calls(new WireFloor.Cycle(truth, clock.instant(), renamed, booked));
  }

  private double beyond(EmrWay way, Bench.Subject subject, long since) {
    List<SandboxProcess.Operation> emr = bench.emrCalls(subject, since);
    return emr.size()
        - floor(way, subject, 0, 0)
        + (double) sandbox.log(subject.location(), since).size();
  }

  /** Calls of one cycle of a poller that reads everything and upserts everybody. */
  private int naive(EmrWay way, Bench.Subject subject) throws Exception {
    JsonNode crm = sandbox.control("accounts", Map.of("vendor", "ghl", "name", way + " naive"));
    String location = crm.get("locationId").asText();
    long since = sandbox.logEnd();
    NaiveReader reader = new NaiveReader(connectors, connections);
    new NaivePoller(sandbox, "", location, crm.get("token").asText())
        .upsertAll(reader.everything(subject.clinic(), subject.connection()));
    return Measures.answered(bench.emrCalls(subject, since))
        + Measures.answered(sandbox.log(location, since));
  }
}
