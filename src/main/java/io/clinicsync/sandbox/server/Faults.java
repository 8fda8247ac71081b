package io.clinicsync.sandbox.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The fault switches: which faults are on, and which of them hit a given call. Thread-safe. */
public final class Faults {

  private final Clock clock;
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, Armed> armed = new LinkedHashMap<>();

  public Faults(Clock clock) {
    this.clock = clock;
  }

  /** Switches a fault on and returns the id to clear it with. */
  public synchronized String set(Fault fault) {
    String id = "f" + ids.incrementAndGet();
    armed.put(id, new Armed(fault, clock.instant()));
    return id;
  }

  public synchronized void clear(String id) {
    armed.remove(id);
  }

  public synchronized void clear() {
    armed.clear();
  }

  /** The faults that are on, by id. */
  public synchronized Map<String, Fault> all() {
    Map<String, Fault> all = new LinkedHashMap<>();
    armed.forEach((id, one) -> all.put(id, one.fault));
    return all;
  }

  /** Counts this call against every fault that matches it and returns those that hit. */
  public synchronized List<Fault> hitting(String account, String method, String pathAndQuery) {
    if (armed.isEmpty()) {
      return List.of();
    }
    Instant now = clock.instant();
    List<Fault> hits = new ArrayList<>(1);
    for (Armed one : armed.values()) {
      if (one.fault.kind() != FaultKind.INVISIBLE
          && one.matches(account, method, pathAndQuery, now)
          && one.fires()) {
        hits.add(one.fault);
      }
    }
    return hits;
  }

  /** How long a record just written stays unreadable; zero normally. */
  public synchronized Duration invisibleFor(String account, String resourcePath) {
    Instant now = clock.instant();
    for (Armed one : armed.values()) {
      if (one.fault.kind() == FaultKind.INVISIBLE
          && one.matches(account, null, resourcePath, now)
          && one.fires()) {
        return Duration.ofMillis(one.fault.amountOr(90_000));
      }
    }
    return Duration.ZERO;
  }

  private static final class Armed {
    final Fault fault;
    final Instant since;
    final SplittableRandom random;
    int seen;

    Armed(Fault fault, Instant since) {
      this.fault = fault;
      this.since = since;
      this.random = new SplittableRandom(fault.seed());
    }

    boolean matches(String account, @Nullable String method, String path, Instant now) {
      if (fault.lasting() != null && now.isAfter(since.plus(fault.lasting()))) {
        return false;
      }
      if (fault.account() != null && !fault.account().equals(account)) {
        return false;
      }
      if (fault.method() != null && method != null && !fault.method().equalsIgnoreCase(method)) {
        return false;
      }
      return fault.path() == null || fault.path().matcher(path).find();
    }

    boolean fires() {
      seen++;
      boolean inRange =
          seen >= fault.firstCall() && seen - (long) fault.firstCall() < fault.calls();
      return inRange && (fault.probability() >= 1 || random.nextDouble() < fault.probability());
    }
  }
}
