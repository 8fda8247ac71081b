package io.clinicsync.ghl;

import java.net.URI;
import java.util.UUID;

/**
 * One GoHighLevel sub-account, which the vendor calls a location.
 *
 * @param tenant the clinic; keys quota, breaker and metrics [R42]
 * @param locationId the vendor's id of the sub-account
 * @param base scheme, host and port of the API
 * @param urgent somebody waits for the answer, so the call draws on the share kept for booking
 *     [R15]
 */
public record GhlAccount(UUID tenant, String locationId, URI base, boolean urgent) {

  /** The vendor's own address. */
  public static final URI PUBLIC_BASE = URI.create("https://services.leadconnectorhq.com");

  /** The same account with another urgency. */
  public GhlAccount urgent(boolean other) {
    return new GhlAccount(tenant, locationId, base, other);
  }
}
