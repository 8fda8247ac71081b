package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.OperationLog;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.Simulator;
import io.clinicsync.sandbox.world.Canaries;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** GoHighLevel's dated API for one agency with any number of locations. Thread-safe. */
public final class GhlSimulator implements Simulator {

  /** The marketplace app everyone uses here. */
  public static final String CLIENT_ID = "66f1a2b3c4d5e6f708192a3b-sandbox1";

  public static final String CLIENT_SECRET = "sandbox-client-secret-" + Canaries.SECRET;
  public static final String COMPANY_ID = GhlIds.named("company");
  private static final String OLD = "2021-04-15";
  private static final String USUAL = "2021-07-28";

  private final Clock clock;
  private final OperationLog log;
  private final Journal journal;
  private final double quotaFactor;
  private final GhlTokens tokens;
  private final Map<String, GhlLocation> locations = new ConcurrentHashMap<>();
  private final GhlOAuth oauth;
  private final GhlWebhooks webhooks;

  /**
   * @param quotaFactor 1 for the vendor's 100 calls in 10 s and 200,000 a day
   */
  public GhlSimulator(Clock clock, OperationLog log, Journal journal, double quotaFactor) {
    this.clock = clock;
    this.log = log;
    this.journal = journal;
    this.quotaFactor = quotaFactor;
    this.webhooks = new GhlWebhooks(clock, quotaFactor);
    this.tokens = new GhlTokens(clock, journal);
    this.oauth = new GhlOAuth(this, tokens);
  }

  /**
   * Creates a location; its id and first token follow from its name. One of this name is replaced,
   * or returned as it is when the sandbox keeps its state.
   */
  public synchronized GhlLocation createLocation(String name, String country, ZoneId zone) {
    GhlLocation location =
        new GhlLocation(
            COMPANY_ID, name, country, zone, clock, log, journal, quotaFactor, webhooks);
    GhlLocation existing = locations.get(location.id());
    if (journal.isOn() && existing != null) {
      return existing;
    }
    journal.add(
        new JsonOut(200)
            .open()
            .member("new", "ghl")
            .member("at", clock.instant())
            .member("name", name)
            .member("country", country)
            .member("zone", zone.getId())
            .close());
    locations.put(location.id(), location);
    tokens.integration(location.token(), location.id());
    return location;
  }

  /** Does a journal's line again: a new location, a call to one, or a token. */
  public void replay(JsonNode line) {
    if (line.has("new")) {
      createLocation(
          line.path("name").asText(),
          line.path("country").asText(),
          ZoneId.of(line.path("zone").asText()));
    } else if (line.has("call")) {
      GhlLocation location = location(line.path("account").asText());
      location.lastId(line.path("ids").asLong());
      location.call(Journal.request(line));
    } else {
      tokens.replay(line);
    }
  }

  public GhlLocation location(String id) {
    GhlLocation location = locations.get(id);
    if (location == null) {
      throw new IllegalArgumentException("no location " + id);
    }
    return location;
  }

  @Nullable GhlLocation find(String id) {
    return locations.get(id);
  }

  public Collection<GhlLocation> locations() {
    return locations.values();
  }

  /** The app's webhooks. */
  public GhlWebhooks webhooks() {
    return webhooks;
  }

  /** What the browser would bring back after somebody installed the app for a location. */
  public String authorizationCode(String locationId) {
    return tokens.code(location(locationId).id());
  }

  /** What the browser would bring back after the agency installed the app. */
  public String agencyAuthorizationCode() {
    return tokens.code(null);
  }

  /** Another private integration token of a location. */
  public String newToken(String locationId) {
    String token = "pit-" + Canaries.SECRET + java.util.UUID.randomUUID();
    tokens.privateToken(token, location(locationId).id());
    return token;
  }

  /** A token (private, access or refresh) stops working at once. */
  public void revoke(String token) {
    tokens.revoke(token);
  }

  /** Every OAuth access token runs out now; refresh tokens stay good. */
  public void expireAccessTokens() {
    tokens.expireAll();
  }

  public void reset() {
    locations.clear();
    tokens.clear();
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public String accountOf(Request request) {
    GhlTokens.Access token = tokens.find(request.header("authorization"));
    if (token == null) {
      return "unknown";
    }
    return token.location() == null ? "agency" : token.location();
  }

  @Override
  public Answer answer(Request request) {
    try {
      if (request.path().equals("/oauth/token")) {
        return oauth.token(request);
      }
      GhlTokens.Access token = tokens.find(request.header("authorization"));
      if (token == null) {
        throw GhlError.unauthorized("Invalid JWT");
      }
      if (tokens.expired(token)) {
        throw GhlError.unauthorized("Invalid token: access token is expired");
      }
      version(request);
      if (request.path().startsWith("/oauth/")) {
        return oauth.agency(request, token);
      }
      if (token.location() == null) {
        throw GhlError.unauthorized("This authClass type is not allowed to access this scope.");
      }
      GhlLocation location = locations.get(token.location());
      if (location == null) {
        throw GhlError.bad("Location is inactive");
      }
      return limited(location, token, request);
    } catch (GhlError refused) {
      return refused.answer();
    } catch (IllegalArgumentException | java.time.DateTimeException rubbish) {
      return GhlError.unprocessable(List.of("invalid value")).answer();
    }
  }

  private static void version(Request request) {
    String version = request.header("version");
    if (version == null) {
      throw GhlError.unauthorized("version header was not found.");
    }
    String wanted = request.path().startsWith("/calendars") ? OLD : USUAL;
    if (!version.equals(wanted)) {
      throw GhlError.unauthorized("version header is invalid");
    }
  }

  private Answer limited(GhlLocation location, GhlTokens.Access token, Request request) {
    GhlLocation.Quotas quotas = location.quotas(token.app());
    Instant now = clock.instant();
    boolean allowed = quotas.daily().remaining(now) > 0 && quotas.burst().take(now);
    if (allowed) {
      quotas.daily().take(now);
    }
    Answer answer;
    try {
      answer = allowed ? location.call(request) : GhlError.tooMany().answer();
      webhooks.heard(location, request, answer);
    } catch (GhlError refused) {
      answer = refused.answer();
    } catch (IllegalArgumentException | java.time.DateTimeException rubbish) {
      answer = GhlError.unprocessable(List.of("invalid value")).answer();
    }
    return answer
        .with("X-RateLimit-Limit-Daily", Integer.toString(quotas.daily().limit()))
        .with("X-RateLimit-Daily-Remaining", Integer.toString(quotas.daily().remaining(now)))
        .with("X-RateLimit-Interval-Milliseconds", "10000")
        .with("X-RateLimit-Max", Integer.toString(quotas.burst().limit()))
        .with("X-RateLimit-Remaining", Integer.toString(quotas.burst().remaining(now)));
  }
}
