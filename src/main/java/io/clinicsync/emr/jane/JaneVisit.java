package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WebForm;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One caller alone with the clinic's cookie jar: signs in when that is needed, and keeps the jar
 * after each answer, since Jane's session cookie changes with every one.
 *
 * <p>We solve no captcha and answer no challenge: both are a person's.
 */
final class JaneVisit {

  static final String USERNAME = "username";
  static final String PASSWORD = "password";

  private static final int MOST_FAILURES = 2;
  private static final String PAGE = "jane.web.page";

  private final VendorWire wire;
  private final Clock clock;
  private final String userAgent;
  private final EmrAccount account;
  private final EmrSessions.Holder holder;
  private JaneJar jar;
  private @Nullable String token;

  JaneVisit(
      VendorWire wire,
      Clock clock,
      String userAgent,
      EmrAccount account,
      EmrSessions.Holder holder) {
    this.wire = wire;
    this.clock = clock;
    this.userAgent = userAgent;
    this.account = account;
    this.holder = holder;
    this.jar = holder.current().map(EmrSession::value).map(JaneJar::of).orElse(JaneJar.EMPTY);
  }

  /**
   * Gets what stands behind a JSON address, signing in once if the session is over.
   *
   * @throws EmrException PERSON_NEEDED when a code or a captcha waits for a person
   */
  HttpAnswer get(String operation, String path) {
    if (jar.waiting() != null) {
      throw personNeeded();
    }
    if (!jar.signedIn()) {
      signIn();
    }
    HttpAnswer answer = exchange(json(operation, path));
    if (isSignedOut(answer)) {
      signIn();
      answer = exchange(json(operation, path));
    }
    if (answer.status() == 403) {
      // A cold jar is refused; looking at the page warms it.
      HttpAnswer page = exchange(page("jane.web.warm", "/"));
      if (page.isSuccess()) {
        answer = exchange(json(operation, path));
      }
    }
    if (isSignedOut(answer)) {
      throw answer.status() == 200
          ? VendorWire.broken(operation)
          : new EmrException(Kind.CREDENTIALS_REJECTED, operation + " finds itself signed out");
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(json(operation, path), answer.status());
    }
    return answer;
  }

  /**
   * Sends a write, once, in the token of a page read in this visit, so that none leaves in a
   * session that is over.
   *
   * @return an answer that is a success; its body may be empty
   * @throws EmrException SLOT_TAKEN where the time is what Jane refuses, OUTCOME_UNKNOWN when it
   *     was sent and nothing tells what came of it
   */
  HttpAnswer send(JaneWrite write) {
    WireCall call = call(write, token());
    HttpAnswer answer = wire.send(account, call);
    keepIfPossible(jar.with(answer.headers().allValues("Set-Cookie")));
    if (answer.isSuccess() && !isPage(answer)) {
      return answer;
    }
    if (isSignedOut(answer)) {
      keepIfPossible(jar.signedIn(false));
    }
    throw JaneRefusal.of(call, answer);
  }

  private String token() {
    if (token == null) {
      token = freshToken();
    }
    return token;
  }

  private String freshToken() {
    if (jar.waiting() != null) {
      throw personNeeded();
    }
    if (!jar.signedIn()) {
      signIn();
    }
    HttpAnswer page = exchange(page(PAGE, "/admin"));
    Optional<String> found = page.isSuccess() ? JanePageToken.of(page.text()) : Optional.empty();
    boolean over = page.status() == 401 || (page.status() >= 300 && page.status() < 400);
    if (found.isEmpty() && (page.isSuccess() || over)) {
      signIn();
      page = exchange(page(PAGE, "/admin"));
      found = page.isSuccess() ? JanePageToken.of(page.text()) : Optional.empty();
    }
    if (found.isEmpty()) {
      throw page.isSuccess()
          ? VendorWire.broken(PAGE)
          : VendorWire.refused(page(PAGE, "/admin"), page.status());
    }
    return found.get();
  }

