package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import org.jspecify.annotations.Nullable;

/** Halaxy's FHIR API over any number of practice groups. Thread-safe. */
public final class HalaxySimulator implements EmrSimulator {

  private static final String ROOT = "/main/";

  private final SimulatorKit kit;
  private final Map<String, HalaxyAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final HalaxyTokens tokens = new HalaxyTokens();

  public HalaxySimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "halaxy";
  }

  @Override
  public String title() {
    return "Halaxy";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("Australia/Sydney"), "AU", "AUD");
  }

  @Override
  public synchronized HalaxyAccount open(Opening wanted) {
    HalaxyAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    HalaxyAccount account = new HalaxyAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<HalaxyAccount> clinics() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    HalaxyAccount account = accounts.get(call.path("account").asText());
    if (account == null) {
      throw new IllegalArgumentException("no such Halaxy account");
    }
    account.lastId(call.path("ids").asLong());
    Request request = Journal.request(call);
    account.exclusively(() -> write(account, request, request.path().substring(ROOT.length())));
  }

  @Override
  public void reset() {
    accounts.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  /** Every access token of an account expires now. */
  public void endSessions(HalaxyAccount account) {
    tokens.end(account.name());
  }

  @Override
  public String accountOf(Request request) {
    HalaxyTokens.Owner owner = tokens.owner(request.header("authorization"), kit.clock().instant());
    return owner == null ? "unknown" : owner.account();
  }

  @Override
  public Answer answer(Request request) {
    Instant now = kit.clock().instant();
    String agent = request.header("user-agent");
    if (agent == null || !agent.matches(".*\\(.*@.*\\)")) {
      return Answer.html(403, "<html><body><h1>403 Forbidden</h1></body></html>");
    }
    if (!request.path().startsWith(ROOT)) {
      return Fhir.notFound();
    }
    String path = request.path().substring(ROOT.length()).replace("%24", "$");
    if (path.equals("oauth/token")) {
      return token(request, now);
    }
    if (path.equals("metadata")) {
      return HalaxyReads.metadata();
    }
    HalaxyTokens.Owner owner = tokens.owner(request.header("authorization"), now);
    HalaxyAccount account = owner == null ? null : accounts.get(owner.account());
    if (owner == null || account == null) {
      return Fhir.outcome(401, "login", "The access token is not valid");
    }
    if (owner.expired()) {
      return Fhir.outcome(401, "expired", "The access token has expired");
    }
    SlidingQuota quota = account.quota();
    boolean taken = quota.take(now);
    Answer answer = taken ? served(account, request, path) : slowDown(quota, now);
    return answer
        .with("x-ratelimit-limit", Integer.toString(quota.limit()))
        .with("x-ratelimit-remaining", Integer.toString(quota.remaining(now)));
  }

  private static Answer slowDown(SlidingQuota quota, Instant now) {
    long seconds = Math.max(1, Duration.between(now, quota.opensAt(now)).toSeconds() + 1);
    return Fhir.outcome(429, "throttled", "Too many requests")
        .with("retry-after", Long.toString(seconds));
  }

  /** Takes JSON only, unlike most token endpoints. */
  private Answer token(Request request, Instant now) {
    if (!request.method().equals("POST")) {
      return Answer.empty(405);
    }
    JsonNode body;
    try {
      body = HalaxyAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException notJson) {
      return Answer.json(400, "{\"error\":\"invalid_request\"}");
    }
    if (!body.path("grant_type").asText().equals("client_credentials")) {
      return Answer.json(400, "{\"error\":\"unsupported_grant_type\"}");
    }
    @Nullable HalaxyAccount account =
        accounts.values().stream()
            .filter(each -> each.clientId().equals(body.path("client_id").asText()))
            .filter(each -> each.clientSecret().equals(body.path("client_secret").asText()))
            .findFirst()
            .orElse(null);
    if (account == null) {
      return Answer.json(
          401,
          "{\"error\":\"invalid_client\",\"error_description\":\"Client authentication failed\"}");
    }
    ObjectNode token = Fhir.object().put("token_type", "Bearer").put("expires_in", 3600);
    return Answer.json(
        200, token.put("access_token", tokens.issue(account.name(), now)).toString());
  }

  private Answer served(HalaxyAccount account, Request request, String path) {
    String resource = path.split("/")[0];
    if (account.switches().withoutScope.contains(resource)) {
      return Fhir.outcome(403, "forbidden", "The key has no access to " + resource);
    }
    return account.exclusively(
        () -> {
          try {
            return request.method().equals("GET")
                ? new HalaxyReads(account).answer(path, request.query())
                : write(account, request, path);
          } catch (Refused refused) {
            return refused.answer();
          }
        });
  }

  private Answer write(HalaxyAccount account, Request request, String path) {
    long ids = account.lastId();
    Answer answer = new HalaxyWrites(account).answer(request, path.replace("%24", "$"));
    if (answer.status() < 400) {
      kit.journal().call("halaxy", account.name(), ids, account.moment(), request);
    }
    return answer;
  }
}
