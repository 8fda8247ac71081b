package io.clinicsync.sandbox.jane;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The identity server's authorization code flow with PKCE. Its page has one button; whoever posts
 * its form allows the access.
 */
final class JaneIdentity {

  private static final String SCOPE =
      "patients:read appointments:read staff_members:read locations:read treatments:read"
          + " disciplines:read companies:read";

  private final JaneSimulator jane;
  private final JaneTokens tokens;

  JaneIdentity(JaneSimulator jane, JaneTokens tokens) {
    this.jane = jane;
    this.tokens = tokens;
  }

  Answer answer(Request request, String path, Instant now) {
    return switch (path) {
      case "auth" -> authorize(request, now);
      case "token" -> token(Request.parameters(request.text()), now);
      case "revoke" -> revoke(Request.parameters(request.text()), now);
      default -> Answer.json(404, "{\"error\":\"not_found\"}");
    };
  }

  private static String one(Map<String, List<String>> given, String name) {
    return given.getOrDefault(name, List.of("")).getFirst();
  }

  private Answer authorize(Request request, Instant now) {
    Map<String, List<String>> asked = request.query();
    Optional<JaneAccount> account =
        jane.accounts().stream()
            .filter(each -> each.url().equals(one(asked, "resource")))
            .findFirst();
    String redirect = one(asked, "redirect_uri");
    if (!one(asked, "client_id").equals(JaneAccount.CLIENT_ID) || redirect.isEmpty()) {
      return Answer.html(400, "<html><body>Invalid parameter</body></html>");
    }
    String state = "state=" + URLEncoder.encode(one(asked, "state"), StandardCharsets.UTF_8);
    String back = redirect + (redirect.contains("?") ? "&" : "?") + state;
    boolean proper =
        account.isPresent()
            && one(asked, "response_type").equals("code")
            && one(asked, "code_challenge_method").equals("S256")
            && !one(asked, "code_challenge").isEmpty();
    if (!proper) {
      return Answer.empty(302).with("Location", back + "&error=invalid_request");
    }
    if (request.method().equals("GET")) {
      return Answer.html(
          200,
          "<html><body><h1>Allow access</h1><form method=\"post\">"
              + "<button name=\"allow\" value=\"yes\">Allow</button></form></body></html>");
    }
    String code =
        tokens.code(account.orElseThrow().name(), redirect, one(asked, "code_challenge"), now);
    return Answer.empty(302).with("Location", back + "&code=" + code);
  }

  private Answer token(Map<String, List<String>> form, Instant now) {
    boolean known =
        one(form, "client_id").equals(JaneAccount.CLIENT_ID)
            && jane.accounts().stream()
                .anyMatch(each -> each.clientSecret().equals(one(form, "client_secret")));
    if (!known) {
      return refused(401, "invalid_client");
    }
    Optional<String> account =
        switch (one(form, "grant_type")) {
          case "authorization_code" ->
              tokens.redeem(
                  one(form, "code"), one(form, "redirect_uri"), one(form, "code_verifier"), now);
          case "refresh_token" -> tokens.refresh(one(form, "refresh_token"), now);
          default -> Optional.empty();
        };
    if (account.isEmpty()) {
      return refused(400, "invalid_grant");
    }
    JaneTokens.Pair pair = tokens.issue(account.get(), now);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("access_token", pair.access());
    body.put("expires_in", JaneTokens.ACCESS.toSeconds());
    body.put("refresh_expires_in", JaneTokens.REFRESH.toSeconds());
    body.put("refresh_token", pair.refresh());
    body.put("token_type", "Bearer");
    body.put("scope", SCOPE);
    return Answer.json(200, JsonOut.of(body));
  }

  private Answer revoke(Map<String, List<String>> form, Instant now) {
    tokens.refresh(one(form, "token"), now).ifPresent(tokens::endGrant);
    return Answer.empty(200);
  }

  private static Answer refused(int status, String error) {
    return Answer.json(status, JsonOut.of(Map.of("error", error)));
  }
}
