package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** SimplePractice over any number of practices. Thread-safe. */
public final class SimplePracticeSimulator implements EmrSimulator {

  static final String FRONTEND = "/frontend/";
  private static final Pattern PORTAL = Pattern.compile("/portal/([a-z0-9-]+)(/.*)");

  private final SimulatorKit kit;
  private final Map<String, SimplePracticeAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final Sessions sessions = new Sessions();

  public SimplePracticeSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "simplepractice";
  }

  @Override
  public String title() {
    return "SimplePractice";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("America/Los_Angeles"), "US", "USD");
  }

  @Override
  public synchronized SimplePracticeAccount open(Opening wanted) {
    SimplePracticeAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    SimplePracticeAccount account =
        new SimplePracticeAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<SimplePracticeAccount> clinics() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    SimplePracticeAccount account = accounts.get(call.path("account").asText());
    if (account == null) {
      throw new IllegalArgumentException("no such SimplePractice account");
    }
    account.lastId(call.path("ids").asLong());
    account.exclusively(() -> write(account, Journal.request(call)));
  }

  @Override
  public void reset() {
    accounts.clear();
    sessions.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  /** Every session of a practice ends; its password goes on. */
  public void endSessions(SimplePracticeAccount account) {
    sessions.end(account, true);
  }

  /** The application forgets a practice's sessions, the sign-in side still knows its user. */
  public void endAppSessions(SimplePracticeAccount account) {
    sessions.end(account, false);
  }

  private @Nullable SimplePracticeAccount bySlug(String slug) {
    return accounts.values().stream()
        .filter(each -> each.slug().equals(slug))
        .findFirst()
        .orElse(null);
  }

  @Override
  public String accountOf(Request request) {
    Matcher portal = PORTAL.matcher(request.path());
    Sessions.Seat seat = sessions.seat(request, kit.clock().instant());
    SimplePracticeAccount account =
        portal.matches() ? bySlug(portal.group(1)) : seat == null ? null : seat.account;
    return account == null ? "unknown" : account.name();
  }

  @Override
  public Answer answer(Request request) {
    Instant now = kit.clock().instant();
    SignInPages pages = new SignInPages(accounts.values(), sessions);
    if (request.path().startsWith(SignInPages.ACCOUNT + "/")) {
      return pages.account(request, now);
    }
    Matcher portal = PORTAL.matcher(request.path());
    if (portal.matches()) {
      SimplePracticeAccount account = bySlug(portal.group(1));
      return account == null
          ? Portal.page()
          : account.exclusively(() -> new Portal(account).answer(request, portal.group(2)));
    }
    if (!request.path().startsWith(FRONTEND)) {
      return pages.app(request, now);
    }
    Sessions.Seat seat = sessions.seat(request, now);
    return seat == null ? signedOut() : frontend(request, seat, now);
  }

  private Answer frontend(Request request, Sessions.Seat seat, Instant now) {
    SimplePracticeAccount account = seat.account;
    if (!account.quota().take(now)) {
      return JsonApi.error(429, "Too many requests").with("Retry-After", "30");
    }
    String accept = request.header("accept");
    if (accept == null || !accept.contains("application/vnd.api+json")) {
      return JsonApi.error(406, "Not acceptable");
    }
    if (request.method().equals("GET")) {
      return account.exclusively(() -> new FrontendReads(account).read(request));
    }
    return seat.csrf().equals(request.header("x-csrf-token"))
        ? account.exclusively(() -> write(account, request))
        : JsonApi.error(422, "Invalid authenticity token");
  }

  /** How it looks is one practice's for all, since a signed-out call names none. */
  private Answer signedOut() {
    Switches.SignedOut how =
        accounts.values().stream()
            .map(each -> each.switches().signedOut)
            .filter(each -> each != Switches.SignedOut.REDIRECT)
            .findFirst()
            .orElse(Switches.SignedOut.REDIRECT);
    return switch (how) {
      case REDIRECT -> SignInPages.toSignIn();
      case PAGE -> Answer.html(200, "<!DOCTYPE html><html><body>Sign in</body></html>");
      case UNAUTHORIZED -> JsonApi.error(401, "Unauthorized");
      case FORBIDDEN -> JsonApi.error(403, "Forbidden");
    };
  }

  private Answer write(SimplePracticeAccount account, Request request) {
    long ids = account.lastId();
    Answer answer = new FrontendWrites(account).write(request);
    if (answer.status() < 400) {
      kit.journal().call(id(), account.name(), ids, account.moment(), request);
    }
    return answer;
  }
}
