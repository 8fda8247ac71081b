package io.clinicsync.http;

import java.time.Duration;
import java.time.Instant;

/** Hands out the right to send one call. Shared by all nodes; implemented where the database is. */
public interface Permits {

  /**
   * Waits for the next permit of this quota.
   *
   * @param patience how long the caller can wait
   * @throws HttpFailure NOT_SENT with {@code retryAfter} when none comes free in time
   */
  void acquire(Quota quota, Lane lane, Duration patience);

  /** No permit for this quota before this moment: the vendor said 429 [R16]. */
  void pauseUntil(Quota quota, Instant moment);

  /**
   * The vendor's own view of what is left, from response headers; only ever makes us slower [R15].
   */
  void observe(Quota quota, long remaining, Duration untilReset);
}
