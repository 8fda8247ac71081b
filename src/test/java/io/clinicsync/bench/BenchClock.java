package io.clinicsync.bench;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Real time, pushed forward from cycle to cycle together with the vendors' clock. */
final class BenchClock extends Clock {

  private volatile Duration ahead = Duration.ZERO;

  /** Real time again, as a new sandbox has it. */
  void reset() {
    ahead = Duration.ZERO;
  }

  void advance(Duration by) {
    ahead = ahead.plus(by);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead);
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
