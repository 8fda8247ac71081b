package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Nookal's API v3 on the wire. A new token ends the older one, so that there is one for all nodes
 * and one caller who makes it (seen 2026). Its answer is no standard OAuth: the names are in camel
 * case.
 */
final class NookalGraph {

  static final String BASIC_KEY = "basicKey";

  /** More are cut off without a word. */
  static final int PER_PAGE = 200;

  private static final String SESSION = "v3-token";
  private static final Duration SPARE = Duration.ofSeconds(60);
  private static final Duration USUAL_LIFE = Duration.ofMinutes(50);

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final Clock clock;
  private final String userAgent;

  NookalGraph(VendorWire wire, EmrSessions sessions, Clock clock, String userAgent) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
    this.userAgent = userAgent;
  }

  /** Whether the clinic gave a v3 client. */
  static boolean isGiven(EmrAccount account) {
    return account.credentials().find(BASIC_KEY).isPresent();
  }

  /** Rows of a query and the vendor's clock. */
  record Rows(List<Entry> entries, Instant vendorNow) {}

  /** Makes sure of a token, which proves the key. */
  void signIn(EmrAccount account) {
    token(account);
  }

  private EmrSession token(EmrAccount account) {
    EmrSession session = sessions.find(account, SESSION).orElse(null);
    return session != null && session.standsAt(clock.instant().plus(SPARE))
        ? session
        : renewed(account, session);
  }

  private EmrSession renewed(EmrAccount account, @Nullable EmrSession stale) {
    return sessions.renewed(account, SESSION, stale, holder -> fetch(account, holder));
  }

  private EmrSession fetch(EmrAccount account, EmrSessions.Holder holder) {
    String operation = "nookal.v3.token";
    WireCall call =
        new WireCall(
            operation,
            "POST",
            NookalHosts.v3(account, "oauth/token"),
            Map.of(
                "Accept",
                "application/json",
                "Content-Type",
                "application/x-www-form-urlencoded",
                "User-Agent",
                userAgent,
                // As it is given: it is encoded already.
                "Authorization",
                "Basic " + account.credentials().require(BASIC_KEY)),
            "grant_type=client_credentials".getBytes(StandardCharsets.US_ASCII),
            false);
    HttpAnswer answer;
    try {
      answer = wire.send(account, call);
    } catch (EmrException failure) {
      if (failure.kind() == Kind.OUTCOME_UNKNOWN) {
        // No record of the clinic's is in doubt: whoever needs the token tries again.
        throw new EmrException(Kind.UNAVAILABLE, operation + " got no answer", null, failure);
      }
      throw failure;
    }
    if (answer.status() == 400 || answer.status() == 401) {
      throw new EmrException(Kind.CREDENTIALS_REJECTED, "Nookal does not take the v3 Basic Key");
    }
    if (!answer.isSuccess()) {
      throw answer.status() >= 500
          ? new EmrException(Kind.UNAVAILABLE, operation + " was answered with a server error")
          : VendorWire.refused(call, answer.status());
    }
    JsonNode body = VendorWire.parse(answer, operation).json();
    String access = body.path("accessToken").asText("");
    if (access.isEmpty()) {
      throw VendorWire.broken(operation);
    }
    return holder.keep(access, ends(body, answer));
  }

  private static Instant ends(JsonNode body, HttpAnswer answer) {
    try {
      return Instant.parse(body.path("accessTokenExpiresAt").asText(""));
    } catch (DateTimeException unsaid) {
      return answer.receivedAt().plus(USUAL_LIFE);
    }
  }

  /**
   * Asks a query.
   *
   * @param field the query's one field; its rows may be null, one object, or a list
   */
  Rows rows(EmrAccount account, String field, String query, ObjectNode variables) {
    String operation = "nookal.v3." + field;
    ObjectNode asked = JsonNodeFactory.instance.objectNode().put("query", query);
    asked.set("variables", variables);
    byte[] body = asked.toString().getBytes(StandardCharsets.UTF_8);
    EmrSession session = token(account);
    HttpAnswer answer = send(account, operation, body, session);
    if (isTokenRefused(answer)) {
      answer = send(account, operation, body, renewed(account, session));
      if (isTokenRefused(answer)) {
        throw new EmrException(Kind.CREDENTIALS_REJECTED, "Nookal does not take a fresh v3 token");
      }
    }
    Document document = checked(answer, operation);
    JsonNode rows = document.json().path("data").path(field);
    List<Entry> entries = new ArrayList<>();
    if (rows.isArray()) {
      rows.forEach(each -> entries.add(document.entry(each)));
    } else if (rows.isObject()) {
      entries.add(document.entry(rows));
    } else if (!rows.isNull()) {
      throw VendorWire.broken(operation);
    }
    return new Rows(entries, VendorWire.vendorNow(answer));
  }

  private HttpAnswer send(EmrAccount account, String operation, byte[] body, EmrSession session) {
    return wire.send(
        account,
        new WireCall(
            operation,
            "POST",
            NookalHosts.v3(account, "graphql"),
            Map.of(
                "Accept",
                "application/json",
                "Content-Type",
                "application/json",
                "User-Agent",
                userAgent,
                "Authorization",
                "Bearer " + session.value()),
            body,
            true));
  }

  private static boolean isTokenRefused(HttpAnswer answer) {
    if (answer.status() == 401) {
      return true;
    }
    // Errors are short; a page of rows is not searched for words.
    return answer.body().length < 2_000
        && answer.text().contains("\"errors\"")
        && answer.text().toLowerCase(Locale.ROOT).matches("(?s).*token.*(expired|invalid).*");
  }

  private static Document checked(HttpAnswer answer, String operation) {
    WireCall call =
        WireCall.get(operation, java.net.URI.create("https://nookal.invalid"), Map.of());
    if (!answer.isSuccess() && answer.status() != 400) {
      throw VendorWire.refused(call, answer.status());
    }
    Document document = VendorWire.parse(answer, operation);
    JsonNode errors = document.json().path("errors");
    if (!errors.isEmpty()) {
      boolean right =
          errors
              .toString()
              .toLowerCase(Locale.ROOT)
              .matches("(?s).*(permission|denied|not allowed|not authori[sz]ed).*");
      throw new EmrException(
          right ? Kind.PERMISSION_MISSING : Kind.REQUEST_REJECTED,
          operation + " was answered with errors");
    }
    return document;
  }
}
