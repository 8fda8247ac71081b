package io.clinicsync.emr.spi;

import java.util.List;

/**
 * One way into an EMR account.
 *
 * @param hosts the known hosts; an account's {@code base} must match one of these patterns unless a
 *     sandbox overrides it. Anchored regular expressions over the host name
 * @param needsSignedConsent a web-session way that only runs with the clinic's signed authorisation
 */
public record AccessWay(
    String id,
    String label,
    Auth auth,
    List<CredentialField> credentials,
    RateLimit limit,
    List<String> hosts,
    boolean needsSignedConsent) {

  public AccessWay {
    credentials = List.copyOf(credentials);
    hosts = List.copyOf(hosts);
  }
}
