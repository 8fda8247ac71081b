package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * Access tokens, shared by all nodes: they live an hour, cannot be refreshed and are minted again a
 * minute early by one caller while the others wait.
 *
 * @see <a href="https://api-docs.practicebetter.io">POST /oauth2/token</a>
 */
final class PracticeBetterTokens {

  static final String CLIENT_ID = "clientId";
  static final String CLIENT_SECRET = "clientSecret";

  private static final Duration SPARE = Duration.ofSeconds(60);
  private static final Duration USUAL_LIFE = Duration.ofHours(1);
  private static final String SESSION = "token";
  private static final String OPERATION = "practicebetter.token";

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final Clock clock;

  PracticeBetterTokens(VendorWire wire, EmrSessions sessions, Clock clock) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** A token that should be good. */
  EmrSession current(EmrAccount account) {
    EmrSession session = sessions.find(account, SESSION).orElse(null);
    return session != null && session.standsAt(clock.instant().plus(SPARE))
        ? session
        : another(account, session);
  }

  /**
   * Another token than this one.
   *
   * @param stale null when there is none
   */
  EmrSession another(EmrAccount account, @org.jspecify.annotations.Nullable EmrSession stale) {
    return sessions.renewed(account, SESSION, stale, holder -> mint(account, holder));
  }

  private EmrSession mint(EmrAccount account, EmrSessions.Holder holder) {
    // The document names the two client members only; what else is sent is what everyone sends.
    byte[] form =
        new PracticeBetterQuery()
            .with("grant_type", "client_credentials")
            .with("client_id", account.credentials().require(CLIENT_ID))
            .with("client_secret", account.credentials().require(CLIENT_SECRET))
            .with("scope", "read write")
            .form();
    // Repeatable: a token that nobody received does no harm.
    WireCall call =
        new WireCall(
            OPERATION,
            "POST",
            PracticeBetterHosts.at(account, "/oauth2/token"),
            Map.of(
                "Accept", "application/json", "Content-Type", "application/x-www-form-urlencoded"),
            form,
            true);
    HttpAnswer answer = wire.send(account, call);
    if (answer.status() == 400 && answer.text().contains("invalid_client")) {
      throw VendorWire.refused(call, 401);
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(call, answer.status());
    }
    JsonNode body = VendorWire.parse(answer, OPERATION).json();
    String token = body.path("access_token").asText("");
    if (token.isBlank() || token.length() > 8_000 || token.chars().anyMatch(c -> c <= ' ')) {
      throw VendorWire.broken(OPERATION);
    }
    long life = Math.max(1, body.path("expires_in").asLong(USUAL_LIFE.toSeconds()));
    return holder.keep(token, answer.receivedAt().plusSeconds(life));
  }
}
