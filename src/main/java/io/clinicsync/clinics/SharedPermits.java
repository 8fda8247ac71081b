package io.clinicsync.clinics;

import io.clinicsync.http.Gcra;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.Lane;
import io.clinicsync.http.Permits;
import io.clinicsync.http.Quota;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/**
 * Permits shared by all nodes: one database row per quota owner holds the limiter's state [R15].
 * Background work leases its next few moments in one go and uses each at its time or not at all;
 * booking goes first, and what changes something takes the permits of the calls that follow with
 * the first one's.
 */
@Component
class SharedPermits implements Permits {

  /** How far ahead background work leases at most; what it leased, booking cannot have. */
  private static final Duration LEASED_AHEAD = Duration.ofMillis(800);

  private static final int LEASED_AT_MOST = 16;

  /** A booking reads a diary, writes and reads it again. */
  private static final int CALLS_OF_A_CHANGE = 3;

  /** How long what was leased with a change's first call is good for its others. */
  private static final Duration CHANGE_LIFE = Duration.ofMillis(500);

  /** How long nothing is taken ahead after some of it came to nothing: the vendor is too slow. */
  private static final Duration SINGLY = Duration.ofMinutes(10);

  private final PermitRows rows;
  private final Clock clock;
  private final Map<String, Share> shares = new ConcurrentHashMap<>();

  SharedPermits(PermitRows rows, Clock clock) {
    this.rows = rows;
    this.clock = clock;
  }

  @Override
  public void acquire(Quota quota, Lane lane, Duration patience) {
    Share share = shares.computeIfAbsent(quota.key(), key -> new Share());
    long giveUp = System.nanoTime() + patience.toNanos();
    try {
      switch (lane) {
        case BOOKING -> acquireAtOnce(quota, share, false, giveUp);
        case CHANGE -> acquireAtOnce(quota, share, true, giveUp);
        case SYNC -> acquireForSync(quota, share, giveUp);
      }
      share.sent(quota);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new HttpFailure(
          HttpFailure.Kind.NOT_SENT, "Interrupted while waiting for a permit", null, stopped);
    }
  }

  /**
   * Waits for a permit.
   *
   * @param others whether other calls follow this one
   */
  private void acquireAtOnce(Quota quota, Share share, boolean others, long giveUp)
      throws InterruptedException {
    while (!share.takeLeft()) {
      // Before the database's clock is read, so that a permit ends too early rather than too late.
      long until = System.nanoTime() + CHANGE_LIFE.toNanos();
      int pauses = share.pauses.get();
      int most = others ? share.callsAhead(quota) : 1;
      Gcra.Lease lease =
          rows.change(
              quota,
              (state, now) -> {
                Gcra.Lease granted = Gcra.lease(state, now, most, CHANGE_LIFE, quota);
                return new PermitRows.Changed<>(granted.state(), granted);
              });
      if (lease.permits() > 0) {
        share.keepLeft(lease.permits() - 1, until, pauses);
        return;
      }
      sleep(lease.comeBackIn(), giveUp);
    }
  }

  private void acquireForSync(Quota quota, Share share, long giveUp) throws InterruptedException {
    while (true) {
      Slot slot;
      long comeBack;
      synchronized (share.slots) {
        share.dropMissed();
        if (share.slots.isEmpty()) {
          lease(quota, share);
        }
        slot = share.slots.peekFirst();
        comeBack = share.comeBack;
        if (slot != null) {
          if (slot.due() > giveUp) {
            throw tooLate(slot.due() - System.nanoTime());
          }
          share.slots.pollFirst();
        }
      }
      if (slot != null) {
        long nap = slot.due() - System.nanoTime();
        if (nap > 0) {
          Thread.sleep(Duration.ofNanos(nap));
        }
        return;
      }
      sleep(Duration.ofNanos(Math.max(1_000_000, comeBack - System.nanoTime())), giveUp);
    }
  }

  /**
   * Fills the share's queue with its next moments, or says when to ask again. Call under the slots'
   * lock.
   */
  private void lease(Quota quota, Share share) {
    // One call less than published: a slot used up to one step late may otherwise share a window
    // with one call too many.
    Quota strict =
        new Quota(
            quota.tenant(),
            quota.owner(),
            Math.max(1, quota.calls() - 1),
            quota.per(),
            quota.perDay(),
            quota.atOnce(),
            quota.keptForBooking());
    Duration leasedAhead = leasedAhead(strict);
    Leased leased =
        rows.change(
            quota,
            (state, now) -> {
              Deque<Duration> moments = new ArrayDeque<>();
              Gcra.State reached = state;
              Duration ahead = Duration.ZERO;
              Duration refused = Duration.ZERO;
              while (moments.size() < LEASED_AT_MOST && ahead.compareTo(leasedAhead) <= 0) {
                Gcra.Grant grant = Gcra.next(reached, now.plus(ahead), Lane.SYNC, strict);
                if (grant.granted()) {
                  moments.addLast(ahead);
                  reached = grant.state();
                } else {
                  refused = grant.comeBackIn();
                  ahead = ahead.plus(refused);
                  if (moments.isEmpty() && ahead.compareTo(leasedAhead) > 0) {
                    break;
                  }
                }
              }
              Gcra.State kept =
                  new Gcra.State(
                      now.isAfter(state.asOf()) ? now : state.asOf(),
                      reached.arrival(),
                      reached.dayArrival(),
                      reached.bookingSeen(),
                      reached.reservedSince(),
                      reached.pausedUntil());
              return new PermitRows.Changed<>(
                  moments.isEmpty() ? state : kept, new Leased(moments, refused));
            });
    long now = System.nanoTime();
    long step = Math.max(1_000_000, strict.per().toNanos() / strict.calls());
    leased
        .moments()
        .forEach(
            moment ->
                share.slots.addLast(
                    new Slot(now + moment.toNanos(), now + moment.toNanos() + step)));
    share.comeBack = now + leased.comeBackIn().toNanos();
  }

