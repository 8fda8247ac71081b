package io.clinicsync.sandbox.simplepractice;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pages between a browser and the application. */
final class SignInPages {

  static final String ROOT = "/simplepractice";
  static final String ACCOUNT = "/account";
  static final String HOME = "/calendar/appointments";
  static final String CONSUME = "/saml/consume";
  private static final String CHALLENGE = "/account/multi_factor/challenge_responses";

  private final Collection<SimplePracticeAccount> accounts;
  private final Sessions sessions;

  SignInPages(Collection<SimplePracticeAccount> accounts, Sessions sessions) {
    this.accounts = accounts;
    this.sessions = sessions;
  }

  static Answer toSignIn() {
    return Answer.empty(302)
        .with("Location", ROOT + ACCOUNT + "/saml/auth?SAMLRequest=" + Sessions.hash("request"));
  }

  /** What the application shows on a browser's way to it. */
  Answer app(Request request, Instant now) {
    if (request.method().equals("POST") && request.path().equals(CONSUME)) {
      SimplePracticeAccount account = sessions.redeem(one(request, "SAMLResponse"));
      if (account == null) {
        return Answer.html(403, "<html><body>Invalid response</body></html>");
      }
      return Answer.empty(302)
          .with("Location", ROOT + HOME)
          .with("Set-Cookie", cookie(Sessions.APP_COOKIE, sessions.sit(account, now).id));
    }
    Sessions.Seat seat = sessions.seat(request, now);
    return seat == null
        ? toSignIn()
        : Answer.html(
            200,
            "<!DOCTYPE html><html><head><meta name=\"csrf-param\" content=\"authenticity_token\" />"
                + "\n<meta name=\"csrf-token\" content=\""
                + seat.csrf()
                + "\" /></head><body><div id=\"app\"></div></body></html>");
  }

  /** The sign-in side. */
  Answer account(Request request, Instant now) {
    Sessions.Visitor visitor = sessions.visitor(request, now);
    return page(request, visitor, now)
        .with("Set-Cookie", cookie(Sessions.ACCOUNT_COOKIE, visitor.id));
  }

  private static String cookie(String name, String value) {
    return name + "=" + value + "; path=/; HttpOnly; SameSite=Lax";
  }

  private Answer page(Request request, Sessions.Visitor visitor, Instant now) {
    String path = request.path();
    if (request.method().equals("POST")) {
      if (!one(request, "authenticity_token").equals(visitor.token())) {
        return Answer.html(422, "<html><body>The change you wanted was rejected</body></html>");
      }
      return switch (path) {
        case "/account/" -> password(request, visitor, now);
        case CHALLENGE -> code(request, visitor, now);
        default -> Answer.html(404, "<html><body>Not found</body></html>");
      };
    }
    if (path.equals(CHALLENGE + "/new_request")) {
      return visitor.challenged(now) == null ? toSignIn() : codePage(visitor, "");
    }
    SimplePracticeAccount known = visitor.signedIn;
    return known == null ? signInPage(visitor, "") : passing(known, now);
  }

  private static Answer signInPage(Sessions.Visitor visitor, String words) {
    return Answer.html(
        200,
        "<html><head><title>Sign in</title></head><body>"
            + words
            + "<form class=\"form\" action=\"/simplepractice/account/\" method=\"post\">"
            + "<input type=\"hidden\" name=\"authenticity_token\" value=\""
            + visitor.token()
            + "\" /><input type=\"hidden\" name=\"user[encrypted_device]\" id=\"device\" />"
            + "<input type=\"hidden\" name=\"return\" value=\"a&amp;b\" />"
            + "<input type=\"email\" name=\"user[email]\" id=\"user_email\" />"
            + "<input id='user_password' name='user[password]' type='password' />"
            + "<input type=\"submit\" name=\"commit\" id=\"submitBtn\" value=\"Sign In\">"
            + "</form></body></html>");
  }

  private static Answer codePage(Sessions.Visitor visitor, String words) {
    return Answer.html(
        200,
        "<html><body>"
            + words
            + "<form method=\"post\" action=\"/simplepractice"
            + CHALLENGE
            + "\"><input type=\"hidden\" name=\"authenticity_token\" value=\""
            + visitor.token()
            + "\"><input type=\"tel\" name=\"code_single\" autocomplete=\"one-time-code\">"
            + "<input type=\"checkbox\" name=\"remember_me\" value=\"1\"></form></body></html>");
  }

  /** The form that takes a browser to the application by itself. */
  private Answer passing(SimplePracticeAccount account, Instant now) {
    return Answer.html(
        200,
        "<html><body onload=\"document.forms[0].submit()\"><form method=\"post\" action=\""
            + ROOT
            + CONSUME
            + "\"><input type=\"hidden\" name=\"SAMLResponse\" value=\""
            + sessions.assertion(account, now)
            + "\"><input type=\"hidden\" name=\"RelayState\" value=\"/calendar/appointments\">"
            + "<noscript><input type=\"submit\" value=\"Continue\"></noscript></form></body></html>");
  }

  private static String one(Request request, String name) {
    Map<String, List<String>> form = Request.parameters(request.text());
    return form.getOrDefault(name, List.of("")).getFirst();
  }

  private Answer password(Request request, Sessions.Visitor visitor, Instant now) {
    SimplePracticeAccount account = known(one(request, "user[email]"));
    if (account != null && account.isLocked()) {
      return Answer.html(200, "<html><body><p>Your account is locked.</p></body></html>");
    }
    if (account == null || !account.passwordIs(one(request, "user[password]"))) {
      return signInPage(visitor, "<p>Invalid email or password</p>");
    }
    if (account.switches().secondFactor) {
      visitor.challenged = account;
      visitor.challengedAt = now;
      return Answer.empty(302).with("Location", ROOT + CHALLENGE + "/new_request");
    }
    visitor.signedIn = account;
    return passing(account, now);
  }

  private @Nullable SimplePracticeAccount known(String login) {
    return accounts.stream()
        .filter(each -> each.login().equalsIgnoreCase(login))
        .findFirst()
        .orElse(null);
  }

  private Answer code(Request request, Sessions.Visitor visitor, Instant now) {
    SimplePracticeAccount account = visitor.challenged(now);
    if (account == null) {
      return toSignIn();
    }
    if (!one(request, "code_single").equals(account.switches().code)) {
      return codePage(visitor, "<p>That code is wrong</p>");
    }
    visitor.challenged = null;
    visitor.signedIn = account;
    return passing(account, now);
  }
}
