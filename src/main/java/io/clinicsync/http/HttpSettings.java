package io.clinicsync.http;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls go out.
 *
 * @param sandboxHosts hosts that may be called without TLS and that quotas are scaled for; empty in
 *     production
 * @param slice how often a body's progress is looked at
 * @param leastPerSlice bytes a body must bring per slice, else the call is given up as a drip
 * @param retryAfter first pause before a read is repeated
 * @param breakerOpen first time a breaker stays open; doubles up to ten times that
 */
@ConfigurationProperties("clinicsync.http")
record HttpSettings(
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue({}) Set<String> sandboxHosts,
    @DefaultValue("5s") Duration slice,
    @DefaultValue("512") int leastPerSlice,
    @DefaultValue("200ms") Duration retryAfter,
    @DefaultValue("30s") Duration breakerOpen) {

  HttpSettings {
    sandboxHosts =
        sandboxHosts.stream()
            .map(host -> host.strip().toLowerCase(Locale.ROOT))
            .filter(host -> !host.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
  }

  boolean isSandbox(String host) {
    return sandboxHosts.contains(host.toLowerCase(Locale.ROOT));
  }
}
