package io.clinicsync.emr.simplepractice;

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
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One caller alone with the practice's session: signs in when that is needed, and keeps the jar
 * after each answer. Nothing of the pages is taken for granted but the names of the two hosts;
 * where forms go and what they carry is read from them. Challenges are a person's.
 *
 * @see <a href="https://secure.simplepractice.com">The application; nothing of it is documented</a>
 */
final class Visit {

  static final String USERNAME = "username";
  static final String PASSWORD = "password";

  private static final int MOST_FAILURES = 2;
  private static final int MOST_REDIRECTS = 8;
  private static final String HOME = "/calendar/appointments";
  private static final String OPERATION = "simplepractice.web.sign-in";
  private static final Pattern META =
      Pattern.compile("<meta\\b[^>]*\\bname=[\"']csrf-token[\"'][^>]*>", Pattern.CASE_INSENSITIVE);
  private static final Pattern CONTENT =
      Pattern.compile("\\bcontent=[\"']([^\"']+)[\"']", Pattern.CASE_INSENSITIVE);
  private static final Pattern CHALLENGE =
      Pattern.compile(".*(multi_factor|verify|challenge|device|otp|2fa).*");

  private final VendorWire wire;
  private final Clock clock;
  private final String userAgent;
  private final EmrAccount account;
  private final EmrSessions.Holder holder;
  private Jar jar;

  Visit(
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
    this.jar = holder.current().map(EmrSession::value).map(Jar::of).orElse(Jar.EMPTY);
  }

  /** Where a chain of redirects ended. */
  private record Landing(URI at, HttpAnswer answer) {

    String page() {
      return answer.text();
    }
  }

  /**
   * Gets what stands behind a JSON address, signing in once if the session is over.
   *
   * @throws EmrException PERSON_NEEDED when a code waits for a person
   */
  HttpAnswer get(String operation, String path) {
    if (jar.waiting() != null) {
      throw personNeeded();
    }
    if (!jar.signedIn()) {
      signIn();
    }
    WireCall call = json(operation, path);
    HttpAnswer answer = exchange(call);
    if (isSignedOut(answer)) {
      signIn();
      answer = exchange(json(operation, path));
    }
    if (isSignedOut(answer)) {
      throw switch (answer.status()) {
        case 403 -> VendorWire.refused(call, 403);
        case 200 -> VendorWire.broken(operation);
        default ->
            new EmrException(Kind.CREDENTIALS_REJECTED, operation + " finds itself signed out");
      };
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(call, answer.status());
    }
    return answer;
  }

  /**
   * Writes at a JSON address, once. Somebody signed out is signed in before, never after: what the
   * vendor refused is not sent again, and the next visit begins with a fresh token.
   *
   * @return an answer of success that is no page
   * @throws EmrException UNAVAILABLE when the session was over and nothing was done,
   *     OUTCOME_UNKNOWN when it may have been
   */
  HttpAnswer write(Write write, String path) {
    if (jar.waiting() != null) {
      throw personNeeded();
    }
    if (!jar.signedIn()) {
      signIn();
    }
    String token = jar.csrf();
    if (token == null) {
      throw VendorWire.broken(OPERATION);
    }
    URI uri = URI.create(SimplePracticeHosts.app(account) + path);
    Map<String, String> headers = jsonHeaders(uri);
    headers.put("Content-Type", Frontend.JSON_API);
    headers.put("X-CSRF-Token", token);
    WireCall call =
        new WireCall(write.operation(), write.method(), uri, headers, write.body(), false);
    HttpAnswer answer = exchange(call);
    if (answer.isSuccess() && !isSignedOut(answer)) {
      return answer;
    }
    if (isSignedOut(answer) || Write.isStaleToken(answer)) {
      keep(jar.signedOut());
    }
    throw write.refused(call, answer, leadsToSignIn(call, answer));
  }

  private boolean leadsToSignIn(WireCall call, HttpAnswer answer) {
    try {
      URI to = call.uri().resolve(answer.header("Location").orElse(""));
      return isRedirect(answer) && side(to) == Jar.Side.ACCOUNT;
    } catch (IllegalArgumentException noAddress) {
      return false;
    }
  }

  private static boolean isRedirect(HttpAnswer answer) {
    return answer.status() >= 300 && answer.status() < 400;
  }

