package io.clinicsync.emr.jane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The clinic's permission for the Developer Platform: an access token of five minutes and a refresh
 * token of thirty, which is used up by each renewal. The new refresh token is kept before the new
 * access token is used [R23].
 *
 * @see <a href="https://developers.jane.app">Jane Developer Platform, authentication</a>
 */
final class JaneGrants {

  static final String CLIENT_ID = "clientId";
  static final String CLIENT_SECRET = "clientSecret";

  /** Renewing on every second visit of the keeper is soon enough. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  private static final Duration SPARE = Duration.ofSeconds(15);
  private static final Duration USUAL_LIFE = Duration.ofSeconds(300);
  private static final String SESSION = "grant";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final Clock clock;
  private final String userAgent;

  JaneGrants(VendorWire wire, EmrSessions sessions, Clock clock, String userAgent) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
    this.userAgent = userAgent;
  }

  /** A grant in use: the token and the session it stands in. */
  record Access(String token, EmrSession session) {
    @Override
    public String toString() {
      return "Access[" + session.version() + "]";
    }
  }

  /**
   * A token that should be good.
   *
   * @throws EmrException CREDENTIALS_REJECTED when nobody has signed in, or the grant ended
   */
  Access access(EmrAccount account) {
    EmrSession session = sessions.find(account, SESSION).orElseThrow(JaneGrants::ended);
    return session.standsAt(clock.instant().plus(SPARE))
        ? opened(session)
        : renewed(account, session);
  }

  /** Another token than this one, which Jane did not take. */
  Access renewed(EmrAccount account, EmrSession stale) {
    return opened(sessions.renewed(account, SESSION, stale, holder -> refresh(account, holder)));
  }

  /** Keeps the grant alive, unless that was done a moment ago. */
  void keep(EmrAccount account) {
    EmrSession session = sessions.find(account, SESSION).orElseThrow(JaneGrants::ended);
    Instant renewedAt = Instant.ofEpochMilli(value(session).path("renewedAt").asLong());
    if (!clock.instant().isBefore(renewedAt.plus(FRESH))) {
      renewed(account, session);
    }
  }

  /** Turns a code of the sign-in page into a grant. */
  void redeem(EmrAccount account, JaneQuery form) {
    sessions.alone(
        account,
        SESSION,
        holder -> {
          HttpAnswer answer = send(account, "jane.token.redeem", form);
          if (answer.status() == 400 || answer.status() == 401) {
            throw new EmrException(
                Kind.CREDENTIALS_REJECTED,
                "Jane did not accept this sign-in; start it again from the connection's page");
          }
          return kept(holder, answer, "jane.token.redeem");
        });
  }

  private EmrSession refresh(EmrAccount account, EmrSessions.Holder holder) {
    EmrSession session = holder.current().orElseThrow(JaneGrants::ended);
    JaneQuery form =
        new JaneQuery()
            .with("grant_type", "refresh_token")
            .with("refresh_token", value(session).path("refresh").asText());
    HttpAnswer answer = send(account, "jane.token.refresh", form);
    if (answer.status() == 400 && answer.text().contains("invalid_grant")) {
      holder.drop();
      throw ended();
    }
    return kept(holder, answer, "jane.token.refresh");
  }

  private HttpAnswer send(EmrAccount account, String operation, JaneQuery form) {
    form.with("client_id", account.credentials().require(CLIENT_ID));
    account.credentials().find(CLIENT_SECRET).ifPresent(each -> form.with("client_secret", each));
    WireCall call =
        new WireCall(
            operation,
            "POST",
            JaneHosts.identity(account, "token"),
            Map.of(
                "Accept",
                "application/json",
                "Content-Type",
                "application/x-www-form-urlencoded",
                "User-Agent",
                userAgent),
            form.form(),
            false);
    try {
      return wire.send(account, call);
    } catch (EmrException failure) {
      if (failure.kind() == Kind.OUTCOME_UNKNOWN) {
        // No record of the clinic's is in doubt: whoever needs the token tries again.
        throw new EmrException(Kind.UNAVAILABLE, operation + " got no answer", null, failure);
      }
      throw failure;
    }
  }

  private EmrSession kept(EmrSessions.Holder holder, HttpAnswer answer, String operation) {
    if (answer.status() >= 500) {
      throw new EmrException(Kind.UNAVAILABLE, operation + " was answered with a server error");
    }
    if (!answer.isSuccess()) {
      throw new EmrException(
          answer.status() == 401 ? Kind.CREDENTIALS_REJECTED : Kind.REQUEST_REJECTED,
          operation + " was answered with status " + answer.status());
    }
    JsonNode body = VendorWire.parse(answer, operation).json();
    String access = body.path("access_token").asText("");
    String refresh = body.path("refresh_token").asText("");
    if (access.isEmpty() || refresh.isEmpty()) {
      throw VendorWire.broken(operation);
    }
    long life = body.path("expires_in").asLong(USUAL_LIFE.toSeconds());
    String value =
        JSON.createObjectNode()
            .put("access", access)
            .put("refresh", refresh)
            .put("renewedAt", answer.receivedAt().toEpochMilli())
            .toString();
    return holder.keep(value, answer.receivedAt().plusSeconds(life));
  }

  private static Access opened(EmrSession session) {
    return new Access(value(session).path("access").asText(), session);
  }

  private static JsonNode value(EmrSession session) {
    try {
      return JSON.readTree(session.value());
    } catch (JsonProcessingException notOurs) {
      throw ended();
    }
  }

  private static EmrException ended() {
    return new EmrException(
        Kind.CREDENTIALS_REJECTED, "Jane's permission has ended; a person must sign in again");
  }
}
