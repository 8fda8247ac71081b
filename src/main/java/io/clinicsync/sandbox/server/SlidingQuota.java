package io.clinicsync.sandbox.server;

import java.time.Duration;
import java.time.Instant;

/**
 * At most so many calls in any window of a given length, counted exactly. Calls that are refused do
 * not count. Thread-safe.
 */
public final class SlidingQuota {

  private final Duration window;
  private volatile int limit;
  private long[] taken;
  private int head;
  private int size;

  public SlidingQuota(int limit, Duration window) {
    this.limit = Math.max(1, limit);
    this.window = window;
    this.taken = new long[16];
  }

  public synchronized void limit(int calls) {
    this.limit = Math.max(1, calls);
  }

  public int limit() {
    return limit;
  }

  public Duration window() {
    return window;
  }

  /** Takes one call if there is one left. */
  public synchronized boolean take(Instant now) {
    prune(now.toEpochMilli());
    if (size >= limit) {
      return false;
    }
    if (size == taken.length) {
      long[] larger = new long[taken.length * 2];
      for (int i = 0; i < size; i++) {
        larger[i] = taken[(head + i) % taken.length];
      }
      taken = larger;
      head = 0;
    }
    taken[(head + size) % taken.length] = now.toEpochMilli();
    size++;
    return true;
  }

  public synchronized int remaining(Instant now) {
    prune(now.toEpochMilli());
    return Math.max(0, limit - size);
  }

  /** When the next call becomes possible; now if one is left. */
  public synchronized Instant opensAt(Instant now) {
    prune(now.toEpochMilli());
    if (size < limit) {
      return now;
    }
    // With a lowered limit more than one call must leave the window first.
    return Instant.ofEpochMilli(taken[(head + size - limit) % taken.length]).plus(window);
  }

  private void prune(long now) {
    long edge = now - window.toMillis();
    // A call from the future was made before the clock jumped back; it would block the window for
    // ever.
    while (size > 0 && (taken[head] <= edge || taken[head] > now)) {
      head = (head + 1) % taken.length;
      size--;
    }
  }
}
