package io.clinicsync.ghl;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The stored token of one sub-account, opened for one call [R25]. {@code toString} shows no secret.
 *
 * @param refreshToken single-use; null for a private integration token and for some minted by an
 *     agency
 * @param expiresAt null for a private integration token
 * @param version grows with each stored pair; the compare-and-set of R23 is on it
 * @param refusedAt when renewing this version was refused; null if never
 * @param reconnect true when only the clinic can help: connect again or paste a new token
 */
public record GhlToken(
    String accessToken,
    @Nullable String refreshToken,
    @Nullable Instant expiresAt,
    long version,
    @Nullable Instant refusedAt,
    boolean reconnect) {

  @Override
  public String toString() {
    return "GhlToken[version="
        + version
        + ", expiresAt="
        + expiresAt
        + ", reconnect="
        + reconnect
        + "]";
  }
}
