package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.server.SlidingQuota;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Jane's Developer Platform and web session over any number of clinics. Thread-safe. */
public final class JaneSimulator implements EmrSimulator {

  private static final Pattern IDENTITY =
      Pattern.compile("/login/realms/[a-z_]+/protocol/openid-connect/([a-z]+)");

  private final SimulatorKit kit;
  private final Map<String, JaneAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final JaneTokens tokens = new JaneTokens();
  private final JaneSession.Sessions sessions = new JaneSession.Sessions();

  public JaneSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "jane";
  }

  @Override
  public String title() {
    return "Jane";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("America/Vancouver"), "CA", "CAD");
  }

  @Override
  public synchronized JaneAccount open(Opening wanted) {
    JaneAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    JaneAccount account = new JaneAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<JaneAccount> clinics() {
    return accounts.values();
  }

  Collection<JaneAccount> accounts() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    JaneAccount account = accounts.get(call.path("account").asText());
    if (account == null) {
      throw new IllegalArgumentException("no such Jane account");
    }
    account.lastId(call.path("ids").asLong());
    account.locked(() -> write(account, Journal.request(call)));
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

  /** Every access token and web session of a clinic ends; its grant and password go on. */
  public void endSessions(JaneAccount account) {
    tokens.endAccess(account.name());
    sessions.end(account);
  }

  /** The clinic takes its permission for the API back. */
  public void endGrant(JaneAccount account) {
    tokens.endGrant(account.name());
  }

  private @Nullable JaneAccount bearer(Request request) {
    String header = request.header("authorization");
    String token =
        header != null && header.startsWith("Bearer ")
            ? header.substring("Bearer ".length())
            : null;
    return tokens.access(token, kit.clock().instant()).map(accounts::get).orElse(null);
  }

  @Override
  public String accountOf(Request request) {
    JaneAccount account =
        request.path().startsWith(JaneApi.PREFIX)
            ? bearer(request)
            : sessions.accountOf(request.header("cookie"));
    return account == null ? "unknown" : account.name();
  }

  @Override
  public Answer answer(Request request) {
    Instant now = kit.clock().instant();
    Matcher identity = IDENTITY.matcher(request.path());
    if (identity.matches()) {
      return new JaneIdentity(this, tokens).answer(request, identity.group(1), now);
    }
    if (request.path().startsWith(JaneApi.PREFIX)) {
      JaneAccount account = bearer(request);
      return account == null
          ? Answer.json(401, "{\"error\":\"invalid_token\"}")
          : new JaneApi(account).answer(request);
    }
    JaneSession session = sessions.of(request.header("cookie"), now);
    return web(request, session, now).with("Set-Cookie", session.nextCookie());
  }

  private Answer web(Request request, JaneSession session, Instant now) {
    if (JanePages.has(request.path())) {
      return new JanePages(accounts.values()).answer(request, session, now);
    }
    JaneAccount account = session.account();
    if (account == null) {
      return signedOut(request, session);
    }
    SlidingQuota quota = account.quota("web", 120, Duration.ofMinutes(1));
    if (!quota.take(now)) {
      return JaneWeb.error(429, "Slow down");
    }
    if (request.method().equals("GET")) {
      return account.locked(() -> new JaneWeb(account, request).read(request.path()));
    }
    boolean trusted =
        !account.switches().strictCsrf || session.csrf().equals(request.header("x-csrf-token"));
    return trusted
        ? account.locked(() -> write(account, request))
        : JaneWeb.error(422, "Invalid authenticity token");
  }

  /** How a signed-out call looks differs; the public addresses want a visit of the page before. */
  private Answer signedOut(Request request, JaneSession session) {
    if (request.path().startsWith("/api/v2/")) {
      return JaneWeb.error(403, session.isWarm() ? "Forbidden" : "Enable cookies");
    }
    JaneSwitches.SignedOut how =
        accounts.values().stream()
            .map(each -> each.switches().signedOut)
            .filter(each -> each != JaneSwitches.SignedOut.UNAUTHORIZED)
            .findFirst()
            .orElse(JaneSwitches.SignedOut.UNAUTHORIZED);
    return switch (how) {
      case UNAUTHORIZED -> JaneWeb.error(401, "You need to sign in");
      case REDIRECT -> Answer.empty(302).with("Location", "/login");
      case PAGE -> JanePages.signInPage(session);
    };
  }

  private Answer write(JaneAccount account, Request request) {
    if (request.path().startsWith(JaneApi.PREFIX)) {
      String[] path = request.path().substring(JaneApi.PREFIX.length()).split("/");
      return new JaneApi(account).webhooks(request, path);
    }
    long ids = account.lastId();
    Answer answer = new JaneWebWrites(account).write(request);
    boolean changed = answer.status() < 400 && !request.path().endsWith("/lookup");
    if (changed) {
      kit.journal().call("jane", account.name(), ids, account.moment(), request);
    }
    return answer;
  }
}
