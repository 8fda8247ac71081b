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
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.TestPropertySource;

/** Rows 1 to 4 of the speed budgets: calls, first load, unchanged cycle, log bytes. */
@Tag("bench")
@ApplicationTest
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
  private static final double CRM_CALLS_PER_SECOND = 10;

  @TestConfiguration(proxyBeanMethods = false)
  static class Instruments {

    @Bean
    static StatementCounter statementCounter() {
      return new StatementCounter();
    }

    @Bean
    @Primary
    BenchClock benchClock() {
      return new BenchClock();
    }
  }

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

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(Path.of("target/bench"));
    sandbox = SandboxProcess.start(FACTOR);
    bench = new Bench(sandbox, database, clinics, connections, ghlAccounts, clock);
    gates = new Gates(sandbox, bench);
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
      firstLoad(subject);
      long minimum = changedCycles(subject, run);
      unchangedCycles(subject);
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

  private void firstLoad(Bench.Subject subject) {
    long from = System.nanoTime();
    runs.run(subject.clinic(), subject.connection());
    double read = seconds(from);
    bench.quiet(subject, Duration.ofMinutes(20));
    double took = seconds(from);
    List<SandboxProcess.Operation> emr = sandbox.log(subject.account(), 0);
    List<SandboxProcess.Operation> crm = sandbox.log(subject.location(), 0);
    long creates = crm.stream().filter(each -> each.operation().equals("POST /contacts/")).count();
    long lookUps =
        crm.stream().filter(each -> each.operation().equals("POST /contacts/search")).count();
    double floor =
        Math.max(
            emr.size() / (READS_PER_SECOND * FACTOR),
            (creates + lookUps) / (CRM_CALLS_PER_SECOND * FACTOR));
    report.add("first load / quota floor", took / floor);
    report.add("first load: reading, share of the floor", read / floor);
    report.add("first load: EMR calls", emr.size());
    report.add("first load: CRM calls beyond creates and look-ups", crm.size() - creates - lookUps);
    report.add("first load: calls answered 429", refused(emr) + refused(crm));
  }

  private static long refused(List<SandboxProcess.Operation> log) {
    return log.stream().filter(each -> each.status() == 429).count();
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
      emr.forEach(each -> kinds.merge(kind(each), 1, Integer::sum));
      crm.forEach(each -> kinds.merge(kind(each), 1, Integer::sum));
    }
    report.setting("calls of twelve changed cycles", kinds);
    report.add("API calls / minimum", calls / (double) minimum);
    Collections.sort(bytes);
    report.add("log bytes / changed payload bytes", bytes.get(bytes.size() / 2));
    return minimum;
  }

  private static String kind(SandboxProcess.Operation operation) {
    return operation
        .operation()
        .replaceAll("/[A-Za-z0-9]{20}", "/{id}")
        .replaceAll("/\\d+", "/{id}");
  }

  private static Set<String> endpoints(List<SandboxProcess.Operation> emr) {
    Set<String> endpoints = new HashSet<>();
    emr.forEach(each -> endpoints.add(each.operation().replace("GET /v1/", "")));
    return endpoints;
  }

  private void unchangedCycles(Bench.Subject subject) {
    for (int i = 0; i < WARM_UP; i++) {
      bench.advance(INTERVAL);
      runs.run(subject.clinic(), subject.connection());
    }
    bench.quiet(subject, Duration.ofMinutes(5));
    var threads = ManagementFactory.getThreadMXBean();
    var process =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long records =
        bench.number(
            ("SELECT (SELECT count(*) FROM records_patients WHERE tenant_id = '%1$s')"
                    + " + (SELECT count(*) FROM records_appointments WHERE tenant_id = '%1$s')"
                    + " + (SELECT count(*) FROM records_invoices WHERE tenant_id = '%1$s')")
                .formatted(subject.clinic()));
    List<Double> cpu = new ArrayList<>();
    List<Double> wholeCpu = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    List<Double> sql = new ArrayList<>();
    List<Double> beyond = new ArrayList<>();
    List<String> last = List.of();
    for (int i = 0; i < UNCHANGED; i++) {
      bench.advance(INTERVAL);
      long since = sandbox.logEnd();
      long wal = bench.walPosition();
      statements.start();
      long whole = process.getProcessCpuTime();
      long own = threads.getCurrentThreadCpuTime();
      runs.run(subject.clinic(), subject.connection());
      cpu.add((threads.getCurrentThreadCpuTime() - own) / 1e6);
      wholeCpu.add((process.getProcessCpuTime() - whole) / 1e6);
      last = statements.stop();
      sql.add((double) last.size());
      bytes.add((bench.walPosition() - wal) / (double) records);
      List<SandboxProcess.Operation> emr = sandbox.log(subject.account(), since);
      beyond.add(
          (double)
              (emr.size() - endpoints(emr).size() + sandbox.log(subject.location(), since).size()));
    }
    report.add("unchanged cycle: calls beyond one per endpoint", median(beyond));
    report.add("unchanged cycle: SQL statements", median(sql));
    report.add("unchanged cycle: CPU-ms of the run", median(cpu));
    report.add("unchanged cycle: CPU-ms of the whole process", median(wholeCpu));
    report.add("unchanged cycle: log bytes per unchanged record", median(bytes));
    report.setting("statements of an unchanged cycle", last);
  }

  /** Calls of one cycle of the naive poller. */
  private double naive(Bench.Subject subject) throws IOException, InterruptedException {
    JsonNode crm = sandbox.control("accounts", Map.of("vendor", "ghl", "name", "Naive"));
    String location = crm.get("locationId").asText();
    long since = sandbox.logEnd();
    new NaivePoller(sandbox, subject.apiKey(), location, crm.get("token").asText()).cycle();
    Map<String, Integer> calls = new HashMap<>();
    calls.put("emr", answered(sandbox.log(subject.account(), since)));
    calls.put("crm", answered(sandbox.log(location, since)));
    report.setting("naive poller, calls of one cycle", calls);
    return calls.get("emr") + calls.get("crm");
  }

  /** What the poller had to repeat because it came too fast is not held against it. */
  private static int answered(List<SandboxProcess.Operation> log) {
    return (int) (log.size() - refused(log));
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
