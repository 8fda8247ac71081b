package io.clinicsync.emr.spi;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one way a connector fails. The message is in our words: no vendor text, no secret, no patient
 * data.
 */
public final class EmrException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /** What happened, sorted by what to do about it. Switch over it without {@code default}. */
  public enum Kind {
    /** Wrong or revoked credentials. */
    CREDENTIALS_REJECTED,
    /** The credentials work but lack a right. */
    PERMISSION_MISSING,
    /** A person must act first: a second factor, a captcha, the first file to hand over. */
    PERSON_NEEDED,
    /** The vendor asks us to slow down. */
    RATE_LIMITED,
    /** Down, slow or out of reach. */
    UNAVAILABLE,
    NOT_FOUND,
    SLOT_TAKEN,
    /** The vendor refused this request for good. */
    REQUEST_REJECTED,
    /** The answer is not as we know it. */
    CONTRACT_BROKEN,
    /** A write was sent and no answer came; only {@code find} may lead to another try. */
    OUTCOME_UNKNOWN
  }

  private final Kind kind;
  private final @Nullable Duration retryAfter;

  public EmrException(Kind kind, String message) {
    this(kind, message, null, null);
  }

  public EmrException(
      Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  /** How long the vendor wants us to wait, where it says so. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