  /**
   * Less than what the limiter always leaves to booking, a fiftieth of the limit: whatever sync
   * holds, the next booking goes at once.
   */
  private static Duration leasedAhead(Quota quota) {
    long step = quota.per().toNanos() / quota.calls();
    Duration spared = Duration.ofNanos(Math.max(0, quota.calls() / 50 - 1) * step);
    return spared.compareTo(LEASED_AHEAD) < 0 ? spared : LEASED_AHEAD;
  }

  @Override
  public void pauseUntil(Quota quota, Instant moment) {
    Duration wait = Duration.between(clock.instant(), moment);
    if (wait.isNegative()) {
      return;
    }
    Share share = shares.computeIfAbsent(quota.key(), key -> new Share());
    synchronized (share.slots) {
      share.slots.clear();
    }
    share.endLeft();
    rows.change(
        quota,
        (state, now) ->
            new PermitRows.Changed<>(Gcra.pause(state, now, now.plus(wait), quota), Boolean.TRUE));
  }

  /**
   * What the vendor counts beyond our own calls is somebody else's use of the same quota. Our own
   * full use of it is no reason to slow down, so only a nearly empty quota that we did not empty
   * counts.
   */
  @Override
  public void observe(Quota quota, long remaining, Duration untilReset) {
    Share share = shares.computeIfAbsent(quota.key(), key -> new Share());
    long expected = quota.calls() - share.sentWithin(quota);
    boolean othersUseIt = expected - remaining > Math.max(2, quota.calls() / 10);
    if (othersUseIt && remaining <= Math.max(1, quota.calls() / 50)) {
      pauseUntil(quota, clock.instant().plus(quota.per().dividedBy(10)));
    }
  }

  private static void sleep(Duration wait, long giveUp) throws InterruptedException {
    long wake = System.nanoTime() + wait.toNanos();
    if (wake > giveUp) {
      throw tooLate(wait.toNanos());
    }
    Thread.sleep(wait);
  }

  private static HttpFailure tooLate(long nanos) {
    return new HttpFailure(
        HttpFailure.Kind.NOT_SENT,
        "No permit comes free in time",
        Duration.ofNanos(Math.max(0, nanos)),
        null);
  }

  private record Leased(Deque<Duration> moments, Duration comeBackIn) {}

  /**
   * A moment at which one call may go, on this process's monotonic clock; void after {@code last}.
   */
  private record Slot(long due, long last) {}

  /** What this node holds of a quota. */
  private static final class Share {

    /** Its lock is held while the database is asked, and guards {@link #comeBack} as well. */
    final Deque<Slot> slots = new ArrayDeque<>();

    long comeBack;

    /** Until when each permit is good that a change took and did not use yet. */
    private final Queue<Long> left = new ConcurrentLinkedQueue<>();

    /** How many pauses there were; what was leased before one is not kept after it. */
    final AtomicInteger pauses = new AtomicInteger();

    /** Until when each call is asked for by itself. */
    private volatile long singlyUntil = System.nanoTime();

    private final Deque<Long> sent = new ArrayDeque<>();

    void dropMissed() {
      long now = System.nanoTime();
      while (!slots.isEmpty() && slots.peekFirst().last() < now) {
        slots.pollFirst();
      }
    }

    /** A vendor's whole day is too short to give anything away that may not be used. */
    int callsAhead(Quota quota) {
      return quota.perDay() == null && System.nanoTime() - singlyUntil >= 0 ? CALLS_OF_A_CHANGE : 1;
    }

    /** Uses a permit that is left over; false when there is none. */
    boolean takeLeft() {
      long now = System.nanoTime();
      for (Long until = left.poll(); until != null; until = left.poll()) {
        if (until - now > 0) {
          return true;
        }
        singlyUntil = now + SINGLY.toNanos();
      }
      return false;
    }

    /**
     * Keeps what a change will need.
     *
     * @param pausesThen as they were before it was leased
     */
    void keepLeft(int permits, long until, int pausesThen) {
      for (int each = 0; each < permits; each++) {
        left.add(until);
      }
      if (pauses.get() != pausesThen) {
        left.clear();
      }
    }

    void endLeft() {
      pauses.incrementAndGet();
      left.clear();
    }

    synchronized void sent(Quota quota) {
      sent.addLast(System.nanoTime());
      sentWithin(quota);
    }

    synchronized long sentWithin(Quota quota) {
      long since = System.nanoTime() - quota.per().toNanos();
      while (!sent.isEmpty() && sent.peekFirst() < since) {
        sent.pollFirst();
      }
      return sent.size();
    }
  }
}
