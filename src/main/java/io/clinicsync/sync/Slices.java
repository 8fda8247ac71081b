package io.clinicsync.sync;

import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many of this node's workers one clinic's runs, sweeps and backfills may hold at once [R22].
 * What finds its clinic's slice taken goes away at once and is called when a place is free, in the
 * order of asking, so that a backlog waits for itself and never in front of others.
 */
@Component
class Slices {

  /** How long a place is kept for work that was called and does not come. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final int most;
  private final InstantSource clock;
  private final Map<ClinicId, Slice> slices = new HashMap<>();

  @Autowired
  Slices(SyncSettings settings, Clock clock) {
    this(settings.perClinic(), clock);
  }

  Slices(int most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
  }

  private static final class Slice {
    private int taken;
    private final Map<Object, Runnable> waiting = new LinkedHashMap<>();
    private final Map<Object, Instant> called = new HashMap<>();
  }

  /**
   * Takes a place; whoever gets one gives it back with {@link #leave}. Places are given in the
   * order of {@link #whenFree}.
   *
   * @param work what names the work
   */
  synchronized boolean enter(ClinicId clinic, Object work) {
    Slice slice = slices.computeIfAbsent(clinic, id -> new Slice());
    boolean wasCalled = slice.called.remove(work) != null;
    if (wasCalled || hasRoom(slice)) {
      slice.taken++;
      slice.waiting.remove(work);
      return true;
    }
    return false;
  }

  /** Calls once when a place is free for this work, at once if one is. */
  void whenFree(ClinicId clinic, Object work, Runnable call) {
    synchronized (this) {
      Slice slice = slices.computeIfAbsent(clinic, id -> new Slice());
      if (!hasRoom(slice)) {
        slice.waiting.putIfAbsent(work, call);
        return;
      }
      slice.called.put(work, clock.instant());
    }
    call.run();
  }

  private boolean hasRoom(Slice slice) {
    Instant now = clock.instant();
    slice.called.values().removeIf(at -> at.plus(KEPT).isBefore(now));
    return slice.taken + slice.called.size() < most;
  }

  void leave(ClinicId clinic) {
    Runnable next = free(clinic);
    if (next != null) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable free(ClinicId clinic) {
    Slice slice = slices.get(clinic);
    if (slice == null) {
      return null;
    }
    slice.taken--;
    Map.Entry<Object, Runnable> first =
        slice.waiting.isEmpty() ? null : slice.waiting.entrySet().iterator().next();
    if (first != null) {
      slice.waiting.remove(first.getKey());
      slice.called.put(first.getKey(), clock.instant());
      return first.getValue();
    }
    if (slice.taken == 0 && slice.called.isEmpty()) {
      slices.remove(clinic);
    }
    return null;
  }
}
