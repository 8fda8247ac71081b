package io.clinicsync.ghl;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the vendor's token endpoint gave. {@code toString} shows no secret.
 *
 * @param refreshToken null where the vendor gave none
 * @param lifetime of the access token from the moment of the answer
 * @param agency true for an agency ("Company") token, which can only mint tokens for sub-accounts
 * @param locationId null for an agency token
 */
public record GhlGrant(
    String accessToken,
    @Nullable String refreshToken,
    Duration lifetime,
    Set<String> scopes,
    boolean agency,
    @Nullable String locationId,
    @Nullable String companyId,
    @Nullable String userId) {

  public GhlGrant {
    scopes = Set.copyOf(scopes);
  }

  @Override
  public String toString() {
    return "GhlGrant[agency="
        + agency
        + ", locationId="
        + locationId
        + ", scopes="
        + scopes.size()
        + "]";
  }
}
