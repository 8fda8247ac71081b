package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of the clinic's integration user, shared by all nodes. They live about an hour; after 55
 * minutes one caller signs in again while the others wait.
 *
 * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">POST /auth/token</a>
 */
final class PtEverywhereTokens {

  static final String EMAIL = "email";
  static final String PASSWORD = "password";

  private static final Duration LIFE = Duration.ofMinutes(55);
  private static final String SESSION = "token";
  private static final String OPERATION = "pteverywhere.token";

  /** Where the token stands is not known: a public client looks in these places. */
  private static final List<String> PLACES =
      List.of(
          "/access_token",
          "/accessToken",
          "/token",
          "/id_token",
          "/data/token",
          "/data/access_token",
          "/data/accessToken");

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final Clock clock;

  PtEverywhereTokens(VendorWire wire, EmrSessions sessions, Clock clock) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** A token that should be good. */
  EmrSession current(EmrAccount account) {
    EmrSession session = sessions.find(account, SESSION).orElse(null);
    return session != null && session.standsAt(clock.instant())
        ? session
        : another(account, session);
  }

  /**
   * Another token than this one.
   *
   * @param stale null when there is none
   */
  EmrSession another(EmrAccount account, @Nullable EmrSession stale) {
    return sessions.renewed(account, SESSION, stale, holder -> signIn(account, holder));
  }

  private EmrSession signIn(EmrAccount account, EmrSessions.Holder holder) {
    byte[] body =
        JsonNodeFactory.instance
            .objectNode()
            .put("email", account.credentials().require(EMAIL))
            .put("password", account.credentials().require(PASSWORD))
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    // Repeatable: a token that nobody received does no harm.
    WireCall call =
        new WireCall(
            OPERATION,
            "POST",
            PtEverywhereHosts.at(account, "/auth/token"),
            Map.of("Accept", "application/json", "Content-Type", "application/json"),
            body,
            true);
    HttpAnswer answer = wire.send(account, call);
    if (answer.status() == 400
        && answer.text().toLowerCase(Locale.ROOT).contains("incorrect username or password")) {
      throw VendorWire.refused(call, 401);
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(call, answer.status());
    }
    JsonNode told = VendorWire.parse(answer, OPERATION).json();
    String token =
        PLACES.stream()
            .map(place -> told.at(place).isTextual() ? told.at(place).asText().strip() : "")
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    if (token.isEmpty() && (told.hasNonNull("error") || told.hasNonNull("message"))) {
      // Bad credentials come with status 200 (seen in a public client, undated).
      throw VendorWire.refused(call, 401);
    }
    if (token.isEmpty() || token.length() > 8_000 || token.chars().anyMatch(c -> c <= ' ')) {
      throw VendorWire.broken(OPERATION);
    }
    return holder.keep(token, answer.receivedAt().plus(LIFE));
  }
}
