package io.clinicsync.bench;

import io.clinicsync.sync.Runs;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How the figures of any EMR are taken. */
final class Measures {

  private static final double CRM_CALLS_PER_SECOND = 10;

  private final SandboxProcess sandbox;
  private final Bench bench;
  private final Runs runs;
  private final StatementCounter statements;
  private final Report report;
  private final double factor;
  private final @Nullable Exports exports;

  Measures(
      SandboxProcess sandbox,
      Bench bench,
      Runs runs,
      StatementCounter statements,
      Report report,
      double factor) {
    this(sandbox, bench, runs, statements, report, factor, null);
  }

  /**
   * @param exports who hands over what an EMR has to say; null where it is called
   */
  Measures(
      SandboxProcess sandbox,
      Bench bench,
      Runs runs,
      StatementCounter statements,
      Report report,
      double factor,
      @Nullable Exports exports) {
    this.sandbox = sandbox;
    this.bench = bench;
    this.runs = runs;
    this.statements = statements;
    this.report = report;
    this.factor = factor;
    this.exports = exports;
  }

  /** A cycle. */
  void run(Bench.Subject subject) {
    export(subject);
    take(subject);
  }

  /** What staff do at an EMR that is not called, before a cycle begins; nothing at others. */
  void export(Bench.Subject subject) {
    if (exports != null) {
      exports.download(subject);
    }
  }

  /** What of a cycle is ours: the run, and before it the taking of what is handed over. */
  void take(Bench.Subject subject) {
    if (exports != null) {
      exports.handOver(subject);
    }
    read(subject);
  }

  private void read(Bench.Subject subject) {
    runs.run(subject.clinic(), subject.connection());
  }

  /**
   * Loads a clinic for the first time.
   *
   * @param readsPerSecond the EMR's quota without the factor
   */
  void firstLoad(Bench.Subject subject, double readsPerSecond) {
    export(subject);
    long from = System.nanoTime();
    long since = sandbox.logEnd();
    take(subject);
    // One that takes long makes room for others in between, and is continued by the next run.
    for (int turn = 1; isLoading(subject); turn++) {
      if (turn == 100) {
        throw new IllegalStateException("The first load does not come to its end");
      }
      read(subject);
    }
    double read = seconds(from);
    bench.quiet(subject, Duration.ofMinutes(20));
    double took = seconds(from);
    List<SandboxProcess.Operation> emr = bench.emrCalls(subject, since);
    List<SandboxProcess.Operation> crm = sandbox.log(subject.location(), since);
    long creates = crm.stream().filter(each -> each.operation().equals("POST /contacts/")).count();
    long lookUps =
        crm.stream().filter(each -> each.operation().equals("POST /contacts/search")).count();
    double floor =
        Math.max(
            emr.size() / (readsPerSecond * factor),
            (creates + lookUps) / (CRM_CALLS_PER_SECOND * factor));
    report.add("first load / quota floor", took / floor);
    report.add("first load: reading, share of the floor", read / floor);
    report.add("first load: EMR calls", emr.size());
    report.add("first load: CRM calls beyond creates and look-ups", crm.size() - creates - lookUps);
    report.add("first load: calls answered 429", refused(emr) + refused(crm));
  }

  private boolean isLoading(Bench.Subject subject) {
    return bench.number(
            "SELECT count(*) FROM clinics_connections WHERE quiet_until_loaded AND id = '%s'"
                .formatted(subject.connection().value()))
        > 0;
  }

  /** {@link #unchanged(String, Bench.Subject, int, int, Duration, LongToDoubleFunction)}. */
  void unchanged(
      Bench.Subject subject,
      int warmUp,
      int cycles,
      Duration interval,
      LongToDoubleFunction beyond) {
    unchanged("unchanged cycle", subject, warmUp, cycles, interval, beyond);
  }

  /**
   * Cycles in which nothing changes.
   *
   * @param name what stands before each figure
   * @param beyond calls beyond the fewest possible since a number of the log
   */
  void unchanged(
      String name,
      Bench.Subject subject,
      int warmUp,
      int cycles,
      Duration interval,
      LongToDoubleFunction beyond) {
    for (int i = 0; i < warmUp; i++) {
      bench.advance(interval);
      run(subject);
    }
    bench.quiet(subject, Duration.ofMinutes(5));
    var threads = ManagementFactory.getThreadMXBean();
    var process =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long records = records(subject);
    List<Double> cpu = new ArrayList<>();
    List<Double> wholeCpu = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    List<Double> sql = new ArrayList<>();
    List<Double> more = new ArrayList<>();
    List<String> last = List.of();
    for (int i = 0; i < cycles; i++) {
      bench.advance(interval);
      export(subject);
      long since = sandbox.logEnd();
      long wal = bench.walPosition();
      statements.start();
      long whole = process.getProcessCpuTime();
      long own = threads.getCurrentThreadCpuTime();
      take(subject);
      double ofThread = (threads.getCurrentThreadCpuTime() - own) / 1e6;
      double ofProcess = (process.getProcessCpuTime() - whole) / 1e6;
      // What is handed over is taken by other threads than the one that runs.
      cpu.add(exports == null ? ofThread : ofProcess);
      wholeCpu.add(ofProcess);
      last = statements.stop();
      sql.add((double) last.size());
      bytes.add((bench.walPosition() - wal) / (double) records);
      more.add(beyond.applyAsDouble(since));
      if (i == cycles - 1) {
        report.setting(
            "calls of one " + name,
            bench.emrCalls(subject, since).stream().map(Measures::kind).toList());
      }
    }
    report.add(name + ": calls beyond one per endpoint", median(more));
    report.add(name + ": SQL statements", median(sql));
    report.add(name + ": CPU-ms of the run", median(cpu));
    report.add(name + ": CPU-ms of the whole process", median(wholeCpu));
    report.add(name + ": log bytes per unchanged record", median(bytes));
    report.setting("statements of one " + name, last);
  }

  private long records(Bench.Subject subject) {
    return bench.number(
        ("SELECT (SELECT count(*) FROM records_patients WHERE tenant_id = '%1$s')"
                + " + (SELECT count(*) FROM records_appointments WHERE tenant_id = '%1$s')"
                + " + (SELECT count(*) FROM records_invoices WHERE tenant_id = '%1$s')")
            .formatted(subject.clinic()));
  }

  /** The call without the ids in its path. */
  static String kind(SandboxProcess.Operation operation) {
    return operation
        .operation()
        .replaceAll("/[A-Za-z0-9]{20,}", "/{id}")
        .replaceAll("/[0-9a-f-]{36}", "/{id}")
        .replaceAll("/\\d+", "/{id}");
  }

  static Set<String> endpoints(List<SandboxProcess.Operation> emr) {
    Set<String> endpoints = new HashSet<>();
    emr.forEach(each -> endpoints.add(each.operation().replace("GET /v1/", "")));
    return endpoints;
  }

  static long refused(List<SandboxProcess.Operation> log) {
    return log.stream().filter(each -> each.status() == 429).count();
  }

  /** What a poller had to repeat because it came too fast is not held against it. */
  static int answered(List<SandboxProcess.Operation> log) {
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
