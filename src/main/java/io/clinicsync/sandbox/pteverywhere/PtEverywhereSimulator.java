package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** PtEverywhere's Open API v2 over any number of clinics. Thread-safe. */
public final class PtEverywhereSimulator implements EmrSimulator {

  private static final String TOKEN = "/auth/token";

  private final SimulatorKit kit;
  private final Map<String, PtEverywhereAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final PtEverywhereTokens tokens = new PtEverywhereTokens();

  public PtEverywhereSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "pteverywhere";
  }

  @Override
  public String title() {
    return "PtEverywhere";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("America/New_York"), "US", "USD");
  }

  @Override
  public synchronized PtEverywhereAccount open(Opening wanted) {
    PtEverywhereAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    PtEverywhereAccount account =
        new PtEverywhereAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<PtEverywhereAccount> clinics() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    PtEverywhereAccount account = accounts.get(call.path("account").asText());
    if (account == null) {
      throw new IllegalArgumentException("no such PtEverywhere account");
    }
    account.lastId(call.path("ids").asLong());
    account.locked(() -> write(account, Journal.request(call)));
  }

  @Override
  public void reset() {
    accounts.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  /** Every token of a clinic ends now; its integration user goes on. */
  public void endSessions(PtEverywhereAccount account) {
    tokens.end(account.name());
  }

  static Answer message(int status, String text) {
    return Answer.json(status, JsonOut.of(Map.of("message", text)));
  }

  /** The token as it is; behind {@code Bearer} it is none. */
  private @Nullable PtEverywhereAccount owner(Request request) {
    return tokens
        .account(request.header("authorization"), kit.clock().instant())
        .map(accounts::get)
        .orElse(null);
  }

  @Override
  public String accountOf(Request request) {
    PtEverywhereAccount account = owner(request);
    return account == null ? "unknown" : account.name();
  }

  /** {@inheritDoc} Reports and the sign-in are posted, too. */
  @Override
  public LogEntry.Kind kindOf(Request request, Answer answer) {
    if (answer.status() >= 400) {
      return LogEntry.Kind.REFUSED;
    }
    boolean reads =
        request.method().equals("GET")
            || request.path().equals(TOKEN)
            || request.path().startsWith("/report/");
    return reads ? LogEntry.Kind.READ : LogEntry.Kind.WRITE;
  }

  @Override
  public Answer answer(Request request) {
    if (request.path().equals(TOKEN)) {
      return request.method().equals("POST") ? signIn(request) : message(404, "Not Found");
    }
    PtEverywhereAccount account = owner(request);
    String token = request.header("authorization");
    if (account == null || token == null || !tokens.use(token, account.switches().callsPerToken)) {
      return message(401, "Unauthorized");
    }
    Instant now = kit.clock().instant();
    if (!account.quota().take(now)) {
      return message(429, "Too Many Requests").with("Retry-After", "1");
    }
    return account.locked(
        () -> {
          Answer read = new PtEverywhereReads(account).answer(request);
          if (read != null) {
            return read;
          }
          return account.switches().writes ? write(account, request) : message(404, "Not Found");
        });
  }

  private Answer write(PtEverywhereAccount account, Request request) {
    long ids = account.lastId();
    Answer answer = new PtEverywhereWrites(account).write(request);
    if (answer == null) {
      return message(404, "Not Found");
    }
    if (answer.status() < 400) {
      kit.journal().call(id(), account.name(), ids, account.moment(), request);
    }
    return answer;
  }

  private Answer signIn(Request request) {
    JsonNode body;
    try {
      body = PtEverywhereAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return message(400, "Invalid body");
    }
    String email = body.path("email").asText();
    Optional<PtEverywhereAccount> account =
        accounts.values().stream().filter(each -> each.email().equals(email)).findFirst();
    if (account.isEmpty() || !account.get().password().equals(body.path("password").asText())) {
      String text = "Incorrect username or password.";
      return account.isPresent() && account.get().switches().errorAs200
          ? Answer.json(200, JsonOut.of(Map.of("error", text)))
          : message(401, text);
    }
    ObjectNode answer = PtEverywhereAccount.JSON.createObjectNode();
    answer.put("expires_in", PtEverywhereTokens.LIFE.toSeconds());
    String key = account.get().switches().tokenKey;
    int dot = key.indexOf('.');
    ObjectNode at = dot < 0 ? answer : answer.putObject(key.substring(0, dot));
    at.put(key.substring(dot + 1), tokens.issue(account.get().name(), kit.clock().instant()));
    return Answer.json(200, answer.toString());
  }
}
