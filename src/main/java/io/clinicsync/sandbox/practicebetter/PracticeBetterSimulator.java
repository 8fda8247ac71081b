package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.server.SlidingQuota;
import io.clinicsync.sandbox.world.Canaries;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Practice Better's public API over any number of practices. Thread-safe. */
public final class PracticeBetterSimulator implements EmrSimulator {

  private static final String TOKEN = "/oauth2/token";
  private static final String SUBSCRIPTION = "/webhooks/subscription";

  private final SimulatorKit kit;
  private final Map<String, PracticeBetterAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final PracticeBetterTokens tokens = new PracticeBetterTokens();

  public PracticeBetterSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "practicebetter";
  }

  @Override
  public String title() {
    return "Practice Better";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("America/New_York"), "US", "USD");
  }

  @Override
  public synchronized PracticeBetterAccount open(Opening wanted) {
    PracticeBetterAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    PracticeBetterAccount account =
        new PracticeBetterAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<PracticeBetterAccount> clinics() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    PracticeBetterAccount account = accounts.get(call.path("account").asText());
    if (account == null) {
      throw new IllegalArgumentException("no such Practice Better account");
    }
    account.lastId(call.path("ids").asLong());
    Request request = Journal.request(call);
    account.locked(
        () ->
            request.path().startsWith(SUBSCRIPTION)
                ? subscribed(account, request)
                : write(account, request));
  }

  @Override
  public void reset() {
    accounts.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  /** Every access token of a practice ends now; its client's secret goes on. */
  public void endSessions(PracticeBetterAccount account) {
    tokens.end(account.name());
  }

  static Answer error(int status, String code) {
    return Answer.json(
        status, JsonOut.of(Map.of("message", "Request refused: " + code, "code", code)));
  }

  static Answer notFound() {
    return error(404, "item_not_found");
  }

  private Optional<PracticeBetterAccount> bearer(Request request) {
    String header = request.header("authorization");
    String token = header != null && header.startsWith("Bearer ") ? header.substring(7) : null;
    return tokens.account(token, kit.clock().instant()).map(accounts::get);
  }

  @Override
  public String accountOf(Request request) {
    return bearer(request).map(PracticeBetterAccount::name).orElse("unknown");
  }

  @Override
  public Answer answer(Request request) {
    if (request.path().equals(TOKEN)) {
      return token(request);
    }
    PracticeBetterAccount account = bearer(request).orElse(null);
    if (account == null) {
      return error(401, "unauthorized");
    }
    Instant now = kit.clock().instant();
    for (SlidingQuota quota : List.of(account.day(), account.burst())) {
      if (quota.remaining(now) == 0) {
        long seconds =
            Math.max(1, Duration.between(now, quota.opensAt(now)).plusMillis(999).toSeconds());
        return error(429, "too_many_requests").with("Retry-After", Long.toString(seconds));
      }
    }
    account.day().take(now);
    account.burst().take(now);
    try {
      return routed(account, request);
    } catch (PracticeBetterReads.Wrong wrong) {
      return wrong.answer();
    }
  }

  private Answer routed(PracticeBetterAccount account, Request request) {
    if (request.method().equals("GET")) {
      return account.locked(() -> new PracticeBetterReads(account).answer(request, request.path()));
    }
    if (!request.path().startsWith(SUBSCRIPTION)) {
      return account.locked(() -> write(account, request));
    }
    // The address is tried out with nobody locked out: it may ask us something.
    if (request.method().equals("POST") && !reachable(request)) {
      return error(400, "handshake_failed");
    }
    return account.locked(() -> subscribed(account, request));
  }

  /** Only client_id and client_secret count; grant type and scope are ignored. */
  private Answer token(Request request) {
    Map<String, List<String>> form = Request.parameters(request.text());
    String client = form.getOrDefault("client_id", List.of("")).getFirst();
    String secret = form.getOrDefault("client_secret", List.of("")).getFirst();
    for (PracticeBetterAccount account : accounts.values()) {
      if (account.clientId().equals(client) && account.clientSecret().equals(secret)) {
        return Answer.json(
            200,
            JsonOut.of(
                Map.of(
                    "access_token",
                    tokens.issue(account.name(), kit.clock().instant()),
                    "expires_in",
                    PracticeBetterTokens.LIFE.toSeconds(),
                    "token_type",
                    "Bearer")));
      }
    }
    return Answer.json(401, "{\"error\":\"invalid_client\"}");
  }

  private Answer write(PracticeBetterAccount account, Request request) {
    long ids = account.lastId();
    Answer answer = new PracticeBetterWrites(account).write(request, request.path());
    if (answer.status() < 400) {
      kit.journal().call(id(), account.name(), ids, account.moment(), request);
    }
    return answer;
  }

  private boolean reachable(Request request) {
    try {
      JsonNode body = PracticeBetterAccount.JSON.readTree(request.text());
      String challenge = "c" + Integer.toHexString(request.text().hashCode());
      return PracticeBetterHooks.shakesHands(
          URI.create(body.path("endpointUrl").asText()),
          challenge,
          body.path("verificationToken").asText());
    } catch (JsonProcessingException | IllegalArgumentException unreadable) {
      return false;
    }
  }

  /** Creating tells the signing secret, this once. */
  private Answer subscribed(PracticeBetterAccount account, Request request) {
    long ids = account.lastId();
    if (request.method().equals("DELETE")) {
      String id = request.path().substring(SUBSCRIPTION.length()).replace("/", "");
      if (!account.table("subscriptions").remove(id)) {
        return notFound();
      }
      kit.journal().call(id(), account.name(), ids, account.moment(), request);
      return Answer.empty(200);
    }
    JsonNode body;
    try {
      body = PracticeBetterAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return error(400, "body_invalid");
    }
    if (!request.method().equals("POST")
        || !(body.path("eventTypes") instanceof ArrayNode events)
        || events.isEmpty()
        || body.path("verificationToken").asText().isEmpty()) {
      return error(400, "subscription_invalid");
    }
    for (JsonNode event : events) {
      if (!PracticeBetterHooks.EVENTS.contains(event.asText())) {
        return error(400, "event_unknown");
      }
    }
    String id = account.newId();
    ObjectNode row = PracticeBetterAccount.JSON.createObjectNode().put("id", id);
    row.put("apiVersion", "v1").put("companyId", account.uuid("company", "0"));
    row.set("endpointUrl", body.get("endpointUrl"));
    row.set("events", events.deepCopy());
    row.put("status", "active").put("isActive", body.path("autoEnable").asBoolean(true));
    row.put("dateCreated", account.state().second().toString());
    account.touch(row);
    row.set("description", body.get("description"));
    String secret = "pbwh-" + Canaries.SECRET + account.uuid("webhook", id);
    row.put("_secret", secret);
    account.table("subscriptions").put(id, row);
    kit.journal().call(id(), account.name(), ids, account.moment(), request);
    return Answer.json(
        200,
        PracticeBetterAccount.shown(row)
            .deepCopy()
            .put("plaintextSigningSecret", secret)
            .toString());
  }
}
