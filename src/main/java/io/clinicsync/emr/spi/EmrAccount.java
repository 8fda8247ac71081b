package io.clinicsync.emr.spi;

import io.clinicsync.canonical.ConnectionId;
import java.net.URI;
import java.time.ZoneId;
import java.util.UUID;

/**
 * The account a call is made for, with its credentials opened at call time [R25].
 *
 * @param tenant the clinic's id; keys the quota, breaker and metrics [R42]
 * @param way id of the {@link AccessWay} in use
 * @param base scheme, host and port; from the connector's known hosts, or a sandbox's override
 * @param zone the clinic's zone for zone-less times and dates
 * @param currency ISO 4217, for amounts without one
 * @param urgency whose quota share the call draws on
 */
public record EmrAccount(
    UUID tenant,
    ConnectionId id,
    String way,
    URI base,
    ZoneId zone,
    String currency,
    Credentials credentials,
    Urgency urgency) {

  /** The same account with another urgency. */
  public EmrAccount with(Urgency other) {
    return new EmrAccount(tenant, id, way, base, zone, currency, credentials, other);
  }
}
