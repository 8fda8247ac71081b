package io.clinicsync.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Permits kept in memory: for one node and for tests. */
public final class LocalPermits implements Permits {

  private static final Duration LONGEST_NAP = Duration.ofSeconds(1);
  private static final Duration GIVE_WAY = Duration.ofMillis(5);

  private final Map<String, Meter> meters = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final Sleeper sleeper;

  public LocalPermits(InstantSource clock, Sleeper sleeper) {
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /** Lets time pass for a waiting thread. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  @Override
  public void acquire(Quota quota, Lane lane, Duration patience) {
    Meter meter = meter(quota);
    Instant until = clock.instant().plus(patience);
    meter.arrive(lane);
    try {
      Duration wait = meter.ask(clock.instant(), lane, quota);
      while (!wait.isZero()) {
        if (clock.instant().plus(wait).isAfter(until)) {
          throw new HttpFailure(
              HttpFailure.Kind.NOT_SENT, "No permit came free in time", wait, null);
        }
        sleeper.sleep(wait.compareTo(LONGEST_NAP) > 0 ? LONGEST_NAP : wait);
        wait = meter.ask(clock.instant(), lane, quota);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new HttpFailure(
          HttpFailure.Kind.NOT_SENT, "Interrupted while waiting for a permit", null, stopped);
    } finally {
      meter.leave(lane);
    }
  }

  @Override
  public void pauseUntil(Quota quota, Instant moment) {
    meter(quota).pause(clock.instant(), moment, quota);
  }

  @Override
  public void observe(Quota quota, long remaining, Duration untilReset) {
    meter(quota).observe(clock.instant(), remaining, untilReset, quota);
  }

  private Meter meter(Quota quota) {
    return meters.computeIfAbsent(quota.key(), key -> new Meter(Gcra.State.fresh(clock.instant())));
  }

  /** The state of one quota and how many booking calls wait for it. */
  private static final class Meter {

    private Gcra.State state;
    private int bookingWaits;

    Meter(Gcra.State state) {
      this.state = state;
    }

    synchronized void arrive(Lane lane) {
      if (lane.isWaitedFor()) {
        bookingWaits++;
      }
    }

    synchronized void leave(Lane lane) {
      if (lane.isWaitedFor()) {
        bookingWaits--;
      }
    }

    synchronized Duration ask(Instant now, Lane lane, Quota quota) {
      if (lane == Lane.SYNC && bookingWaits > 0) {
        return GIVE_WAY;
      }
      Gcra.Grant grant = Gcra.next(state, now, lane, quota);
      state = grant.state();
      return grant.comeBackIn();
    }

    synchronized void pause(Instant now, Instant moment, Quota quota) {
      state = Gcra.pause(state, now, moment, quota);
    }

    synchronized void observe(Instant now, long remaining, Duration untilReset, Quota quota) {
      state = Gcra.observe(state, now, remaining, untilReset, quota);
    }
  }
}
