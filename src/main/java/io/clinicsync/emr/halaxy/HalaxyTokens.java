package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens by client credentials, one for all nodes. The answer says that a token lives an
 * hour, the documentation says fifteen minutes, and live code trusts the documentation (as of
 * 2026): a token is used for fourteen.
 *
 * @see <a href="https://developers.halaxy.com/docs/authentication">Authentication</a>
 */
final class HalaxyTokens {

  static final String CLIENT_ID = "clientId";
  static final String CLIENT_SECRET = "clientSecret";
  static final String PATH = "oauth/token";

  private static final Duration LIFE = Duration.ofMinutes(14);
  private static final Duration SPARE = Duration.ofMinutes(1);
  private static final String SESSION = "token";
  private static final String OPERATION = "halaxy.token";

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final InstantSource clock;
  private final String userAgent;

  HalaxyTokens(VendorWire wire, EmrSessions sessions, InstantSource clock, String userAgent) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
    this.userAgent = userAgent;
  }

  /** A token that should be good. */
  EmrSession current(EmrAccount account) {
    EmrSession session = sessions.find(account, SESSION).orElse(null);
    return session != null && session.standsAt(clock.instant())
        ? session
        : renewed(account, session);
  }

  /** Another token than this one; of many who ask at once, one mints it. */
  EmrSession renewed(EmrAccount account, @Nullable EmrSession stale) {
    return sessions.renewed(account, SESSION, stale, holder -> mint(account, holder));
  }

  private EmrSession mint(EmrAccount account, EmrSessions.Holder holder) {
    Credentials credentials = account.credentials();
    byte[] body =
        JsonNodeFactory.instance
            .objectNode()
            .put("grant_type", "client_credentials")
            .put("client_id", credentials.require(CLIENT_ID))
            .put("client_secret", credentials.require(CLIENT_SECRET))
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers =
        Map.of(
            "Accept", HalaxyApi.FHIR, "Content-Type", "application/json", "User-Agent", userAgent);
    // Minting twice does no harm, so that it may be repeated as a read is.
    WireCall call =
        new WireCall(OPERATION, "POST", HalaxyHosts.address(account, PATH), headers, body, true);
    HttpAnswer answer = wire.send(account, call);
    if (!answer.isSuccess()) {
      throw refused(call, answer);
    }
    JsonNode token = VendorWire.parse(answer, OPERATION).json();
    String access = token.path("access_token").asText("");
    if (access.isEmpty()) {
      throw VendorWire.broken(OPERATION);
    }
    Duration said = Duration.ofSeconds(token.path("expires_in").asLong(3600)).minus(SPARE);
    Duration life = said.compareTo(LIFE) < 0 ? said : LIFE;
    return holder.keep(access, answer.receivedAt().plus(life));
  }

  private static EmrException refused(WireCall call, HttpAnswer answer) {
    if (answer.status() == 400 && answer.text().contains("invalid_client")) {
      return new EmrException(
          EmrException.Kind.CREDENTIALS_REJECTED, "Halaxy does not know this API key");
    }
    return VendorWire.refused(call, answer.status());
  }
}