  /** Once a write was answered the answer is what counts, whatever becomes of the cookies. */
  private void keepIfPossible(JaneJar fresh) {
    try {
      keep(fresh);
    } catch (RuntimeException lost) {
      jar = fresh;
    }
  }

  /** 401, the way to the sign-in page, and a page where JSON belongs all mean the same. */
  static boolean isSignedOut(HttpAnswer answer) {
    return answer.status() == 401
        || (answer.status() >= 300 && answer.status() < 400)
        || (answer.isSuccess() && isPage(answer));
  }

  private static boolean isPage(HttpAnswer answer) {
    return answer
            .header("Content-Type")
            .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/html"))
            .orElse(false)
        || answer.text().stripLeading().startsWith("<");
  }

  /** Forgets a challenge that was not answered in time, so that the next visit starts anew. */
  void forgetChallenge() {
    keep(jar.waiting(null));
  }

  JaneJar.@Nullable Waiting waiting() {
    return jar.waiting();
  }

  /**
   * Signs in with the clinic's user. After two refusals in a row no password is sent any more until
   * there are new credentials.
   */
  void signIn() {
    if (jar.failed() >= MOST_FAILURES) {
      throw new EmrException(
          Kind.CREDENTIALS_REJECTED, "Two sign-ins at Jane failed; new credentials are needed");
    }
    HttpAnswer page = exchange(page("jane.web.sign-in-page", "/admin"));
    if (!page.isSuccess()) {
      throw page.status() >= 300 && page.status() < 400
          ? VendorWire.broken("jane.web.sign-in-page")
          : VendorWire.refused(page("jane.web.sign-in-page", "/admin"), page.status());
    }
    WebForm form = WebForm.signIn(page.text()).orElse(null);
    if (form == null) {
      if (!page.text().contains("\"csrf-token\"")) {
        throw VendorWire.broken("jane.web.sign-in-page");
      }
      // The page for those who are signed in already.
      keep(jar.signedIn(true));
      return;
    }
    if (WebForm.hasCaptcha(page.text())) {
      throw new EmrException(Kind.PERSON_NEEDED, "Jane shows a captcha, which only people solve");
    }
    keep(jar.signedIn(false));
    settle(sendPassword(form));
  }

  private HttpAnswer sendPassword(WebForm form) {
    JaneQuery fields = new JaneQuery();
    form.hidden().forEach(fields::with);
    String user = form.user();
    String password = form.password();
    if (user == null || password == null) {
      throw VendorWire.broken("jane.web.sign-in-page");
    }
    fields.with(user, account.credentials().require(USERNAME));
    fields.with(password, account.credentials().require(PASSWORD));
    int failures = jar.failed();
    keep(jar.failed(failures + 1));
    try {
      return exchange(post("jane.web.sign-in", form.action(), fields));
    } catch (EmrException failure) {
      // Nobody said no.
      keep(jar.failed(failures));
      throw inDoubt(failure);
    }
  }

  /** Answers a challenge with what a person typed. */
  void answer(String code) {
    JaneJar.Waiting asked = jar.waiting();
    if (asked == null) {
      return;
    }
    JaneQuery fields = new JaneQuery();
    asked.hidden().forEach(fields::with);
    fields.with(asked.field(), code.strip());
    HttpAnswer answer;
    try {
      answer = exchange(post("jane.web.code", asked.action(), fields));
    } catch (EmrException failure) {
      throw inDoubt(failure);
    }
    boolean tooLate =
        answer.status() == 401
            || answer.status() == 422
            || answer.header("Location").map(JaneVisit::isSignInPage).orElse(false);
    if (tooLate) {
      keep(jar.waiting(null).signedIn(false));
      signIn();
      return;
    }
    settle(answer);
  }

  private static EmrException inDoubt(EmrException failure) {
    // A sign-in without an answer leaves nothing in doubt that another one would not clear up.
    return failure.kind() == Kind.OUTCOME_UNKNOWN
        ? new EmrException(Kind.UNAVAILABLE, "Jane's sign-in got no answer", null, failure)
        : failure;
  }

