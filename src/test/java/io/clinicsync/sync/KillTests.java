package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ChildJvm;
import io.clinicsync.sync.KilledApplication.Step;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * F1: the application, as a process of its own, dies at each persisted step; another one goes on.
 */
@SyncTest(bed = "processes")
@Order(1)
class KillTests {

  private static final int PATIENTS = 220;

  @Autowired private SyncTestBed bed;
  @Autowired private Engines engines;
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "CLAIMED,      1, 0, 0",
    "READ,         2, 1, 1",
    "STAGED,       2, 1, 1",
    "COMMITTED,    2, 0, 1",
    "COMMITTED,    7, 0, 1",
    "CLOSING,      1, 1, 0",
    "PART_CLOSING, 1, 1, 0",
    "PART_CLOSING, 4, 1, 0",
    "ANNOUNCING,   1, 0, 0",
    "ANNOUNCED,    3, 0, 0",
    "MARKING,      1, 0, 0",
    "MARKING,      2, 0, 0",
    "FINISHING,    1, 0, 0"
  })
  void aProcessKilledAnywhereIsContinuedFromItsLastPage(Step step, int time, int inHand, int ahead)
      throws Exception {
    long seed = 40 + step.ordinal();
    Tenant clean = bed.tenant(PATIENTS, seed);
    long mark = bed.mark();
    bed.run(clean);
    int needed = bed.callsSince(clean, mark).size();
    List<String> storedOnce = stored(clean);
    boolean complete = step == Step.FINISHING;
    int cycle = complete ? callsOfAnotherRun(clean) : 0;

    Tenant tenant = bed.tenant(PATIENTS, seed);
    mark = bed.mark();
    assertThat(process(tenant, step, time)).as("exit code").isEqualTo(KilledApplication.KILLED);
    int spent = bed.callsSince(tenant, mark).size();
    bed.expireLeases(tenant);
    assertThat(bed.run(tenant).state()).isEqualTo(RunState.SUCCEEDED);
    int calls = bed.callsSince(tenant, mark).size();

    // The page in hand is read again, and so is one that was being fetched ahead, which nobody had
    // seen yet.
    assertThat(calls - needed)
        .as("calls beyond %s, %s of them before the end", needed, spent)
        .isBetween(inHand, inHand + ahead + cycle);
    if (!complete) {
      assertThat(stored(tenant)).as("no page is stored twice").isEqualTo(storedOnce);
    }
    assertThat(states(tenant)).containsExactly("ABANDONED process_died", "SUCCEEDED -");
    assertThat(bed.checker().converged(tenant)).isEmpty();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
    assertThat(
            bed.number(
                "SELECT count(*) FROM records_transitions WHERE tenant_id = '"
                    + tenant.clinic()
                    + "'"))
        .as("a first load announces nothing")
        .isZero();
  }

  @Test
  void twoProcessesNeverRunOneConnectionTogether() throws Exception {
    Tenant tenant = bed.tenant(60);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Runnable waits =
        () -> {
          inside.countDown();
          try {
            go.await(150, TimeUnit.SECONDS);
          } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
          }
        };
    Runs slow = engines.runs(new HookedPages(engines, engines.store(), waits, () -> {}));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<RunResult> running =
          threads.submit(() -> slow.run(tenant.clinic(), tenant.connection()).orElseThrow());
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process(tenant, Step.NEVER, 1)).as("exit code").isEqualTo(KilledApplication.BUSY);
      go.countDown();
      assertThat(running.get().state()).isEqualTo(RunState.SUCCEEDED);
    }
    assertThat(states(tenant)).containsExactly("SUCCEEDED -");
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** Sources that were complete are looked at once more, as in any later run. */
  private int callsOfAnotherRun(Tenant clean) {
    long mark = bed.mark();
    bed.run(clean);
    return bed.callsSince(clean, mark).size();
  }

  /** What all runs together stored and what they found to be stored already, by source. */
  private List<String> stored(Tenant tenant) {
    return bed.query(
        "SELECT key || ' ' || sum((value->>'created')::int) || ' new, ' || sum((value->>'unchanged')::int) || ' known'"
            + " FROM sync_runs, jsonb_each(sources) WHERE connection_id = '"
            + tenant.connection()
            + "' GROUP BY key ORDER BY key",
        row -> row.getString(1));
  }

  private List<String> states(Tenant tenant) {
    return bed.query(
        "SELECT state || ' ' || coalesce(code, '-') FROM sync_runs WHERE connection_id = '"
            + tenant.connection()
            + "' ORDER BY fence",
        row -> row.getString(1));
  }

  private int process(Tenant tenant, Step step, int time) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(ChildJvm.command(KilledApplication.class));
    command.addAll(
        List.of(
            step.name(),
            Integer.toString(time),
            tenant.clinic().toString(),
            tenant.connection().toString(),
            bed.clock().instant().toString(),
            "--server.port=0",
            "--spring.main.lazy-initialization=true",
            "--spring.quartz.auto-startup=false",
            "--clinicsync.http.sandbox-hosts=localhost",
            "--clinicsync.quota-factor=100"));
    bed.database().settings().forEach((name, value) -> command.add("--" + name + "=" + value));
    File output = folder.resolve("output.txt").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    if (!process.waitFor(150, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    int code = process.waitFor();
    if (code != KilledApplication.KILLED && code != KilledApplication.BUSY) {
      System.out.println(Files.readString(output.toPath()));
    }
    assertThat(Files.readString(output.toPath()))
        .doesNotContain(tenant.canary(), tenant.account().apiKey());
    return code;
  }
}
