package io.clinicsync.emr.spi;

import java.time.Duration;

/**
 * The published limit of an access way.
 *
 * @param calls at most this many in any window of {@code per}
 * @param atOnce calls in flight at the same time
 * @param keptForBooking how many of {@code calls} sync must leave to booking while booking wants
 *     them [R15]
 */
public record RateLimit(int calls, Duration per, Scope scope, int atOnce, int keptForBooking) {

  /** Who shares the limit. */
  public enum Scope {
    /** The clinic's account at the vendor. */
    ACCOUNT,
    /** Our application at the vendor, over all clinics. */
    APP
  }
}
