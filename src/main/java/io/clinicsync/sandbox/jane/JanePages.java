package io.clinicsync.sandbox.jane;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pages a browser meets before it is signed in, and the first one after. */
final class JanePages {

  static final String SIGN_IN = "/auth/identity/callback";
  static final String CODE = "/auth/two_factor";

  private final Collection<JaneAccount> accounts;

  JanePages(Collection<JaneAccount> accounts) {
    this.accounts = accounts;
  }

  static boolean has(String path) {
    return List.of("/", "/admin", "/login", "/auth/failure", SIGN_IN, CODE).contains(path);
  }

  Answer answer(Request request, JaneSession session, Instant now) {
    if (request.method().equals("POST")) {
      Map<String, List<String>> form = Request.parameters(request.text());
      if (!one(form, "authenticity_token").equals(session.csrf())) {
        return Answer.html(422, "<html><body>The change you wanted was rejected</body></html>");
      }
      return switch (request.path()) {
        case SIGN_IN -> signIn(form, session, now);
        case CODE -> code(form, session, now);
        default -> Answer.html(404, "<html><body>Not found</body></html>");
      };
    }
    session.warm();
    JaneAccount account = session.account();
    if (request.path().equals("/admin") && account != null) {
      return Answer.html(
          200,
          "<html><head><meta name=\"csrf-param\" content=\"authenticity_token\" />\n"
              + "<meta name=\"csrf-token\" content=\""
              + session.csrf()
              + "\" /></head><body>Schedule</body></html>");
    }
    if (request.path().equals("/")) {
      return Answer.html(
          200,
          "<html><head><meta name=\"csrf-token\" content=\""
              + session.csrf()
              + "\" /></head><body><script>var routerOptions = {};</script></body></html>");
    }
    return signInPage(session);
  }

  static Answer signInPage(JaneSession session) {
    return Answer.html(
        200,
        "<html><head><title>Sign in</title></head><body>"
            + "<form class=\"login\" action=\""
            + SIGN_IN
            + "\" accept-charset=\"UTF-8\" method=\"post\">"
            + "<input type=\"hidden\" name=\"authenticity_token\" value=\""
            + session.csrf()
            + "\" />\n<input type=\"hidden\" name=\"origin\" value=\"/admin?a=1&amp;b=2\" />"
            + "<input type=\"text\" name=\"auth_key\" id=\"auth_key\" />"
            + "<input name='password' type='password' />"
            + "<input type=\"submit\" name=\"commit\" value=\"Sign In\"></form></body></html>");
  }

  private static Answer codePage(JaneSession session) {
    return Answer.html(
        200,
        "<html><body><p>Enter the code we sent</p><form method=\"post\" action=\""
            + CODE
            + "\"><input type=\"hidden\" name=\"authenticity_token\" value=\""
            + session.csrf()
            + "\"><input type=\"text\" name=\"code\" autocomplete=\"one-time-code\">"
            + "<input type=\"checkbox\" name=\"trust_browser\" value=\"1\"></form></body></html>");
  }

  private static String one(Map<String, List<String>> form, String name) {
    return form.getOrDefault(name, List.of("")).getFirst();
  }

  private static Answer to(String path) {
    return Answer.empty(302).with("Location", path);
  }

  private Answer signIn(Map<String, List<String>> form, JaneSession session, Instant now) {
    JaneAccount account = known(one(form, "auth_key"), one(form, "password"));
    if (account == null) {
      return to("/auth/failure");
    }
    if (account.switches().secondFactor) {
      session.challenge(account, now);
      return codePage(session);
    }
    session.signIn(account);
    return to("/admin");
  }

  private @Nullable JaneAccount known(String login, String password) {
    return accounts.stream()
        .filter(each -> each.login().equals(login) && each.password().equals(password))
        .findFirst()
        .orElse(null);
  }

  private static Answer code(Map<String, List<String>> form, JaneSession session, Instant now) {
    JaneAccount account = session.challenged(now);
    if (account == null) {
      return to("/login");
    }
    if (!one(form, "code").equals(account.switches().code)) {
      return codePage(session);
    }
    session.signIn(account);
    return to("/admin");
  }
}