  static boolean isSignInPage(String location) {
    return location.contains("/login") || location.contains("/sign_in");
  }

  /** Reads what came of a password or a code. */
  private void settle(HttpAnswer answer) {
    if (answer.status() >= 300 && answer.status() < 400) {
      String to = answer.header("Location").orElse("");
      if (to.contains("/auth/failure") || isSignInPage(to)) {
        throw rejected();
      }
      keep(jar.signedIn(true));
      return;
    }
    if (answer.status() >= 400) {
      if (answer.status() >= 500) {
        keep(jar.failed(Math.max(0, jar.failed() - 1)));
        throw new EmrException(Kind.UNAVAILABLE, "Jane's sign-in met a server error");
      }
      throw answer.status() == 401
          ? rejected()
          : VendorWire.refused(page("jane.web.sign-in", "/admin"), answer.status());
    }
    WebForm challenge = WebForm.challenge(answer.text()).orElse(null);
    String field = challenge == null ? null : challenge.code();
    if (challenge != null && field != null) {
      keep(
          jar.failed(0)
              .waiting(
                  new JaneJar.Waiting(
                      challenge.action(), challenge.hidden(), field, clock.millis())));
      throw personNeeded();
    }
    throw WebForm.signIn(answer.text()).isPresent()
        ? rejected()
        : VendorWire.broken("jane.web.sign-in");
  }

  private static EmrException rejected() {
    return new EmrException(Kind.CREDENTIALS_REJECTED, "Jane does not take this user and password");
  }

  private static EmrException personNeeded() {
    return new EmrException(Kind.PERSON_NEEDED, "Jane asks for a code that was sent to a person");
  }

  private HttpAnswer exchange(WireCall call) {
    HttpAnswer answer = wire.send(account, call);
    keep(jar.with(answer.headers().allValues("Set-Cookie")));
    return answer;
  }

  private void keep(JaneJar fresh) {
    if (!fresh.equals(jar) || holder.current().isEmpty()) {
      jar = fresh;
      holder.keep(jar.text(), null);
    }
  }

  private WireCall call(JaneWrite write, String csrf) {
    Map<String, String> headers = headers("application/json");
    headers.put("X-Requested-With", "XMLHttpRequest");
    headers.put("X-CSRF-Token", csrf);
    byte[] body = null;
    if (write.body() != null) {
      headers.put("Content-Type", "application/json");
      body = write.body().toString().getBytes(StandardCharsets.UTF_8);
    }
    URI to = URI.create(JaneHosts.base(account) + write.path());
    return new WireCall(write.operation(), write.method(), to, headers, body, write.repeatable());
  }

  private WireCall json(String operation, String path) {
    Map<String, String> headers = headers("application/json");
    headers.put("X-Requested-With", "XMLHttpRequest");
    return WireCall.get(operation, URI.create(JaneHosts.base(account) + path), headers);
  }

  private WireCall page(String operation, String path) {
    return WireCall.get(
        operation, URI.create(JaneHosts.base(account) + path), headers("text/html"));
  }

  private WireCall post(String operation, String action, JaneQuery fields) {
    Map<String, String> headers = headers("text/html");
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    return new WireCall(
        operation, "POST", address(action, operation), headers, fields.form(), false);
  }

  /** Only an address of the clinic's own gets the password. */
  private URI address(String action, String operation) {
    String own = "https://" + account.base().getHost();
    String path = action.startsWith(own + "/") ? action.substring(own.length()) : action;
    if (!path.matches("/[A-Za-z0-9_./-]*(\\?[A-Za-z0-9_=&%.-]*)?") || path.startsWith("//")) {
      throw VendorWire.broken(operation);
    }
    return URI.create(JaneHosts.base(account) + path);
  }

  private Map<String, String> headers(String accept) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", accept);
    headers.put("User-Agent", userAgent);
    headers.put("Referer", JaneHosts.base(account) + "/admin");
    if (!jar.cookies().isEmpty()) {
      headers.put("Cookie", jar.header());
    }
    return headers;
  }
}
