package io.clinicsync.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox's time: real time unless told otherwise. It can run shifted, stand still, or be
 * pushed forward; each vendor's clock may be off from it. Thread-safe, UTC.
 */
public final class SandboxClock extends Clock {

  private final Clock real;
  private final Map<String, Duration> skews = new ConcurrentHashMap<>();
  private Duration offset = Duration.ZERO;
  private @Nullable Instant frozen;

  public SandboxClock() {
    this(Clock.systemUTC());
  }

  /** A clock that follows another one. */
  public SandboxClock(Clock real) {
    this.real = real;
  }

  @Override
  public synchronized Instant instant() {
    return frozen != null ? frozen : real.instant().plus(offset);
  }

  /** Stops at this instant until advanced or released. */
  public synchronized void freezeAt(Instant instant) {
    frozen = instant;
  }

  /** Jumps to this instant and runs on from there. */
  public synchronized void runFrom(Instant instant) {
    frozen = null;
    offset = Duration.between(real.instant(), instant);
  }

  /** Pushes time forward (or back), running or frozen. */
  public synchronized void advance(Duration by) {
    if (frozen != null) {
      frozen = frozen.plus(by);
    } else {
      offset = offset.plus(by);
    }
  }

  /** Runs with this distance to real time; zero is real time. */
  public synchronized void offset(Duration distance) {
    frozen = null;
    offset = distance;
  }

  /** How far a vendor's clock ({@code "cliniko"}, {@code "ghl"}) is ahead of the sandbox's. */
  public void skew(String vendor, Duration ahead) {
    skews.put(vendor, ahead);
  }

  /** Where the clock stands; skews are not part of it. */
  record State(Duration offset, @Nullable Instant frozen) {}

  synchronized State state() {
    return new State(offset, frozen);
  }

  synchronized void restore(State state) {
    offset = state.offset();
    frozen = state.frozen();
  }

  /** Real time, no skews. */
  public synchronized void reset() {
    frozen = null;
    offset = Duration.ZERO;
    skews.clear();
  }

  /** A vendor's own clock. */
  public Clock of(String vendor) {
    return new Vendor(vendor);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(instant(), zone);
  }

  private final class Vendor extends Clock {
    private final String vendor;

    Vendor(String vendor) {
      this.vendor = vendor;
    }

    @Override
    public Instant instant() {
      return SandboxClock.this.instant().plus(skews.getOrDefault(vendor, Duration.ZERO));
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return Clock.fixed(instant(), zone);
    }
  }
}
