package io.clinicsync.clinics;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Which addresses besides the connectors' own hosts a connection may point to: sandboxes, where
 * configured.
 */
@Component
class KnownHosts {

  private final Set<String> sandboxHosts;

  KnownHosts(@Value("${clinicsync.http.sandbox-hosts:}") List<String> sandboxHosts) {
    this.sandboxHosts = Set.copyOf(sandboxHosts);
  }

  /**
   * The address, if sandboxes of that host are allowed here.
   *
   * @throws IllegalArgumentException when they are not; production configures none
   */
  URI sandbox(URI base) {
    if (base.getHost() == null || !sandboxHosts.contains(base.getHost())) {
      throw new IllegalArgumentException(
          "An address of your own is only accepted where a sandbox is configured");
    }
    return base;
  }
}
