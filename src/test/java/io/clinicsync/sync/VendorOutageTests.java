package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** F7: a vendor that fails in part or altogether, what it costs it, and what it costs others. */
@SyncTest
@Order(19)
class VendorOutageTests {

  @Autowired private SyncTestBed bed;
  @Autowired private Engines engines;

  @AfterEach
  void healAgain() {
    bed.healthy();
  }

  @Test
  void callsRepeatedAtThirtyPercentFailuresAreATenthAtMost() {
    Tenant healthy = bed.tenant(120, 70);
    Tenant failing = bed.tenant(120, 70);
    // From the first call on, so that no good days before lend it repetitions.
    bed.set(failing, Fault.status(503).withProbability(0.3, 7));
    RandomEditor one = new RandomEditor(healthy, bed.clock(), 7);
    RandomEditor other = new RandomEditor(failing, bed.clock(), 7);
    long mark = bed.mark();
    int repeated = 0;
    for (int round = 0; round < 60; round++) {
      one.edit(3);
      other.edit(3);
      bed.run(healthy);
      long run = bed.mark();
      bed.run(failing);
      repeated += repeated(bed.callsSince(failing, run));
      bed.pass(Duration.ofMinutes(6));
    }
    List<LogEntry> calls = bed.callsSince(failing, mark);
    long refused = calls.stream().filter(call -> call.status() == 503).count();
    int inHealth = bed.callsSince(healthy, mark).size();
    System.out.printf(
        "F7 at 30 %% 503: %d calls, %d failed, %d repeated (%.1f %%); %d calls in health%n",
        calls.size(), refused, repeated, 100.0 * repeated / (calls.size() - repeated), inHealth);
    assertThat(refused * 1.0 / calls.size()).isBetween(0.2, 0.4);
    assertThat(repeated).isPositive();
    assertThat(repeated * 1.0 / (calls.size() - repeated)).isLessThanOrEqualTo(0.10);
    assertThat(calls.size() * 1.0 / inHealth).as("against health").isLessThanOrEqualTo(1.10);
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(failing);
    bed.quiet(healthy);
    bed.checker().holds(failing, healthy);
  }

  private static int repeated(List<LogEntry> ofOneRun) {
    int repeated = 0;
    for (int call = 1; call < ofOneRun.size(); call++) {
      LogEntry before = ofOneRun.get(call - 1);
      if (before.status() == 503 && before.operation().equals(ofOneRun.get(call).operation())) {
        repeated++;
      }
    }
    return repeated;
  }

  @Test
  void aVendorDeadForFiveMinutesGetsAFifthOfTheCallsAndThenEverythingIsThere() {
    Tenant healthy = bed.tenant(60, 71);
    Tenant dead = bed.tenant(60, 71);
    bed.quiet(healthy);
    bed.quiet(dead);
    int inHealth = callsOfFiveMinutes(healthy);
    bed.set(dead, Fault.status(500));
    new RandomEditor(dead, bed.clock(), 71).edit(20);
    int calls = callsOfFiveMinutes(dead);
    System.out.printf(
        "F7 dead for 5 min: %d calls, %d in health, ratio %.2f%n",
        calls, inHealth, calls * 1.0 / inHealth);
    assertThat(calls * 1.0 / inHealth).isLessThanOrEqualTo(0.20);
    long mark = bed.mark();
    RunResult refused = bed.run(dead);
    assertThat(refused.code()).isEqualTo("emr_unavailable");
    assertThat(bed.callsSince(dead, mark)).as("calls past the open breaker").isEmpty();
    assertThat(bed.connection(dead).state()).isEqualTo(ConnectionState.DEGRADED);
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(dead);
    bed.quiet(healthy);
    bed.checker().holds(dead, healthy);
    assertThat(bed.connection(dead).state()).isEqualTo(ConnectionState.HEALTHY);
  }

  /** Somebody asks for a run every ten seconds. */
  private int callsOfFiveMinutes(Tenant tenant) {
    long mark = bed.mark();
    for (int run = 0; run < 30; run++) {
      bed.run(tenant);
      bed.pass(Duration.ofSeconds(10));
    }
    return bed.callsSince(tenant, mark).size();
  }

  /**
   * The time each page of another clinic takes, on virtual time, which only passes where a call
   * waits. What passes while the dead vendor is asked in between passes in the comparison too. The
   * next page is fetched in the same thread, or its wait would count here or there as threads race.
   */
  @Test
  void anotherClinicsPagesTakeAsLongBesideADeadVendorAsAlone() {
    Tenant other = bed.loaded(900);
    Tenant dead = bed.loaded(20);
    Deque<Duration> between = new ArrayDeque<>();
    bed.set(dead, Fault.status(500));
    List<Duration> beside =
        pages(
            other,
            () -> {
              Instant began = bed.clock().instant();
              bed.run(dead);
              between.add(Duration.between(began, bed.clock().instant()));
            });
    List<Duration> alone = pages(other, () -> bed.pass(between.remove()));
    Duration without = p99(alone);
    Duration with = p99(beside);
    System.out.printf(
        "F7 p99 of another clinic's pages: %d ms alone, %d ms beside, of %d pages%n",
        without.toMillis(), with.toMillis(), beside.size());
    assertThat(beside).hasSameSizeAs(alone).hasSizeGreaterThan(60);
    assertThat(without).isPositive();
    assertThat(with.toNanos() * 1.0 / without.toNanos()).isLessThanOrEqualTo(1.2);
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(other);
    bed.quiet(dead);
    bed.checker().holds(other, dead);
  }

  private List<Duration> pages(Tenant tenant, Runnable meanwhile) {
    List<Duration> times = new ArrayList<>();
    for (int sweep = 0; sweep < 3; sweep++) {
      bed.pass(Duration.ofMinutes(6));
      Instant[] last = {bed.clock().instant()};
      Runnable each =
          () -> {
            times.add(Duration.between(last[0], bed.clock().instant()));
            meanwhile.run();
            last[0] = bed.clock().instant();
          };
      SyncStore store = engines.store();
      Sweeps sweeps =
          engines.sweeps(
              store,
              new WindowReader(
                  new HookedPages(engines, store, each, () -> {}),
                  engines.settings(),
                  Runnable::run));
      assertThat(sweeps.sweep(tenant.clinic(), tenant.connection()).orElseThrow().state())
          .isEqualTo(RunState.SUCCEEDED);
    }
    return times;
  }

  private static Duration p99(List<Duration> times) {
    List<Duration> sorted = times.stream().sorted().toList();
    return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
  }
}
