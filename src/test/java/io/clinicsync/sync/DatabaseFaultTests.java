package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sync.CuttingProxy.Cut;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/** PostgreSQL stops, is out of reach, loses the answer to a COMMIT, or its disk is full. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.quartz.auto-startup=false",
      "clinicsync.http.sandbox-hosts=localhost",
      "clinicsync.quota-factor=1",
      "clinicsync.http.retry-after=1ms",
      "clinicsync.http.slice=1s",
      "clinicsync.database.pool-size=8"
    })
@ContextConfiguration(initializers = OwnDatabase.class)
@Import(SyncTestSetup.class)
@Order(3)
class DatabaseFaultTests {

  private static final Duration RECOVERED = Duration.ofSeconds(30);

  @Autowired private SyncTestBed bed;
  @Autowired private OwnServer server;
  @Autowired private CuttingProxy proxy;
  @Autowired private Scheduler scheduler;
  @Autowired private SyncSchedule schedule;
  @Autowired private Backfills backfills;

  @BeforeEach
  void fromNowOn() {
    bed.clock().freezeAt(bed.clock().instant());
  }

  @AfterEach
  void healAgain() throws SchedulerException {
    scheduler.standby();
    server.freeDisk();
    proxy.switchOn();
    if (!server.isRunning()) {
      server.startAgain();
    }
    bed.healthy();
  }

  /** F3, with the scheduler and everything else that runs. */
  @Test
  void aServerThatIsStoppedAtOnceIsWorkedOnThirtySecondsAfterItIsBack() throws Exception {
    Tenant tenant = bed.tenant(700);
    bed.set(tenant, Fault.of(FaultKind.LATENCY).amount(150));
    scheduler.start();
    schedule.on(
        new io.clinicsync.clinics.Connections.ConnectionChanged(
            tenant.clinic(), tenant.connection()));
    await().atMost(Duration.ofSeconds(60)).until(() -> pagesStored(tenant) >= 3);
    server.stopImmediately();
    server.startAgain();
    Instant back = databaseNow();
    long stored = pagesStored(tenant);
    assertThat(halfWritten(tenant)).as("half-written windows").isEmpty();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> pagesStored(tenant) > stored || runs(tenant).contains("SUCCEEDED"));
    Duration until = Duration.between(back, databaseNow());
    System.out.println(
        "F3 stopped after page " + stored + ", the next page was stored " + until + " later");
    assertThat(until).isLessThanOrEqualTo(RECOVERED);
    await().atMost(Duration.ofSeconds(120)).until(() -> runs(tenant).contains("SUCCEEDED"));
    scheduler.standby();
    assertThat(halfWritten(tenant)).isEmpty();
    bed.healthy();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F3: nobody knows whether the commit happened. */
  @ParameterizedTest
  @EnumSource(Cut.class)
  void aCommitOfUnknownOutcomeEndsConverged(Cut where) {
    SplittableRandom random = new SplittableRandom(300 + where.ordinal());
    Tenant tenant = bed.tenant(350);
    Tenant other = bed.loaded(10);
    int before = proxy.cuts();
    int refused = 0;
    for (int round = 0; round < 12; round++) {
      new RandomEditor(tenant, bed.clock(), 300 + round).edit(3);
      proxy.cutAtCommit(1 + random.nextInt(9), where);
      try {
        bed.run(tenant);
      } catch (RuntimeException databaseAway) {
        refused++;
      }
      assertThat(bed.checker().always(tenant, other)).isEmpty();
      assertThat(halfWritten(tenant)).isEmpty();
      bed.pass(Duration.ofMinutes(6));
    }
    int cuts = proxy.cuts() - before;
    System.out.println(
        "F3 " + cuts + " commits cut " + where + ", " + refused + " of 12 runs could not close");
    assertThat(cuts).isGreaterThanOrEqualTo(6);
    proxy.switchOn();
    bed.quiet(tenant);
    bed.quiet(other);
    bed.checker().holds(tenant, other);
  }

  /** F4, the side of the sync. */
  @Test
  void aDatabaseOutOfReachForTenMinutesCostsNothingButTheTime() throws Exception {
    Tenant tenant = bed.loaded(20);
    Tenant loading = bed.tenant(350);
    new RandomEditor(tenant, bed.clock(), 4).edit(10);
    bed.set(loading, Fault.status(500).onPath("/patients\\?").fromCall(3));
    bed.run(loading);
    bed.healthy();
    Backfill backfill =
        backfills.request(
            bed.connection(tenant),
            new Backfill.Wanted(Set.of(RecordKind.PATIENT), null, false, false, false));
    String before = bed.checkpoints(loading);
    long mark = bed.mark();
    proxy.switchOff();
    List<Callable<Object>> work =
        List.of(
            () -> bed.run(tenant),
            () -> bed.run(loading),
            () -> bed.sweep(tenant),
            () -> backfills.run(tenant.clinic(), backfill.id()));
    for (int times = 0; times < 3; times++) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Object> refused : threads.invokeAll(work)) {
          assertThatThrownBy(refused::get).hasCauseInstanceOf(RuntimeException.class);
        }
      }
      bed.pass(Duration.ofMinutes(5));
    }
    assertThat(bed.callsSince(tenant, mark)).as("calls made for nothing").isEmpty();
    assertThat(bed.callsSince(loading, mark)).as("calls made for nothing").isEmpty();
    proxy.switchOn();
    // The pool tries again every few seconds; until then whoever asks is refused as before.
    await()
        .atMost(RECOVERED)
        .ignoreExceptions()
        .until(() -> bed.connection(tenant).id().equals(tenant.connection()));
    assertThat(bed.checkpoints(loading)).isEqualTo(before);
    assertThat(backfills.run(tenant.clinic(), backfill.id())).isEmpty();
    assertThat(backfills.find(tenant.clinic(), backfill.id()).orElseThrow().state())
        .isEqualTo(Backfill.State.DONE);
    bed.quiet(tenant);
    bed.quiet(loading);
    assertThat(bed.sweep(tenant).state()).isEqualTo(RunState.SUCCEEDED);
    bed.checker().holds(tenant, loading);
  }

  /** F4: the database goes away under a run, a sweep and a backfill, and is back for the next. */
  @Test
  void workThatLosesItsDatabaseComesBackSoonAndIsNeitherStuckNorOver() {
    Tenant tenant = bed.loaded(250);
    Backfill backfill =
        backfills.request(
            bed.connection(tenant),
            new Backfill.Wanted(Set.of(RecordKind.PATIENT), null, false, false, false));
    for (int commits = 3; commits <= 6; commits++) {
      proxy.cutAtCommit(commits, Cut.BEFORE);
      Object unused = attempt(() -> backfills.run(tenant.clinic(), backfill.id()));
      proxy.cutAtCommit(commits, Cut.BEFORE);
      unused = attempt(() -> bed.sweep(tenant));
    }
    proxy.switchOn();
    // Nobody's lease is in the way, though none has run out.
    for (int turn = 0; turn < 3; turn++) {
      assertThat(backfills.run(tenant.clinic(), backfill.id()).orElse(Duration.ZERO))
          .isLessThanOrEqualTo(RECOVERED);
    }
    assertThat(backfills.find(tenant.clinic(), backfill.id()).orElseThrow().state())
        .isEqualTo(Backfill.State.DONE);
    assertThat(bed.sweep(tenant).state()).isEqualTo(RunState.SUCCEEDED);
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F5: no space for records. */
  @Test
  void aFullDiskRefusesWorkAndHarmsNothing() {
    assumeTrue(server.hasSmallDisk(), "mounting a small file system is not permitted here");
    Tenant tenant = bed.loaded(20);
    Tenant loading = bed.tenant(700);
    new RandomEditor(tenant, bed.clock(), 5).edit(10);
    // A fresh log segment, so that the records and not the log are what finds no space.
    bed.execute("SELECT pg_switch_wal()");
    bed.execute("CHECKPOINT");
    server.fillDisk();
    RunResult full = attempt(() -> bed.run(loading));
    System.out.println("F5 disk full: " + (full == null ? "refused" : full.code()));
    assertThat(full == null || full.code().equals("database_unavailable")).isTrue();
    server.freeDisk();
    goesOn(tenant, loading);
  }

  /** F5: no space for the log, which may stop the server itself. */
  @Test
  void aDiskTooFullForTheLogIsSurvivedWhateverTheServerDoes() {
    assumeTrue(server.hasSmallDisk(), "mounting a small file system is not permitted here");
    Tenant tenant = bed.loaded(20);
    Tenant loading = bed.tenant(700);
    new RandomEditor(tenant, bed.clock(), 5).edit(10);
    server.fillDisk();
    assertThatThrownBy(
            () -> {
              while (true) {
                bed.execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))");
              }
            })
        .isInstanceOf(IllegalStateException.class);
    RunResult full = attempt(() -> bed.run(loading));
    System.out.println(
        "F5 log full: server "
            + (server.isRunning() ? "runs" : "stopped")
            + ", run "
            + (full == null ? "refused" : full.code()));
    assertThat(full == null || full.code().equals("database_unavailable")).isTrue();
    server.freeDisk();
    if (!server.isRunning()) {
      server.startAgain();
    }
    await()
        .atMost(RECOVERED)
        .ignoreExceptions()
        .until(() -> bed.number("SELECT 1") == 1 && attempt(() -> bed.run(tenant)) != null);
    goesOn(tenant, loading);
  }

  private void goesOn(Tenant tenant, Tenant loading) {
    assertThat(halfWritten(tenant)).isEmpty();
    assertThat(halfWritten(loading)).isEmpty();
    assertThat(bed.checker().always(tenant, loading)).isEmpty();
    bed.quiet(tenant);
    bed.quiet(loading);
    bed.checker().holds(tenant, loading);
    assertThat(bed.sweep(loading).updated()).as("found wrong by the sweep").isZero();
    bed.execute("CREATE EXTENSION IF NOT EXISTS amcheck");
    bed.query(
        "SELECT bt_index_check(c.oid, true)::text FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
            + " JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relpersistence = 'p'",
        row -> "");
  }

  private static <T> @Nullable T attempt(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException databaseAway) {
      return null;
    }
  }

  /**
   * A page and the counts of its run are stored together, so whatever the runs say they created is
   * there, and nothing else.
   */
  private List<String> halfWritten(Tenant tenant) {
    return bed.query(
        """
        SELECT kind || ': ' || held || ' held, ' || told || ' told' FROM (
          SELECT 'PATIENT' AS kind, (SELECT count(*) FROM records_patients WHERE connection_id = '%1$s') AS held,
            (SELECT coalesce(sum((sources->'PATIENT'->>'created')::int), 0) FROM sync_runs WHERE connection_id = '%1$s') AS told
          UNION ALL
          SELECT 'APPOINTMENT', (SELECT count(*) FROM records_appointments WHERE connection_id = '%1$s'),
            (SELECT coalesce(sum((sources->'APPOINTMENT'->>'created')::int), 0) FROM sync_runs WHERE connection_id = '%1$s')
        ) t WHERE held <> told
        """
            .formatted(tenant.connection()),
        row -> row.getString(1));
  }

  private long pagesStored(Tenant tenant) {
    return bed.number(
        "SELECT coalesce(sum(pages), 0) FROM sync_runs WHERE connection_id = '"
            + tenant.connection()
            + "'");
  }

  private List<String> runs(Tenant tenant) {
    return bed.query(
        "SELECT state FROM sync_runs WHERE connection_id = '"
            + tenant.connection()
            + "' ORDER BY fence",
        row -> row.getString(1));
  }

  private Instant databaseNow() {
    return bed.query(
            "SELECT clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class).toInstant())
        .getFirst();
  }
}
