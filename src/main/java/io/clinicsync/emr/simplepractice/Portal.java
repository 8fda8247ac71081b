package io.clinicsync.emr.simplepractice;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The practice's client portal, as far as anybody may read it. It answers what it does not know
 * with a page and status 200 (seen 2025 in public notes).
 */
final class Portal {

  private final VendorWire wire;
  private final String userAgent;

  Portal(VendorWire wire, String userAgent) {
    this.wire = wire;
    this.userAgent = userAgent;
  }

  /** A list; empty where the practice named no portal, has none, or hides this part of it. */
  Optional<Loaded> list(EmrAccount account, String operation, String path, Query query) {
    String portal = SimplePracticeHosts.portal(account).orElse(null);
    if (portal == null) {
      return Optional.empty();
    }
    WireCall call =
        WireCall.get(
            operation,
            URI.create(portal + "/client-portal-api/" + path + query.text()),
            Map.of(
                "Accept",
                Frontend.JSON_API,
                "User-Agent",
                userAgent,
                // Any value will do, none is refused.
                "Application-Build-Version",
                "1",
                "Application-Platform",
                "web"));
    HttpAnswer answer = wire.send(account, call);
    boolean page = answer.text().stripLeading().startsWith("<");
    if (answer.status() == 404 || answer.status() == 401 || (answer.isSuccess() && page)) {
      return Optional.empty();
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(call, answer.status());
    }
    return Optional.of(
        Loaded.list(VendorWire.parse(answer, operation), operation, VendorWire.vendorNow(answer)));
  }
}
