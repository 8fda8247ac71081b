package io.clinicsync.sandbox.ghl;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The token endpoints: codes, single-use rotating refresh tokens, location tokens minted by the
 * agency.
 */
final class GhlOAuth {

  private final GhlSimulator ghl;
  private final GhlTokens tokens;

  GhlOAuth(GhlSimulator ghl, GhlTokens tokens) {
    this.ghl = ghl;
    this.tokens = tokens;
  }

  Answer token(Request request) {
    String type = String.valueOf(request.header("content-type"));
    if (!request.method().equals("POST") || !type.startsWith("application/x-www-form-urlencoded")) {
      throw GhlError.unprocessable(
          List.of("client_id must be a string", "client_secret must be a string"));
    }
    Map<String, List<String>> form = Request.parameters(request.text());
    List<String> missing = new ArrayList<>();
    for (String name : List.of("client_id", "client_secret", "grant_type")) {
      if (!form.containsKey(name)) {
        missing.add(name + " must be a string");
      }
    }
    if (!missing.isEmpty()) {
      throw GhlError.unprocessable(missing);
    }
    boolean known =
        GhlSimulator.CLIENT_ID.equals(first(form, "client_id"))
            && GhlSimulator.CLIENT_SECRET.equals(first(form, "client_secret"));
    if (!known) {
      throw GhlError.unauthorized("Invalid client: client is invalid");
    }
    GhlTokens.Pair pair =
        switch (String.valueOf(first(form, "grant_type"))) {
          case "authorization_code" ->
              tokens.byCode(String.valueOf(first(form, "code")), GhlSimulator.CLIENT_ID);
          case "refresh_token" ->
              tokens.byRefresh(
                  String.valueOf(first(form, "refresh_token")), GhlSimulator.CLIENT_ID);
          default -> throw GhlError.bad("Unsupported grant type");
        };
    if (pair == null) {
      throw GhlError.bad("Invalid grant: the code or refresh token is invalid");
    }
    return Answer.json(200, JsonOut.of(body(pair)));
  }

  private static @Nullable String first(Map<String, List<String>> form, String name) {
    List<String> values = form.get(name);
    return values == null ? null : values.getFirst();
  }

  private static Map<String, Object> body(GhlTokens.Pair pair) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("access_token", pair.access());
    body.put("token_type", "Bearer");
    body.put("expires_in", GhlTokens.ACCESS.toSeconds());
    body.put("refresh_token", pair.refresh());
    body.put("scope", "contacts.readonly contacts.write locations.readonly");
    body.put("userType", pair.grant().location() == null ? "Company" : "Location");
    body.put("companyId", GhlSimulator.COMPANY_ID);
    if (pair.grant().location() != null) {
      body.put("locationId", pair.grant().location());
    }
    body.put("userId", GhlIds.named("user"));
    body.put("isBulkInstallation", false);
    body.put("traceId", GhlIds.trace());
    return body;
  }

  Answer agency(Request request, GhlTokens.Access token) {
    if (!token.oauth() || token.location() != null) {
      throw GhlError.unauthorized("This authClass type is not allowed to access this scope.");
    }
    return switch (request.method() + " " + request.path()) {
      case "POST /oauth/locationToken" -> locationToken(request);
      case "GET /oauth/installedLocations" -> installed(request);
      default -> throw GhlError.notFound("Cannot " + request.method() + " " + request.path());
    };
  }

  private Answer locationToken(Request request) {
    Map<String, List<String>> form = Request.parameters(request.text());
    String location = first(form, "locationId");
    if (location == null || !GhlSimulator.COMPANY_ID.equals(first(form, "companyId"))) {
      throw GhlError.unprocessable(
          List.of("companyId must be a string", "locationId must be a string"));
    }
    if (ghl.find(location) == null) {
      throw GhlError.bad("Location not found");
    }
    Map<String, Object> body =
        body(tokens.issue(new GhlTokens.Grant(location), GhlSimulator.CLIENT_ID, ""));
    body.remove("companyId");
    body.remove("isBulkInstallation");
    body.put("appId", GhlSimulator.CLIENT_ID.substring(0, GhlSimulator.CLIENT_ID.indexOf('-')));
    return Answer.json(200, JsonOut.of(body));
  }

  private Answer installed(Request request) {
    Map<String, List<String>> query = request.query();
    if (first(query, "companyId") == null || first(query, "appId") == null) {
      throw GhlError.unprocessable(List.of("companyId must be a string", "appId must be a string"));
    }
    int skip = Integer.parseInt(query.getOrDefault("skip", List.of("0")).getFirst());
    int limit = Integer.parseInt(query.getOrDefault("limit", List.of("20")).getFirst());
    List<Map<String, Object>> all = new ArrayList<>();
    ghl.locations().stream()
        .sorted(java.util.Comparator.comparing(GhlLocation::name))
        .forEach(
            one ->
                all.add(
                    Map.of(
                        "_id",
                        one.id(),
                        "name",
                        one.name(),
                        "address",
                        "1 Example Street",
                        "isInstalled",
                        true)));
    List<Map<String, Object>> page = all.stream().skip(skip).limit(limit).toList();
    return Answer.json(
        200,
        JsonOut.of(
            Map.of(
                "locations",
                page,
                "count",
                all.size(),
                "installToFutureLocations",
                false,
                "traceId",
                GhlIds.trace())));
  }
}
