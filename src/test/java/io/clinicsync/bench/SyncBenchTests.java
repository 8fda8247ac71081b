package io.clinicsync.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.TestDatabase;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sync.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** Rows 1 to 4 of the speed budgets: calls, first load, unchanged cycle, log bytes. */
@Tag("bench")
@DisabledIfSystemProperty(named = "bench.only", matches = "(?!sync$).+")
@ApplicationTest
@Import(Instruments.class)
@TestPropertySource(properties = "clinicsync.quota-factor=${bench.quota-factor:4}")
class SyncBenchTests {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final int PATIENTS = Integer.getInteger("bench.patients", 5000);
  private static final double FACTOR =
      Double.parseDouble(System.getProperty("bench.quota-factor", "4"));
  private static final int CYCLES = 12;
  private static final int WARM_UP = 30;
  private static final int UNCHANGED = 15;
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final int PAGE = 100;
  private static final double READS_PER_SECOND = 200 / 60.0;

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private GhlAccounts ghlAccounts;
  @Autowired private Runs runs;
  @Autowired private BenchClock clock;
  @Autowired private StatementCounter statements;
  @Autowired private TestDatabase database;

  private final Report report = new Report();
  private SandboxProcess sandbox;
  private Bench bench;
  private Gates gates;
  private Measures measures;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(Path.of("target/bench"));
    sandbox = SandboxProcess.start(FACTOR);
    bench = new Bench(sandbox, database, clinics, connections, ghlAccounts, clock);
    gates = new Gates(sandbox, bench);
    measures = new Measures(sandbox, bench, runs, statements, report, FACTOR);
  }

  @AfterEach
  void stop() throws InterruptedException {
    sandbox.close();
  }

  @Test
  void rowsOneToFourStayWithinTheirBounds() throws Exception {
    warmUp();
    List<Map<String, Integer>> found = new ArrayList<>();
    double naiveCalls = 0;
    for (int run = 1; run <= RUNS; run++) {
      Bench.Subject subject = bench.subject("Bench " + run, run, PATIENTS);
      measures.firstLoad(subject, READS_PER_SECOND);
      long minimum = changedCycles(subject, run);
      measures.unchanged(subject, WARM_UP, UNCHANGED, INTERVAL, since -> beyond(subject, since));
      found.add(gates.check(subject));
      if (run == 1) {
        naiveCalls = naive(subject);
        report.add("naive poller: API calls / minimum", naiveCalls * CYCLES / minimum);
      }
    }
    for (String gate : List.of("lost", "regressed", "doubled", "foreign")) {
      report.gate(gate, Gates.sum(found, gate));
    }
    for (String table :
        List.of(
            "records_patients",
            "records_appointments",
            "insights_facts",
            "crm_pushed",
            "people_links")) {
      report.setting(
          "mean row bytes of " + table,
          bench.number("SELECT coalesce(round(avg(pg_column_size(t.*))), 0) FROM " + table + " t"));
    }
    report.setting("postgres", bench.text("SHOW server_version"));
    report.setting("full_page_writes", bench.text("SHOW full_page_writes"));
    report.setting("wal_level", bench.text("SHOW wal_level"));
    report.setting("fsync", bench.text("SHOW fsync"));
    report.setting("patients", PATIENTS);
    report.setting("runs", RUNS);
    report.setting("quotaFactor", FACTOR);
    report.write(Path.of("target/bench/report.json"));
    assertThat(report.violations()).as(report.table()).isEmpty();
  }

  /** Compiles the hot paths; its figures are dropped. */
  private void warmUp() {
    Bench.Subject subject = bench.subject("Warm up", 99, 300);
    runs.run(subject.clinic(), subject.connection());
    bench.quiet(subject, Duration.ofMinutes(2));
    for (int i = 0; i < 20; i++) {
      bench.advance(INTERVAL);
      runs.run(subject.clinic(), subject.connection());
    }
    bench.quiet(subject, Duration.ofMinutes(2));
  }

  /**
   * Twelve cycles with one percent changed in each; returns the fewest calls they could have taken.
   */
  private long changedCycles(Bench.Subject subject, int seed) {
    Changes changes = new Changes(sandbox, bench, subject, new Random(seed));
    long minimum = 0;
    long calls = 0;
    List<Double> bytes = new ArrayList<>();
    Map<String, Integer> kinds = new TreeMap<>();
    for (int cycle = 1; cycle <= CYCLES; cycle++) {
      bench.advance(INTERVAL);
      Changes.Made made = changes.make(cycle, PATIENTS / 100);
      long since = sandbox.logEnd();
      long wal = bench.walPosition();
      runs.run(subject.clinic(), subject.connection());
      bench.quiet(subject, Duration.ofMinutes(5));
      bytes.add((bench.walPosition() - wal) / (double) made.bytes());
      List<SandboxProcess.Operation> emr = sandbox.log(subject.account(), since);
      List<SandboxProcess.Operation> crm = sandbox.log(subject.location(), since);
      minimum += made.contacts();
      for (String endpoint : NaivePoller.LISTS) {
        minimum += Math.max(1, Math.ceilDiv(made.rows().getOrDefault(endpoint, 0), PAGE));
      }
      calls += emr.size() + crm.size();
      emr.forEach(each -> kinds.merge(Measures.kind(each), 1, Integer::sum));
      crm.forEach(each -> kinds.merge(Measures.kind(each), 1, Integer::sum));
    }
    report.setting("calls of twelve changed cycles", kinds);
    report.add("API calls / minimum", calls / (double) minimum);
    Collections.sort(bytes);
    report.add("log bytes / changed payload bytes", bytes.get(bytes.size() / 2));
    return minimum;
  }

  private double beyond(Bench.Subject subject, long since) {
    List<SandboxProcess.Operation> emr = bench.emrCalls(subject, since);
    return emr.size()
        - Measures.endpoints(emr).size()
        + (double) sandbox.log(subject.location(), since).size();
  }

  /** Calls of one cycle of the naive poller. */
  private double naive(Bench.Subject subject) throws IOException, InterruptedException {
    JsonNode crm = sandbox.control("accounts", Map.of("vendor", "ghl", "name", "Naive"));
    String location = crm.get("locationId").asText();
    long since = sandbox.logEnd();
    new NaivePoller(sandbox, subject.apiKey(), location, crm.get("token").asText()).cycle();
    Map<String, Integer> calls = new HashMap<>();
    calls.put("emr", Measures.answered(sandbox.log(subject.account(), since)));
    calls.put("crm", Measures.answered(sandbox.log(location, since)));
    report.setting("naive poller, calls of one cycle", calls);
    return calls.get("emr") + calls.get("crm");
  }
}
