package io.clinicsync.http;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call without a usable answer. The message names the operation and the reason; no URL query,
 * header or body.
 */
public final class HttpFailure extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /** What is known about the request's fate. */
  public enum Kind {
    /**
     * It never left: unknown host refused, breaker open, no permit before the deadline, connection
     * refused.
     */
    NOT_SENT,
    /**
     * It left, or may have, and no complete answer came: deadline, drip, reset, cut body. A write
     * is then of unknown outcome.
     */
    NO_ANSWER,
    /** The vendor said 429; nothing is sent for this quota before the wait is over [R16]. */
    SLOW_DOWN,
    /** The answer broke a bound: too large, not decodable. */
    UNUSABLE
  }

  private final Kind kind;
  private final @Nullable Duration retryAfter;

  public HttpFailure(
      Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  /** When it makes sense to come again, where known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
