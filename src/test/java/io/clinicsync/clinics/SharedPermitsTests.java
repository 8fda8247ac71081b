package io.clinicsync.clinics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.http.Gcra;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.Lane;
import io.clinicsync.http.Quota;
import io.clinicsync.sync.SyncTest;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two nodes share one quota through one row of the real database. */
@SyncTest
class SharedPermitsTests {

  private static final Duration PER = Duration.ofSeconds(4);
  private static final int CALLS = 200;

  /** A machine that does other work meanwhile can only make a measured time worse. */
  private static final int ATTEMPTS = 6;

  private static final double NEARLY_ALL = 0.95;

  @Autowired private PermitRows rows;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;

  private final Clock clock = Clock.systemUTC();

  private Quota quota(int calls, Duration per) {
    return new Quota(UUID.randomUUID(), "vendor:1", calls, per, null, 4, calls / 4);
  }

  @Test
  void twoNodesTogetherNeverExceedTheLimitAndSyncAloneUsesNearlyAllOfIt() throws Exception {
    double best = 0;
    for (int attempt = 0; attempt < ATTEMPTS && best < NEARLY_ALL; attempt++) {
      best = Math.max(best, shareUsedBySyncAlone());
    }
    assertThat(best).as("share of the permits used").isGreaterThanOrEqualTo(NEARLY_ALL);
  }

  private double shareUsedBySyncAlone() throws Exception {
    List<Long> granted = grantsOfTwoNodes(quota(CALLS, PER), Duration.ofSeconds(8), List.of());
    assertThat(mostWithin(granted, PER.toNanos())).isLessThanOrEqualTo(CALLS);
    // After the first window, so that the burst at the start does not flatter.
    long begin = granted.getFirst() + PER.toNanos();
    long steady = granted.stream().filter(at -> at >= begin).count();
    double seconds = (granted.getLast() - begin) / 1e9;
    return steady / seconds * PER.toSeconds() / CALLS;
  }

  @Test
  void bookingHardlyWaitsWhileTwoNodesSyncAtFullSpeed() throws Exception {
    boolean hardly = false;
    List<Long> waits = List.of();
    for (int attempt = 0; attempt < ATTEMPTS && !hardly; attempt++) {
      waits = waitsBesideSync();
      hardly =
          waits.get(waits.size() / 2) < Duration.ofMillis(150).toNanos()
              && waits.getLast() < Duration.ofMillis(900).toNanos();
    }
    assertThat(hardly).as("nanoseconds waited, in order: %s", waits).isTrue();
  }

  private List<Long> waitsBesideSync() throws Exception {
    List<Long> waits = new ArrayList<>();
    List<Long> granted = grantsOfTwoNodes(quota(CALLS, PER), Duration.ofSeconds(5), waits);
    assertThat(mostWithin(granted, PER.toNanos())).isLessThanOrEqualTo(CALLS);
    assertThat(waits).hasSizeGreaterThan(10);
    return waits.stream().sorted().toList();
  }

