package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.records.Records;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Our own machines fail, stall, disagree about the time or do things twice. */
@SyncTest
@Order(5)
class MachineFaultTests {

  @Autowired private SyncTestBed bed;
  @Autowired private Engines engines;
  @Autowired private HikariDataSource dataSource;

  @AfterEach
  void healAgain() {
    bed.healthy();
    bed.clock().skew("cliniko", Duration.ZERO);
    dataSource.getHikariPoolMXBean().softEvictConnections();
  }

  /** F3: every session is cut at random points, commits of unknown outcome among them. */
  @ParameterizedTest
  @ValueSource(longs = {31, 32})
  void aDatabaseThatDropsItsSessionsLeavesNoHalfWrittenWindow(long seed) {
    System.out.println("sessions are cut with seed " + seed);
    Tenant tenant = bed.tenant(250);
    Tenant other = bed.loaded(10);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 5; round++) {
      int at = 1 + random.nextInt(4);
      int microseconds = random.nextInt(8_000);
      AtomicInteger pages = new AtomicInteger();
      List<Thread> cutters = new ArrayList<>();
      Runnable cut =
          () -> {
            if (pages.incrementAndGet() == at) {
              cutters.add(
                  Thread.startVirtualThread(
                      () -> {
                        long until = System.nanoTime() + microseconds * 1000L;
                        while (System.nanoTime() < until) {
                          Thread.onSpinWait();
                        }
                        bed.killSessions();
                      }));
            }
          };
      attempt(engines.runs(new HookedPages(engines, engines.store(), cut, () -> {})), tenant);
      cutters.forEach(MachineFaultTests::join);
      bed.expireLeases(tenant);
      assertThat(bed.checker().always(tenant, other)).isEmpty();
      bed.pass(Duration.ofMinutes(6));
    }
    bed.quiet(tenant);
    bed.quiet(other);
    bed.checker().holds(tenant, other);
  }

  private static void attempt(Runs runs, Tenant tenant) {
    try {
      runs.run(tenant.clinic(), tenant.connection());
    } catch (RuntimeException databaseGone) {
      // The scheduler meets this too, and comes again.
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /** F5. */
  @Test
  void anExhaustedPoolRefusesTheRunAndHarmsNothing() throws Exception {
    Tenant tenant = bed.loaded(10);
    new RandomEditor(tenant, bed.clock(), 5).edit(10);
    List<Connection> taken = new ArrayList<>();
    try {
      for (int session = 0; session < dataSource.getMaximumPoolSize(); session++) {
        taken.add(dataSource.getConnection());
      }
      long mark = bed.mark();
      assertThatThrownBy(() -> bed.run(tenant)).isInstanceOf(RuntimeException.class);
      assertThat(bed.callsSince(tenant, mark)).isEmpty();
    } finally {
      for (Connection session : taken) {
        session.close();
      }
    }
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F13. */
  @ParameterizedTest
  @ValueSource(longs = {13, 14})
  void editsBetweenPagesLoseNobody(long seed) {
    Tenant tenant = bed.tenant(250);
    RandomEditor editor = new RandomEditor(tenant, bed.clock(), seed);
    Runnable staffWork =
        () -> {
          bed.pass(Duration.ofSeconds(2));
          editor.edit(4);
        };
    Runs runs = engines.runs(new HookedPages(engines, engines.store(), () -> {}, staffWork));
    runs.run(tenant.clinic(), tenant.connection());
    bed.quiet(tenant);
    bed.checker().holds(tenant);
    bed.sweep(tenant);
    bed.checker().holds(tenant);
  }

  /** F16. */
  @ParameterizedTest
  @ValueSource(longs = {600, -600})
  void clocksThatAreOffAndJumpLoseNothing(long seconds) {
    Tenant tenant = bed.loaded(15);
    RandomEditor editor = new RandomEditor(tenant, bed.clock(), 16);
    bed.clock().skew("cliniko", Duration.ofSeconds(-seconds));
    for (int round = 0; round < 4; round++) {
      editor.edit(5);
      bed.pass(Duration.ofSeconds(90));
      bed.run(tenant);
      // Ours jumps by as much again, the vendor's stays.
      Duration jump = Duration.ofSeconds(round % 2 == 0 ? seconds : -seconds);
      bed.clock().skew("cliniko", Duration.ofSeconds(round % 2 == 0 ? -2 * seconds : -seconds));
      bed.pass(jump);
    }
    bed.quiet(tenant);
    assertThat(bed.checker().converged(tenant)).isEmpty();
    assertThat(bed.checker().nothingStuck(tenant)).isEmpty();
    bed.clock().skew("cliniko", Duration.ZERO);
    bed.pass(Duration.ofMinutes(20));
    editor.edit(5);
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F18, over both nights on which Sydney changes its clocks. */
  @Test
  void aWindowByStartBringsTheSameAppointmentsAsTheTruth() {
    Tenant tenant = bed.tenant(60);
    EmrAccount account =
        engines.connections().account(tenant.clinic(), tenant.connection(), Urgency.SYNC);
    AppointmentSource source =
        engines.connectors().capability("cliniko", account, AppointmentSource.class).orElseThrow();
    for (String middle :
        List.of("2026-06-10T01:00:00Z", "2026-10-03T16:00:00Z", "2026-04-04T16:00:00Z")) {
      TimeRange range =
          new TimeRange(
              Instant.parse(middle).minus(Duration.ofHours(30)),
              Instant.parse(middle).plus(Duration.ofHours(30)));
      assertThat(startingIn(source, account, range)).isEqualTo(truth(tenant, range));
    }
  }

  private static Set<String> startingIn(
      AppointmentSource source, EmrAccount account, TimeRange range) {
    Set<String> found = new HashSet<>();
    @Nullable Cursor cursor = null;
    do {
      Page<Appointment> page = source.read(account, new ReadWindow.StartingIn(range), cursor);
      page.records().stream()
          .filter(
              each ->
                  !each.startsAt().isBefore(range.from()) && each.startsAt().isBefore(range.to()))
          .forEach(each -> found.add(each.ref().id().value()));
      cursor = page.next();
    } while (cursor != null);
    return found;
  }

  private static Set<String> truth(Tenant tenant, TimeRange range) {
    Set<String> ids = new HashSet<>();
    tenant
        .truth()
        .now()
        .forEach(
            (key, line) -> {
              if (key.startsWith("appointment ")) {
                Instant start = Instant.parse(line.replaceAll(".*start=([^,]*),.*", "$1"));
                if (!start.isBefore(range.from()) && start.isBefore(range.to())) {
                  ids.add(key.substring("appointment ".length()));
                }
              }
            });
    return ids;
  }

  /** F24. */
  @Test
  void aNodeThatWakesAfterItsLeaseWritesNothing() {
    Tenant tenant = bed.tenant(150);
    AtomicInteger pages = new AtomicInteger();
    Runnable sleeps =
        () -> {
          if (pages.incrementAndGet() == 2) {
            bed.expireLeases(tenant);
            bed.quiet(tenant);
            new RandomEditor(tenant, bed.clock(), 24).edit(10);
            bed.quiet(tenant);
          }
        };
    Runs paused = engines.runs(new HookedPages(engines, engines.store(), sleeps, () -> {}));
    assertThat(paused.run(tenant.clinic(), tenant.connection()).orElseThrow().state())
        .isEqualTo(RunState.SUPERSEDED);
    bed.checker().holds(tenant);
    assertThat(bed.connection(tenant).stateCode()).isNull();
  }

  @Test
  void aNodeThatIsOvertakenWithoutHavingWrittenSaysNothingAboutTheConnection() {
    Tenant tenant = bed.loaded(10);
    bed.quiet(tenant);
    AtomicInteger pages = new AtomicInteger();
    Runnable sleeps =
        () -> {
          if (pages.incrementAndGet() == 1) {
            bed.expireLeases(tenant);
            bed.set(tenant, Fault.status(403));
            bed.run(tenant);
            bed.healthy();
          }
        };
    Runs paused = engines.runs(new HookedPages(engines, engines.store(), sleeps, () -> {}));
    assertThat(paused.run(tenant.clinic(), tenant.connection()).orElseThrow().state())
        .isEqualTo(RunState.SUPERSEDED);
    assertThat(bed.connection(tenant).stateCode()).isEqualTo("emr_permission_missing");
  }

  /** F25: the scheduler starts a job again that still runs, on this node or another. */
  @Test
  void aConnectionThatIsRunningIsNotRunTwice() throws Exception {
    Tenant tenant = bed.tenant(60);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Runnable waits =
        () -> {
          inside.countDown();
          await(go);
        };
    Runs slow = engines.runs(new HookedPages(engines, engines.store(), waits, () -> {}));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<RunResult>> running =
          threads.submit(() -> slow.run(tenant.clinic(), tenant.connection()));
      assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
      long mark = bed.mark();
      Runs second = engines.runs(engines.pages(engines.store()));
      assertThat(second.run(tenant.clinic(), tenant.connection())).isEmpty();
      long calls = bed.callsSince(tenant, mark).size();
      go.countDown();
      assertThat(running.get().orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(calls)
          .as("calls of the second start, prefetched pages of the first aside")
          .isLessThanOrEqualTo(1);
    }
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F35: work is cut into slices, so a large backlog delays others by one slice at most. */
  @Test
  void aLargeBacklogMakesRoomForOthersAndIsContinued() {
    Tenant large = bed.tenant(700);
    Tenant small = bed.loaded(7);
    Duration slice = Duration.ofSeconds(3);
    SyncStore store = engines.store();
    SyncSettings sliced = engines.slicedBy(slice);
    Runs runs = engines.runs(store, new WindowReader(engines.pages(store), sliced), sliced);
    int slices = 0;
    RunResult result;
    do {
      Instant began = bed.clock().instant();
      result = runs.run(large.clinic(), large.connection()).orElseThrow();
      assertThat(Duration.between(began, bed.clock().instant())).isLessThan(slice.plusSeconds(2));
      if (result.state() == RunState.PARTIAL) {
        assertThat(result.next()).isZero();
        assertThat(result.code()).isEqualTo("goes_on");
        long mark = bed.mark();
        bed.run(small);
        assertThat(bed.callsSince(small, mark))
            .as("calls of the other clinic beside the backlog")
            .hasSizeLessThanOrEqualTo(6);
      }
      slices++;
    } while (result.state() == RunState.PARTIAL && slices < 40);
    assertThat(slices).isGreaterThan(2);
    bed.quiet(large);
    bed.quiet(small);
    bed.checker().holds(large, small);
  }

  /** Two lanes meet on one record: the one that read earlier writes later. */
  @Test
  void aStaleVersionThatWaitedForANewerOneDoesNotWin() throws Exception {
    Tenant tenant = bed.tenant(5);
    Instant then = bed.clock().instant();
    store(tenant, appointment(then, Appointment.Status.BOOKED));
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> newer =
          threads.submit(
              () ->
                  engines
                      .tenancy()
                      .inClinic(
                          tenant.clinic(),
                          () -> {
                            store(
                                tenant,
                                appointment(then.plusSeconds(20), Appointment.Status.CANCELLED));
                            written.countDown();
                            await(commit);
                          }));
      await(written);
      Future<?> stale =
          threads.submit(
              () -> store(tenant, appointment(then.plusSeconds(10), Appointment.Status.CONFIRMED)));
      while (bed.number(
              "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT granted AND a.datname = current_database()")
          == 0) {
        Thread.onSpinWait();
      }
      commit.countDown();
      newer.get();
      stale.get();
    }
    assertThat(
            bed.query(
                "SELECT status FROM records_appointments WHERE tenant_id = '"
                    + tenant.clinic()
                    + "'",
                row -> row.getString(1)))
        .containsExactly("CANCELLED");
    assertThat(bed.checker().onlyForwards()).isEmpty();
  }

  private void store(Tenant tenant, Appointment appointment) {
    engines
        .tenancy()
        .inClinic(
            tenant.clinic(),
            () -> {
              engines
                  .records()
                  .store(
                      tenant.clinic(),
                      tenant.connection(),
                      List.of(appointment),
                      Records.Mode.LIVE,
                      Duration.ofHours(24));
            });
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static Appointment appointment(Instant changed, Appointment.Status status) {
    Instant start = Instant.parse("2026-07-01T01:00:00Z");
    return new Appointment(
        EmrRef.appointment("race-1"),
        changed,
        null,
        EmrRef.patient("p1"),
        null,
        null,
        null,
        null,
        start,
        start.plusSeconds(1800),
        status,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Map.of(),
        "{}");
  }
}
