package io.clinicsync.emr.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The published limit of an access way.
 *
 * @param calls at most this many in any window of {@code per}
 * @param perDay at most this many in any 24 hours; null where the vendor has no daily limit
 * @param atOnce calls in flight at the same time
 * @param keptForBooking how many of {@code calls} sync must leave to booking while booking wants
 *     them [R15]
 */
public record RateLimit(
    int calls,
    Duration per,
    @Nullable Integer perDay,
    Scope scope,
    int atOnce,
    int keptForBooking) {

  /** A limit without a daily part. */
  public RateLimit(int calls, Duration per, Scope scope, int atOnce, int keptForBooking) {
    this(calls, per, null, scope, atOnce, keptForBooking);
  }

  /** Who shares the limit. */
  public enum Scope {
    /** The clinic's account at the vendor. */
    ACCOUNT,
    /** Our application at the vendor, over all clinics. */
    APP
  }
}