  /** Any redirect leads to the sign-in side; a page where JSON belongs is the same. */
  private static boolean isSignedOut(HttpAnswer answer) {
    boolean page =
        answer
                .header("Content-Type")
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/html"))
                .orElse(false)
            || answer.text().stripLeading().startsWith("<");
    return answer.status() == 401
        || answer.status() == 403
        || isRedirect(answer)
        || (answer.isSuccess() && page);
  }

  Jar.@Nullable Waiting waiting() {
    return jar.waiting();
  }

  /** Forgets a challenge that was not answered in time, so that the next visit starts anew. */
  void forgetChallenge() {
    keep(jar.waiting(null));
  }

  /**
   * Signs in. A session the sign-in side still knows comes back without a password. After two
   * refusals in a row none is sent any more until there are new credentials: the fifth would lock
   * the user.
   */
  private void signIn() {
    if (jar.failed() >= MOST_FAILURES) {
      throw new EmrException(
          Kind.CREDENTIALS_REJECTED,
          "Two sign-ins at SimplePractice failed; new credentials are needed");
    }
    Landing first = landing(page(URI.create(SimplePracticeHosts.app(account) + HOME)));
    WebForm form = WebForm.signIn(first.page()).orElse(null);
    if (form == null) {
      settle(first);
      return;
    }
    if (WebForm.hasCaptcha(first.page())) {
      throw new EmrException(
          Kind.PERSON_NEEDED, "SimplePractice shows a captcha, which only people solve");
    }
    keep(jar.signedOut());
    sendPassword(first, form);
  }

  private void sendPassword(Landing first, WebForm form) {
    String user = form.user();
    String password = form.password();
    if (user == null || password == null) {
      throw VendorWire.broken(OPERATION);
    }
    Map<String, String> typed = new HashMap<>(form.button());
    typed.put(user, account.credentials().require(USERNAME));
    typed.put(password, account.credentials().require(PASSWORD));
    WireCall call = post(first.at(), form.action(), form.hidden(), typed, true);
    int failures = jar.failed();
    keep(jar.failed(failures + 1));
    try {
      settle(landing(call));
    } catch (EmrException failure) {
      throw inDoubt(failure, failures);
    }
  }

  /** Answers a challenge with what a person typed. */
  void answer(String code) {
    Jar.Waiting asked = jar.waiting();
    if (asked == null) {
      return;
    }
    int failures = jar.failed();
    try {
      Landing landing =
          landing(
              post(
                  URI.create(asked.page()),
                  asked.action(),
                  asked.hidden(),
                  Map.of(asked.field(), code.strip()),
                  true));
      if (WebForm.signIn(landing.page()).isPresent()) {
        // Too late: another code is sent with another password.
        keep(jar.waiting(null));
        signIn();
        return;
      }
      settle(landing);
    } catch (EmrException failure) {
      throw inDoubt(failure, failures);
    }
  }

  /** Where nobody said no, nothing is counted, and another sign-in clears up any doubt. */
  private EmrException inDoubt(EmrException failure, int failures) {
    return switch (failure.kind()) {
      case OUTCOME_UNKNOWN, UNAVAILABLE, RATE_LIMITED -> {
        keep(jar.failed(failures));
        yield failure.kind() == Kind.OUTCOME_UNKNOWN
            ? new EmrException(
                Kind.UNAVAILABLE, "SimplePractice's sign-in got no answer", null, failure)
            : failure;
      }
      default -> failure;
    };
  }

  /** Reads what came of a password, a code, or a session the sign-in side still knows. */
  private void settle(Landing came) {
    Landing landing = came;
    WebForm passing = WebForm.withHidden(came.page(), "SAMLResponse").orElse(null);
    if (passing != null) {
      landing = landing(post(came.at(), passing.action(), passing.hidden(), Map.of(), false));
    }
    String page = landing.page();
    boolean asksAgain = WebForm.signIn(page).isPresent();
    String token = csrf(page);
    if (token != null && !asksAgain && side(landing.at()) == Jar.Side.APP) {
      keep(jar.signedIn(token));
      return;
    }
    WebForm challenge = WebForm.challenge(page).orElse(null);
    String field = challenge == null ? null : challenge.code();
    if (challenge != null && field != null) {
      keep(
          jar.failed(0)
              .waiting(
                  new Jar.Waiting(
                      landing.at().toString(),
                      challenge.action(),
                      challenge.hidden(),
                      field,
                      clock.millis())));
      throw personNeeded();
    }
    if (page.toLowerCase(Locale.ROOT).contains("locked")) {
      keep(jar.failed(MOST_FAILURES));
      throw new EmrException(
          Kind.CREDENTIALS_REJECTED, "SimplePractice has locked this user after bad passwords");
    }
    if (asksAgain) {
      throw new EmrException(
          Kind.CREDENTIALS_REJECTED, "SimplePractice does not take this user and password");
    }
    if (CHALLENGE.matcher(landing.at().getPath()).matches()) {
      throw personNeeded();
    }
    throw VendorWire.broken(OPERATION);
  }

