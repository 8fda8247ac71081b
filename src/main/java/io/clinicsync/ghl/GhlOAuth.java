package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ghl.GhlException.Kind;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Permits;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The vendor's consent and token endpoints. Called when a clinic connects, and by the renewal of
 * tokens.
 */
public final class GhlOAuth {

  private static final Duration DEFAULT_LIFETIME = Duration.ofHours(23);
  private static final int PAGE = 100;
  private static final int MOST_PAGES = 100;

  private final GhlApp app;
  private final GhlWire wire;

  public GhlOAuth(GhlApp app, OutboundHttp http, Permits permits) {
    this.app = app;
    this.wire = new GhlWire(http, permits);
  }

  /**
   * The page on which a clinic picks its sub-account and agrees.
   *
   * @param state single-use, bound to the user's session and tenant [R46]
   */
  public URI authorizePage(String state) {
    return URI.create(
        app.authorizePage()
            + "?response_type=code&client_id="
            + GhlWire.encoded(app.clientId())
            + "&redirect_uri="
            + GhlWire.encoded(app.redirect().toString())
            + "&scope="
            + GhlWire.encoded(String.join(" ", app.scopes()))
            + "&state="
            + GhlWire.encoded(state));
  }

  /**
   * Exchanges the code of the redirect.
   *
   * @param account names tenant and base; its location is not known yet and only keys the quota
   * @throws GhlException UNAUTHORISED when the code is used, expired or not ours
   */
  public GhlGrant exchange(GhlAccount account, String code) {
    Map<String, String> form = form("authorization_code");
    form.put("code", code);
    form.put("redirect_uri", app.redirect().toString());
    return token(account, form);
  }

  /**
   * Uses a refresh token, which dies with it. The caller holds the lease of R23.
   *
   * @throws GhlException UNAUTHORISED when the vendor refuses, OUTCOME_UNKNOWN when its answer is
   *     lost
   */
  GhlGrant refresh(GhlAccount account, String refreshToken) {
    Map<String, String> form = form("refresh_token");
    form.put("refresh_token", refreshToken);
    form.put("user_type", "Location");
    return token(account, form);
  }

  /**
   * Mints a sub-account's token from the agency's [marketplace docs: OAuth 2.0, location access
   * token].
   */
  public GhlGrant locationToken(GhlAccount account, GhlTokens.Agency agency) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("companyId", agency.companyId());
    form.put("locationId", account.locationId());
    HttpAnswer answer =
        wire.send(
            account,
            GhlEndpoint.LOCATION_TOKEN,
            GhlWire.uri(account, "/oauth/locationToken", Map.of()),
            agency.accessToken(),
            GhlWire.Body.form(form));
    return grant(GhlEndpoint.LOCATION_TOKEN, answer);
  }

  /** The sub-accounts of an agency in which our app is installed. */
  public List<Installed> installedLocations(GhlAccount account, GhlTokens.Agency agency) {
    List<Installed> result = new ArrayList<>();
    for (int page = 0; page < MOST_PAGES; page++) {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("companyId", agency.companyId());
      query.put("appId", app.appId());
      query.put("isInstalled", "true");
      query.put("skip", Integer.toString(page * PAGE));
      query.put("limit", Integer.toString(PAGE));
      GhlEndpoint endpoint = GhlEndpoint.INSTALLED_LOCATIONS;
      HttpAnswer answer =
          wire.send(
              account,
              endpoint,
              GhlWire.uri(account, "/oauth/installedLocations", query),
              agency.accessToken(),
              null);
      if (!answer.isSuccess()) {
        throw GhlErrors.of(endpoint, answer);
      }
      JsonNode locations = GhlJson.read(endpoint, answer).path("locations");
      for (JsonNode each : locations) {
        result.add(
            new Installed(GhlJson.required(endpoint, each, "_id"), GhlJson.text(each, "name")));
      }
      if (locations.size() < PAGE) {
        break;
      }
    }
    return result;
  }

  /** A sub-account that has our app. */
  public record Installed(String locationId, @Nullable String name) {}

  private GhlGrant token(GhlAccount account, Map<String, String> form) {
    HttpAnswer answer =
        wire.send(
            account,
            GhlEndpoint.TOKEN,
            GhlWire.uri(account, "/oauth/token", Map.of()),
            null,
            GhlWire.Body.form(form));
    return grant(GhlEndpoint.TOKEN, answer);
  }

  private Map<String, String> form(String grantType) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("client_id", app.clientId());
    form.put("client_secret", app.clientSecret());
    form.put("grant_type", grantType);
    return form;
  }

  private static GhlGrant grant(GhlEndpoint endpoint, HttpAnswer answer) {
    if (!answer.isSuccess()) {
      // Besides invalid_grant the vendor answers 400 for an inactive sub-account: neither gets
      // better by asking again.
      if (answer.status() >= 400 && answer.status() < 500 && answer.status() != 408) {
        throw new GhlException(
            Kind.UNAUTHORISED, endpoint.operation() + " was refused with " + answer.status());
      }
      throw GhlErrors.of(endpoint, answer);
    }
    JsonNode body = GhlJson.read(endpoint, answer);
    long seconds = body.path("expires_in").asLong(DEFAULT_LIFETIME.toSeconds());
    String scope = GhlJson.text(body, "scope");
    return new GhlGrant(
        GhlJson.required(endpoint, body, "access_token"),
        GhlJson.text(body, "refresh_token"),
        Duration.ofSeconds(seconds),
        scope == null ? Set.of() : Set.of(scope.trim().split("\\s+")),
        "Company".equals(GhlJson.text(body, "userType")),
        GhlJson.text(body, "locationId"),
        GhlJson.text(body, "companyId"),
        GhlJson.text(body, "userId"));
  }
}
