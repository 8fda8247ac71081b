package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Nookal's v2 and v3 over any number of clinics. Thread-safe. */
public final class NookalSimulator implements EmrSimulator {

  private static final String V2 = "/production/v2/";
  private static final String TOKEN = "/au-apiv3/oauth/token";
  private static final String GRAPH = "/au-apiv3/graphql";
  private static final Answer NO_PAGE =
      Answer.html(404, "<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>");
  private static final Answer GATEWAY =
      Answer.html(502, "<html><head><title>502 Bad Gateway</title></head></html>");

  private final SimulatorKit kit;
  private final Map<String, NookalAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final NookalTokens tokens = new NookalTokens();

  public NookalSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "nookal";
  }

  @Override
  public String title() {
    return "Nookal";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("Australia/Sydney"), "AU", "AUD");
  }

  @Override
  public synchronized NookalAccount open(Opening wanted) {
    NookalAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    NookalAccount account = new NookalAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<NookalAccount> clinics() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    NookalAccount account = accounts.get(call.path("account").asText());
    if (account == null) {
      throw new IllegalArgumentException("no such Nookal account");
    }
    account.lastId(call.path("ids").asLong());
    Request request = Journal.request(call);
    account.locked(() -> write(account, request, function(request), NookalForm.of(request)));
  }

  @Override
  public void reset() {
    accounts.clear();
    tokens.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  /** The v3 token of a clinic ends now; its key goes on. */
  public void endToken(NookalAccount account) {
    tokens.end(account.name());
  }

  private @Nullable NookalAccount found(Predicate<NookalAccount> which) {
    return accounts.values().stream().filter(which).findFirst().orElse(null);
  }

  private static String after(Request request, String scheme) {
    String header = request.header("authorization");
    return header != null && header.startsWith(scheme + " ")
        ? header.substring(scheme.length() + 1)
        : "";
  }

  private @Nullable NookalAccount owner(Request request) {
    if (request.path().equals(TOKEN)) {
      // One project sends the key as a bearer, with success.
      String basic = after(request, "Basic");
      String key = basic.isEmpty() ? after(request, "Bearer") : basic;
      return found(account -> account.basicKey().equals(key));
    }
    if (request.path().equals(GRAPH)) {
      String name = tokens.accountOf(after(request, "Bearer"), kit.clock().instant());
      return name == null ? null : accounts.get(name);
    }
    String key = NookalForm.of(request).get("api_key");
    return found(account -> account.apiKey().equals(key));
  }

  @Override
  public String accountOf(Request request) {
    NookalAccount account = owner(request);
    return account == null ? "unknown" : account.name();
  }

  /** {@inheritDoc} Everything is posted here, and refusals have status 200. */
  @Override
  public LogEntry.Kind kindOf(Request request, Answer answer) {
    boolean refused =
        answer.status() >= 400
            || (answer.body().length < 2_000 && answer.text().contains("\"failure\""));
    boolean reads =
        request.path().startsWith("/au-apiv3/")
            || function(request).matches("(get|search|verify|version).*");
    return refused ? LogEntry.Kind.REFUSED : reads ? LogEntry.Kind.READ : LogEntry.Kind.WRITE;
  }

  private static String function(Request request) {
    return request.path().startsWith(V2) ? request.path().substring(V2.length()) : "";
  }

  @Override
  public Answer answer(Request request) {
    NookalAccount account = owner(request);
    if (request.path().equals(TOKEN)) {
      return token(request, account);
    }
    if (request.path().equals(GRAPH)) {
      return graph(request, account);
    }
    return request.path().startsWith(V2) ? form(request, account) : NO_PAGE;
  }

  private Answer form(Request request, @Nullable NookalAccount account) {
    String function = function(request);
    NookalForm form = NookalForm.of(request);
    if (account == null) {
      return form.has("api_key")
          ? NookalAnswers.failure(NookalReads.code(function), "Access denied", List.of())
          : NookalAnswers.missing("L000_1", List.of("api_key"));
    }
    if (!account.quota().take(kit.clock().instant())) {
      return Answer.json(429, "{\"status\":\"failure\"}").with("Retry-After", "1");
    }
    return account.locked(
        () -> {
          Answer read = new NookalReads(account, form).read(function);
          return read != null ? read : write(account, request, function, form);
        });
  }

  private Answer write(NookalAccount account, Request request, String function, NookalForm form) {
    long ids = account.lastId();
    Answer answer = new NookalWrites(account, form).write(function);
    if (answer == null) {
      return NO_PAGE;
    }
    if (answer.headers().containsKey("X-Sandbox-Id")) {
      kit.journal()
          .call("nookal", account.name(), ids, account.moment(), NookalForm.withoutKey(request));
    }
    return answer;
  }

  private Answer token(Request request, @Nullable NookalAccount account) {
    if (account == null) {
      return Answer.json(401, "{\"error\":\"invalid_client\"}");
    }
    if (!request.text().contains("grant_type=client_credentials")) {
      return Answer.json(400, "{\"error\":\"invalid_request\"}");
    }
    NookalTokens.Token token = tokens.issue(account.name(), kit.clock().instant());
    ObjectNode body = NookalAccount.JSON.createObjectNode().put("accessToken", token.text());
    Instant ends = token.ends();
    body.put("accessTokenExpiresAt", ends.toString());
    body.putObject("client");
    body.putObject("user");
    return Answer.json(200, body.toString());
  }

  private Answer graph(Request request, @Nullable NookalAccount account) {
    if (account == null) {
      boolean as200 = accounts.values().stream().anyMatch(each -> each.switches().expiredAs200);
      return NookalGraph.error(as200 ? 200 : 401, "Invalid token: access token has expired");
    }
    if (!account.quota().take(kit.clock().instant())) {
      return Answer.json(429, "{\"errors\":[{\"message\":\"Too many requests\"}]}")
          .with("Retry-After", "1");
    }
    return account.locked(
        () -> {
          if (account.switches().badGateways > 0) {
            account.switches().badGateways--;
            return GATEWAY;
          }
          return new NookalGraph(account).answer(request.text());
        });
  }
}
