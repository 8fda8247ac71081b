package io.clinicsync.sandbox.server;

import java.time.Clock;

/**
 * What the sandbox gives each simulator.
 *
 * @param clock the vendor's own, which may be off
 * @param quotaFactor multiplies the vendor's published quota; 1 is the real one
 */
public record SimulatorKit(
    Clock clock, Faults faults, OperationLog log, Journal journal, double quotaFactor) {

  /** A quota under the factor. */
  public SlidingQuota quota(int calls, java.time.Duration window) {
    return new SlidingQuota((int) Math.max(1, Math.round(calls * quotaFactor)), window);
  }
}
