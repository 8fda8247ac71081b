package io.clinicsync.booking;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.clinicsync.canonical.ConnectionId;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many bookings of one connection this node works on at once; further ones queue, in the order
 * in which they came. A clinic whose callers come a hundred times as often then fills its own queue
 * and not the machine that its neighbours book on [R22]. What is settled later needs no turn.
 */
@Component
class ConnectionTurns {

  static final BookingAnswer TOO_MANY =
      BookingAnswer.refused(
          Code.RATE_LIMITED,
          null,
          "Too many bookings of this connection wait already; nothing was done.");

  /** An EMR takes about four calls at once. */
  private static final int AT_ONCE = 3;

  /** Who stands further behind would wait in vain. */
  private static final int LONGEST_QUEUE = 100;

  /** Longer than three bookings take at an EMR that answers within three seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final int atOnce;
  private final int longestQueue;
  private final Duration patience;

  /** The turn the running thread has. */
  private final ThreadLocal<@Nullable Semaphore> had = new ThreadLocal<>();

  /** One stays as long as somebody works or waits. */
  private final LoadingCache<ConnectionId, Semaphore> turns =
      Caffeine.newBuilder().weakValues().build(this::fresh);

  @Autowired
  ConnectionTurns() {
    this(AT_ONCE, LONGEST_QUEUE, PATIENCE);
  }

  ConnectionTurns(int atOnce, int longestQueue, Duration patience) {
    this.atOnce = atOnce;
    this.longestQueue = longestQueue;
    this.patience = patience;
  }

  private Semaphore fresh(ConnectionId connection) {
    return new Semaphore(atOnce, true);
  }

  /** Whether whoever comes now would wait in vain. */
  boolean isFull(ConnectionId connection) {
    return waiting(connection) >= longestQueue;
  }

  int waiting(ConnectionId connection) {
    return turns.get(connection).getQueueLength();
  }

  /**
   * Does some work for a connection when its turn comes. Begin with no transaction open.
   *
   * @throws Stopped RATE_LIMITED when it does not come in time; nothing was done
   */
  <T> T inTurn(ConnectionId connection, Supplier<T> work) {
    Semaphore turn = turns.get(connection);
    take(turn);
    had.set(turn);
    try {
      return work.get();
    } finally {
      // Stepping aside may have lost it.
      if (had.get() != null) {
        turn.release();
        had.remove();
      }
    }
  }

  /**
   * Lets others go on while this thread waits for something else.
   *
   * @throws Stopped RATE_LIMITED when the turn does not come back in time
   */
  void stepAside(Runnable waiting) {
    Semaphore turn = had.get();
    if (turn == null) {
      waiting.run();
      return;
    }
    turn.release();
    had.remove();
    waiting.run();
    take(turn);
    had.set(turn);
  }

  private void take(Semaphore turn) {
    try {
      if (turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    throw new Stopped(TOO_MANY);
  }
}
