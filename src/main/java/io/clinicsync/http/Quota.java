package io.clinicsync.http;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One published limit and who it binds [R15].
 *
 * @param tenant the clinic whose credential it is [R42]
 * @param owner names the credential within the tenant, for example {@code cliniko:<connection id>};
 *     never a secret
 * @param calls at most this many in any sliding window of {@code per}
 * @param perDay daily budget; null where the vendor has none
 * @param atOnce calls in flight at the same time
 * @param keptForBooking how many of {@code calls} background work leaves to booking while booking
 *     wants them
 */
public record Quota(
    UUID tenant,
    String owner,
    int calls,
    Duration per,
    @Nullable Integer perDay,
    int atOnce,
    int keptForBooking) {

  /** Key of breakers, bulkheads and permit rows. */
  public String key() {
    return tenant + "/" + owner;
  }

  /**
   * The same quota with another size, for sandboxes that grant more than the vendor.
   *
   * @param factor above zero
   */
  public Quota times(double factor) {
    Integer day = perDay;
    return new Quota(
        tenant,
        owner,
        grown(calls, factor),
        per,
        day == null ? null : grown(day, factor),
        atOnce,
        (int) (keptForBooking * factor));
  }

  private static int grown(int count, double factor) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, count * factor));
  }
}
