package io.clinicsync.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class GcraTests {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Quota CLINIKO = quota(200, Duration.ofMinutes(1), null, 50);

  private static Quota quota(int calls, Duration per, Integer perDay, int kept) {
    return new Quota(new UUID(1, 1), "test:1", calls, per, perDay, 4, kept);
  }

  /**
   * After {@code pause} micros, {@code tries} requests on a lane, while the clock shows {@code
   * jump} more or less.
   */
  record Move(long pause, int tries, Lane lane, long back) {}

  @Provide
  Arbitrary<List<Move>> moves() {
    Arbitrary<Long> pauses =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 2_000_000),
            Arbitraries.longs().between(0, 90_000_000),
            Arbitraries.longs().between(0, 1_500_000_000L));
    Arbitrary<Long> jumps =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(9, Arbitraries.just(0L)),
            net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(1, 700_000_000)));
    return Combinators.combine(
            pauses, Arbitraries.integers().between(0, 80), Arbitraries.of(Lane.class), jumps)
        .as(Move::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<Quota> quotas() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 250),
            Arbitraries.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1)),
            Arbitraries.integers().between(0, 100))
        .as((calls, per, kept) -> quota(calls, per, null, kept));
  }

  @Property(tries = 400)
  void noWindowHoldsMoreThanThePublishedCalls(
      @ForAll("quotas") Quota quota, @ForAll("moves") List<Move> moves) {
    Gcra.State state = Gcra.State.fresh(START);
    List<Instant> granted = new ArrayList<>();
    Instant truly = START;
    Duration shownLess = Duration.ZERO;
    for (Move move : moves) {
      truly = truly.plusNanos(move.pause() * 1000);
      shownLess = shownLess.plusNanos(move.back() * 1000);
      for (int i = 0; i < move.tries(); i++) {
        Gcra.Grant grant = Gcra.next(state, truly.minus(shownLess), move.lane(), quota);
        state = grant.state();
        if (!grant.granted()) {
          break;
        }
        granted.add(truly);
      }
    }
    assertWindows(granted, quota);
  }

  /**
   * The hardest adversary: takes every permit the moment it comes free, changing lanes at the given
   * moments.
   */
  @Property(tries = 60)
  void noWindowHoldsMoreThanThePublishedCallsHoweverGreedyTheCallers(
      @ForAll("quotas") Quota quota, @ForAll("moves") List<Move> moves) {
    Gcra.State state = Gcra.State.fresh(START);
    List<Instant> granted = new ArrayList<>();
    Instant now = START;
    for (Move move : moves) {
      Instant until =
          now.plusNanos(Math.min(move.pause(), 3 * quota.per().toNanos() / 1000) * 1000);
      while (now.isBefore(until) && granted.size() < 3000) {
        Gcra.Grant grant = Gcra.next(state, now, move.lane(), quota);
        state = grant.state();
        if (grant.granted()) {
          granted.add(now);
        } else {
          long nap = Math.min(grant.comeBackIn().toNanos(), quota.per().toNanos() / 40);
          now = now.plusNanos(Math.max(1000, nap));
        }
      }
      if (move.back() > 0) {
        now = now.plusNanos(move.pause() * 1000);
      }
    }
    assertWindows(granted, quota);
  }

  /**
   * Changes take three permits at once and use the second and third as late as they may, or at
   * once, while everybody else takes whatever comes free.
   */
  @Property(tries = 300)
  void noWindowHoldsMoreThanThePublishedCallsHoweverLateChangesUseTheirPermits(
      @ForAll("quotas") Quota quota,
      @ForAll("moves") List<Move> moves,
      @ForAll @LongRange(min = 1, max = 2_000_000) long life) {
    Duration good = Duration.ofNanos(life * 1000);
    Gcra.State state = Gcra.State.fresh(START);
    List<Instant> used = new ArrayList<>();
    Instant now = START;
    for (Move move : moves) {
      Instant until =
          now.plusNanos(Math.min(move.pause(), 3 * quota.per().toNanos() / 1000) * 1000);
      while (now.isBefore(until) && used.size() < 3000) {
        Gcra.Lease lease =
            move.lane() == Lane.CHANGE
                ? Gcra.lease(state, now, 3, good, quota)
                : leased(Gcra.next(state, now, move.lane(), quota));
        state = lease.state();
        for (int permit = 0; permit < lease.permits(); permit++) {
          used.add(permit == 0 || move.tries() % 3 == 0 ? now : now.plus(good));
        }
        if (lease.permits() == 0) {
          long nap = Math.min(lease.comeBackIn().toNanos(), quota.per().toNanos() / 40);
          now = now.plusNanos(Math.max(1000, nap));
        }
      }
      if (move.back() > 0) {
        now = now.plusNanos(move.pause() * 1000);
      }
    }
    assertWindows(used.stream().sorted().toList(), quota);
  }

  /**
   * The worst that can be done with late permits: some changes take them, everybody is still until
   * they are nearly over, and then they are used together with all that comes free from then on.
   */
  @Property(tries = 300)
  void permitsUsedAtTheirEndShareAWindowWithNoCallTooMany(
      @ForAll("quotas") Quota quota,
      @ForAll @LongRange(min = 1, max = 2_000_000) long life,
      @ForAll @IntRange(min = 1, max = 5) int changes,
      @ForAll boolean bookedBefore,
      @ForAll Lane lane) {
    Duration good = Duration.ofNanos(life * 1000);
    Gcra.State state = Gcra.State.fresh(START);
    Instant now = START;
    if (bookedBefore) {
      state = Gcra.next(state, now, Lane.BOOKING, quota).state();
      now = now.plus(quota.per().multipliedBy(2));
    }
    List<Instant> used = new ArrayList<>();
    Instant end = now.plus(good);
    for (int change = 0; change < changes; change++) {
      Gcra.Lease lease = Gcra.lease(state, now, 3, good, quota);
      state = lease.state();
      for (int permit = 1; permit < lease.permits(); permit++) {
        used.add(end);
      }
    }
    now = end;
    while (now.isBefore(end.plus(quota.per()))) {
      Gcra.Grant grant = Gcra.next(state, now, lane, quota);
      state = grant.state();
      if (grant.granted()) {
        used.add(now);
      }
      now = now.plus(grant.comeBackIn());
    }
    assertWindows(used, quota);
  }

  private static Gcra.Lease leased(Gcra.Grant grant) {
    return new Gcra.Lease(grant.state(), grant.granted() ? 1 : 0, grant.comeBackIn());
  }

  @Test
  void aChangeTakesNoPermitAheadForWhichAnotherCallerWouldWait() {
    Duration life = Duration.ofMillis(500);
    Gcra.Lease first = Gcra.lease(Gcra.State.fresh(START), START, 3, life, CLINIKO);
    assertThat(first.permits()).isEqualTo(3);
    assertThat(Gcra.next(first.state(), START, Lane.BOOKING, CLINIKO).granted()).isTrue();
    Gcra.Lease second = Gcra.lease(first.state(), START, 3, life, CLINIKO);
    assertThat(second.permits()).as("at least one").isEqualTo(1);
    Gcra.State state = second.state();
    for (int call = 0; call < 40; call++) {
      state = Gcra.next(state, START, Lane.BOOKING, CLINIKO).state();
    }
    Gcra.Lease none = Gcra.lease(state, START, 3, life, CLINIKO);
    assertThat(none.permits()).isZero();
    assertThat(none.comeBackIn()).isPositive();
    // Twenty calls a second, of which one may come early: half a second is too long to set aside.
    Quota quick = quota(20, Duration.ofSeconds(1), null, 0);
    assertThat(Gcra.lease(Gcra.State.fresh(START), START, 3, life, quick).permits()).isEqualTo(1);
  }

  private static void assertWindows(List<Instant> granted, Quota quota) {
    for (int first = 0; first + quota.calls() < granted.size(); first++) {
      Duration span = Duration.between(granted.get(first), granted.get(first + quota.calls()));
      assertThat(span)
          .as("%s calls from %s on", quota.calls() + 1, granted.get(first))
          .isGreaterThanOrEqualTo(quota.per());
    }
  }

  @Property(tries = 200)
  void aClockSteppingBackMakesNobodyWaitLonger(
      @ForAll("quotas") Quota quota, @ForAll("moves") List<Move> moves) {
    Gcra.State state = Gcra.State.fresh(START);
    Instant now = START;
    for (Move move : moves) {
      now = now.plusNanos(move.pause() * 1000);
      for (int i = 0; i < move.tries(); i++) {
        state = Gcra.next(state, now, move.lane(), quota).state();
      }
      Gcra.Grant seen = Gcra.next(state, now, Lane.SYNC, quota);
      state =
          seen.granted() ? Gcra.next(seen.state(), now, Lane.SYNC, quota).state() : seen.state();
      Duration before = Gcra.next(state, now, Lane.SYNC, quota).comeBackIn();
      now = now.minusNanos(move.back() * 1000);
      Gcra.Grant grant = Gcra.next(state, now, Lane.SYNC, quota);
      assertThat(grant.comeBackIn())
          .isLessThanOrEqualTo(before.plusNanos(1000))
          .isLessThanOrEqualTo(quota.per().multipliedBy(2).plusMillis(1));
      state = grant.state();
    }
  }

  @Property(tries = 100)
  void theDailyBudgetHoldsInAnyDay(@ForAll("moves") List<Move> moves) {
    Quota quota = quota(100, Duration.ofSeconds(10), 400, 25);
    Gcra.State state = Gcra.State.fresh(START);
    List<Instant> granted = new ArrayList<>();
    Instant now = START;
    for (Move move : moves) {
      now = now.plusNanos(move.pause() * 20_000);
      for (int i = 0; i < move.tries(); i++) {
        Gcra.Grant grant = Gcra.next(state, now, move.lane(), quota);
        state = grant.state();
        if (grant.granted()) {
          granted.add(now);
        }
      }
    }
    for (int first = 0; first + 400 < granted.size(); first++) {
      assertThat(Duration.between(granted.get(first), granted.get(first + 400)))
          .isGreaterThanOrEqualTo(Duration.ofDays(1));
    }
  }

  @Test
  void syncAloneUsesNearlyTheWholeQuota() {
    assertThat(permitsWithin(Lane.SYNC, Duration.ofMinutes(10), Gcra.State.fresh(START)))
        .isBetween(1950, 2000);
  }

  @Test
  void syncLeavesBookingItsShareWhileBookingIsActive() {
    Gcra.State state = Gcra.next(Gcra.State.fresh(START), START, Lane.BOOKING, CLINIKO).state();
    assertThat(permitsWithin(Lane.SYNC, Duration.ofMinutes(10), state)).isBetween(1490, 1501);
  }

  @Test
  void syncBorrowsAgainAfterBookingWasIdleForLong() {
    Gcra.State state = Gcra.next(Gcra.State.fresh(START), START, Lane.BOOKING, CLINIKO).state();
    state = Gcra.next(state, START.plusSeconds(1200), Lane.SYNC, CLINIKO).state();
    assertThat(state.reservedSince()).isNull();
  }

  @Test
  void bookingGoesAtOnceWhileSyncUsesEverything() {
    Gcra.State state = Gcra.State.fresh(START);
    Instant now = START;
    for (int i = 0; i < 600; i++) {
      Gcra.Grant grant = Gcra.next(state, now, Lane.SYNC, CLINIKO);
      state = grant.state();
      now = now.plus(grant.comeBackIn());
    }
    assertThat(Gcra.next(state, now, Lane.BOOKING, CLINIKO).granted()).isTrue();
  }

  /** Background work leases moments ahead of the clock, and no booking waits for them. */
  @Test
  void bookingGoesAtOnceAlsoWhereSyncHasLeasedWhatComesNext() {
    Gcra.State state = Gcra.next(Gcra.State.fresh(START), START, Lane.SYNC, CLINIKO).state();
    Gcra.Grant leased = Gcra.next(state, START.plusMillis(700), Lane.SYNC, CLINIKO);
    assertThat(leased.granted()).isTrue();
    Gcra.State ahead = leased.state();
    Gcra.State kept =
        new Gcra.State(
            START,
            ahead.arrival(),
            ahead.dayArrival(),
            ahead.bookingSeen(),
            ahead.reservedSince(),
            ahead.pausedUntil());
    assertThat(Gcra.next(kept, START.plusMillis(10), Lane.BOOKING, CLINIKO).granted()).isTrue();
  }

  @Test
  void bookingMayBurstItsWholeShareOnceItWasActiveForAWindow() {
    Gcra.State state = Gcra.next(Gcra.State.fresh(START), START, Lane.BOOKING, CLINIKO).state();
    Instant later = START.plusSeconds(61);
    int burst = 0;
    while (true) {
      Gcra.Grant grant = Gcra.next(state, later, Lane.BOOKING, CLINIKO);
      state = grant.state();
      if (!grant.granted()) {
        break;
      }
      burst++;
    }
    assertThat(burst).isEqualTo(51);
  }

  @Test
  void nothingGoesDuringAPause() {
    Gcra.State state = Gcra.pause(Gcra.State.fresh(START), START, START.plusSeconds(90), CLINIKO);
    for (Lane lane : Lane.values()) {
      Gcra.Grant early = Gcra.next(state, START.plusSeconds(89), lane, CLINIKO);
      assertThat(early.granted()).isFalse();
      assertThat(Gcra.next(state, START.plusSeconds(91), lane, CLINIKO).granted()).isTrue();
    }
    assertThat(Gcra.pause(state, START, START.plusSeconds(5), CLINIKO).pausedUntil())
        .isAfterOrEqualTo(START.plusSeconds(90));
  }

  @Test
  void theVendorsCountOnlyMakesUsSlower() {
    Gcra.State fresh = Gcra.State.fresh(START);
    assertThat(Gcra.observe(fresh, START, 10_000, Duration.ofSeconds(30), CLINIKO).arrival())
        .isEqualTo(fresh.arrival());
    Gcra.State scarce = Gcra.observe(fresh, START, 10, Duration.ofSeconds(30), CLINIKO);
    assertThat(permitsWithin(Lane.SYNC, Duration.ofSeconds(30), scarce)).isBetween(9, 11);
    Gcra.State none = Gcra.observe(fresh, START, 0, Duration.ofSeconds(30), CLINIKO);
    assertThat(Gcra.next(none, START.plusSeconds(29), Lane.BOOKING, CLINIKO).granted()).isFalse();
  }

  private static int permitsWithin(Lane lane, Duration time, Gcra.State from) {
    Gcra.State state = from;
    Instant now = START;
    int permits = 0;
    while (now.isBefore(START.plus(time))) {
      Gcra.Grant grant = Gcra.next(state, now, lane, CLINIKO);
      state = grant.state();
      permits += grant.granted() ? 1 : 0;
      now = now.plus(grant.comeBackIn());
    }
    return permits;
  }
}
