package io.clinicsync.emr.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a connector keeps of one account between calls: an access token, a rotating refresh token, a
 * cookie jar. Sealed at rest; {@code toString} shows none of it.
 *
 * @param value the connector's own text, written and read by it only
 * @param expiresAt when the vendor says it ends; null when the vendor does not say
 * @param version rises with every change; two sessions of one version are the same
 */
public record EmrSession(String value, @Nullable Instant expiresAt, long version) {

  /** Whether it still stands at this moment. */
  public boolean standsAt(Instant moment) {
    return expiresAt == null || moment.isBefore(expiresAt);
  }

  @Override
  public String toString() {
    return "EmrSession[version " + version + ", until " + expiresAt + "]";
  }
}