  @Test
  void aPauseBindsBothNodesAndBothLanes() {
    Quota quota = quota(CALLS, PER);
    SharedPermits one = new SharedPermits(rows, clock);
    SharedPermits other = new SharedPermits(rows, clock);
    one.acquire(quota, Lane.SYNC, Duration.ofSeconds(1));
    other.acquire(quota, Lane.SYNC, Duration.ofSeconds(1));
    one.pauseUntil(quota, clock.instant().plusSeconds(60));
    for (SharedPermits node : List.of(one, other)) {
      for (Lane lane : Lane.values()) {
        assertThatThrownBy(() -> spent(node, quota, lane))
            .isInstanceOfSatisfying(
                HttpFailure.class,
                refused ->
                    assertThat(refused.retryAfter().orElseThrow())
                        .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(61)));
      }
    }
  }

  /** One way to the database for the three calls of a booking, if they follow at once. */
  @Test
  void whatFollowsAChangesFirstCallAsksTheDatabaseNoMore() {
    Quota quota = quota(CALLS, Duration.ofMinutes(1));
    SharedPermits node = new SharedPermits(rows, clock);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    Gcra.State after = state(quota);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    node.acquire(quota, Lane.BOOKING, Duration.ofSeconds(1));
    assertThat(state(quota)).isEqualTo(after);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    assertThat(state(quota)).as("the fourth call").isNotEqualTo(after);
    node.pauseUntil(quota, clock.instant().plusSeconds(60));
    assertThatThrownBy(() -> node.acquire(quota, Lane.CHANGE, Duration.ofMillis(50)))
        .as("what was left before a pause")
        .isInstanceOf(HttpFailure.class);
  }

  /** What is leased while a pause begins is not left over after it. */
  @Test
  void aPauseBindsWhatIsBeingLeasedAtThatMoment() throws Exception {
    Quota quota = quota(CALLS, Duration.ofMinutes(1));
    var leased = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var first = new AtomicBoolean(true);
    PermitRows slow =
        new PermitRows(tenancy, jdbc) {
          @Override
          <T> T change(Quota of, BiFunction<Gcra.State, Instant, Changed<T>> step) {
            T result = rows.change(of, step);
            if (first.getAndSet(false)) {
              leased.countDown();
              try {
                goOn.await();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
            }
            return result;
          }
        };
    SharedPermits node = new SharedPermits(slow, clock);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> change =
          threads.submit(() -> node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1)));
      leased.await();
      node.pauseUntil(quota, clock.instant().plusSeconds(60));
      goOn.countDown();
      change.get();
    }
    assertThatThrownBy(() -> node.acquire(quota, Lane.CHANGE, Duration.ofMillis(50)))
        .isInstanceOf(HttpFailure.class);
  }

  /** A vendor who takes longer than that to answer would cost three permits for each call. */
  @Test
  void whatCameToNothingIsNotTakenAheadAgain() {
    Quota quota = quota(CALLS, Duration.ofMinutes(1));
    SharedPermits node = new SharedPermits(rows, clock);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    Awaitility.await()
        .pollDelay(Duration.ofMillis(520))
        .untilAsserted(() -> node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1)));
    Gcra.State second = state(quota);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    assertThat(state(quota)).as("asked for by itself").isNotEqualTo(second);
  }

  @Test
  void aVendorWithADailyBudgetIsAskedForEachCall() {
    Quota quota = new Quota(UUID.randomUUID(), "vendor:1", CALLS, PER, 100_000, 4, CALLS / 4);
    SharedPermits node = new SharedPermits(rows, clock);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    Gcra.State after = state(quota);
    node.acquire(quota, Lane.CHANGE, Duration.ofSeconds(1));
    assertThat(state(quota)).isNotEqualTo(after);
  }

  private Gcra.State state(Quota quota) {
    return rows.change(quota, (state, now) -> new PermitRows.Changed<>(state, state));
  }

  /** A node that leased before the pause may use what it holds, and nothing after that. */
  private static void spent(SharedPermits node, Quota quota, Lane lane) {
    for (int call = 0; call < 40; call++) {
      node.acquire(quota, lane, Duration.ofMillis(50));
    }
  }

  private List<Long> grantsOfTwoNodes(Quota quota, Duration time, List<Long> bookingWaits)
      throws Exception {
    boolean booking = bookingWaits instanceof ArrayList;
    List<SharedPermits> nodes =
        List.of(new SharedPermits(rows, clock), new SharedPermits(rows, clock));
    ConcurrentLinkedQueue<Long> granted = new ConcurrentLinkedQueue<>();
    long end = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> work = new ArrayList<>();
      for (SharedPermits node : nodes) {
        for (int thread = 0; thread < 3; thread++) {
          work.add(threads.submit(() -> use(node, quota, Lane.SYNC, end, granted)));
        }
      }
      while (booking && System.nanoTime() < end) {
        long asked = System.nanoTime();
        nodes.get(bookingWaits.size() % 2).acquire(quota, Lane.BOOKING, Duration.ofSeconds(5));
        granted.add(System.nanoTime());
        bookingWaits.add(System.nanoTime() - asked);
        java.util.concurrent.locks.LockSupport.parkNanos(80_000_000);
      }
      for (Future<?> each : work) {
        each.get();
      }
    }
    return granted.stream().sorted().toList();
  }

  private static void use(
      SharedPermits node, Quota quota, Lane lane, long end, ConcurrentLinkedQueue<Long> granted) {
    while (System.nanoTime() < end) {
      try {
        node.acquire(quota, lane, Duration.ofSeconds(3));
        granted.add(System.nanoTime());
      } catch (HttpFailure tooLate) {
        return;
      }
    }
  }

  private static int mostWithin(List<Long> moments, long window) {
    int most = 0;
    int first = 0;
    for (int last = 0; last < moments.size(); last++) {
      while (moments.get(last) - moments.get(first) >= window) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}