  private static EmrException personNeeded() {
    return new EmrException(
        Kind.PERSON_NEEDED, "SimplePractice wants to be sure that a person signs in");
  }

  private static @Nullable String csrf(String page) {
    Matcher meta = META.matcher(page);
    if (!meta.find()) {
      return null;
    }
    Matcher content = CONTENT.matcher(meta.group());
    return content.find() ? content.group(1) : null;
  }

  /** Follows redirects, as long as they stay at the two hosts. */
  private Landing landing(WireCall first) {
    WireCall call = first;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpAnswer answer = exchange(call);
      if (!isRedirect(answer)) {
        if (!answer.isSuccess()) {
          throw VendorWire.refused(call, answer.status());
        }
        return new Landing(call.uri(), answer);
      }
      call = page(address(call.uri(), answer.header("Location").orElse(""), false));
    }
    throw VendorWire.broken(OPERATION);
  }

  /** Only the vendor's two hosts are ever gone to, and passwords and codes to one of them. */
  private URI address(URI from, String to, boolean signInOnly) {
    URI target;
    try {
      target = to.isEmpty() ? from : from.resolve(to);
    } catch (IllegalArgumentException noAddress) {
      throw VendorWire.broken(OPERATION);
    }
    String text = target.toString();
    boolean signIn = text.startsWith(SimplePracticeHosts.signIn(account) + "/");
    if (!signIn && (signInOnly || !text.startsWith(SimplePracticeHosts.app(account) + "/"))) {
      throw VendorWire.broken(OPERATION);
    }
    return target;
  }

  private Jar.Side side(URI uri) {
    return uri.toString().startsWith(SimplePracticeHosts.signIn(account) + "/")
        ? Jar.Side.ACCOUNT
        : Jar.Side.APP;
  }

  private HttpAnswer exchange(WireCall call) {
    HttpAnswer answer = wire.send(account, call);
    keep(jar.with(side(call.uri()), answer.headers().allValues("Set-Cookie")));
    return answer;
  }

  private void keep(Jar fresh) {
    if (!fresh.equals(jar) || holder.current().isEmpty()) {
      jar = fresh;
      holder.keep(jar.text(), null);
    }
  }

  private WireCall json(String operation, String path) {
    URI uri = URI.create(SimplePracticeHosts.app(account) + path);
    return WireCall.get(operation, uri, jsonHeaders(uri));
  }

  private Map<String, String> jsonHeaders(URI uri) {
    Map<String, String> headers = headers(uri, Frontend.JSON_API);
    headers.put("Api-Version", Frontend.VERSION);
    return headers;
  }

  private WireCall page(URI uri) {
    return WireCall.get(OPERATION + "-page", uri, headers(uri, "text/html"));
  }

  private WireCall post(
      URI from,
      String action,
      Map<String, String> hidden,
      Map<String, String> typed,
      boolean signInOnly) {
    URI uri = address(from, action, signInOnly);
    Query fields = new Query();
    hidden.forEach(fields::with);
    typed.forEach(fields::with);
    Map<String, String> headers = headers(uri, "text/html");
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    return new WireCall(OPERATION, "POST", uri, headers, fields.form(), false);
  }

  private Map<String, String> headers(URI uri, String accept) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", accept);
    headers.put("User-Agent", userAgent);
    headers.put("Referer", SimplePracticeHosts.app(account) + HOME);
    String cookies = jar.header(side(uri));
    if (!cookies.isEmpty()) {
      headers.put("Cookie", cookies);
    }
    return headers;
  }
}
