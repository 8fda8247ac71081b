package io.clinicsync.sandbox.cliniko;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cliniko's API v1 over any number of accounts. Thread-safe. */
public final class ClinikoSimulator implements EmrSimulator {

  private static final Pattern AGENT = Pattern.compile(".+\\(.*[^\\s@()]+@[^\\s@()]+.*\\).*");
  private static final Pattern ACTION =
      Pattern.compile("\\d+|archive|unarchive|cancel|conflicts|inactive|public");

  private final SimulatorKit kit;
  private final Map<String, ClinikoAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();

  public ClinikoSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "cliniko";
  }

  @Override
  public String title() {
    return "Cliniko";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("Australia/Sydney"), "AU", "AUD");
  }

  /**
   * Creates (or replaces) an account with its own world, placed around the vendor's present time.
   */
  public ClinikoAccount createAccount(String name, long seed, int size, ZoneId zone) {
    return createAccount(name, seed, size, zone, kit.clock().instant());
  }

  @Override
  public ClinikoAccount open(Opening wanted) {
    return createAccount(wanted.name(), wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
  }

  private synchronized ClinikoAccount createAccount(
      String name, long seed, int size, ZoneId zone, Instant now) {
    ClinikoAccount existing = accounts.get(name);
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(seed, size, zone, now);
    ClinikoAccount account = new ClinikoAccount(name, numbers.incrementAndGet(), world, kit);
    accounts.put(name, account);
    return account;
  }

  @Override
  public void replay(JsonNode call) {
    ClinikoAccount account = account(call.path("account").asText());
    account.lastId(call.path("ids").asLong());
    account.locked(() -> write(account, Journal.request(call), new Render("")));
  }

  public ClinikoAccount account(String name) {
    ClinikoAccount account = accounts.get(name);
    if (account == null) {
      throw new IllegalArgumentException("no Cliniko account " + name);
    }
    return account;
  }

  public Collection<ClinikoAccount> accounts() {
    return accounts.values();
  }

  @Override
  public Collection<ClinikoAccount> clinics() {
    return accounts();
  }

  @Override
  public void reset() {
    accounts.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  private record Caller(ClinikoAccount account, ClinikoKey key) {}

  private @Nullable Caller caller(Request request) {
    String header = request.header("authorization");
    if (header == null || !header.startsWith("Basic ")) {
      return null;
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
      String user = pair.contains(":") ? pair.substring(0, pair.indexOf(':')) : pair;
      for (ClinikoAccount account : accounts.values()) {
        ClinikoKey key = account.key(user);
        if (key != null) {
          return new Caller(account, key);
        }
      }
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
    return null;
  }

  @Override
  public String accountOf(Request request) {
    Caller caller = caller(request);
    return caller == null ? "unknown" : caller.account().name();
  }

  @Override
  public Answer answer(Request request) {
    Caller caller = caller(request);
    if (caller == null) {
      return error(401, "Unauthorized");
    }
    String agent = request.header("user-agent");
    if (agent == null || !AGENT.matcher(agent).matches()) {
      return error(
          403, "Requests without a name and a contact e-mail in the User-Agent are blocked");
    }
    Instant now = kit.clock().instant();
    var quota = caller.account().quota(caller.key());
    if (!quota.take(now)) {
      long opens = quota.opensAt(now).toEpochMilli();
      return error(429, "Rate limit exceeded")
          .with("X-RateLimit-Reset", Long.toString((opens + 999) / 1000));
    }
    try {
      return caller.account().locked(() -> route(caller, request));
    } catch (BadRequest refused) {
      return refused.status == 422
          ? Answer.json(422, refused.message())
          : error(refused.status, refused.message());
    } catch (NumberFormatException badId) {
      return error(404, "Not found");
    }
  }

  private static Answer error(int status, String message) {
    return Answer.json(status, JsonOut.of(Map.of("message", message)));
  }

  private Answer route(Caller caller, Request request) {
    if (!request.path().startsWith("/v1/")) {
      return error(404, "Not found");
    }
    List<String> path = List.of(request.path().substring(4).split("/"));
    String base = "http://" + request.headers().getOrDefault("host", "localhost") + "/cliniko/v1/";
    String resource =
        ACTION.matcher(path.getLast()).matches() && path.size() > 1
            ? path.getFirst()
            : path.getLast();
    boolean open =
        request.path().equals("/v1/settings/public") || request.path().equals("/v1/user");
    if (!open && !caller.key().may(request.method(), resource)) {
      return error(403, "Your role does not allow this");
    }
    Render render = new Render(base);
    return switch (request.method()) {
      case "GET" ->
          new ClinikoReads(caller.account(), render, base).get(request, path, caller.key());
      case "POST", "PATCH", "PUT" -> write(caller.account(), request, render);
      default -> error(404, "Not found");
    };
  }

  private Answer write(ClinikoAccount account, Request request, Render render) {
    long ids = account.lastId();
    List<String> path = List.of(request.path().substring(4).split("/"));
    Answer answer = new ClinikoWrites(account, render).write(request, path);
    if (answer.status() < 400) {
      kit.journal().call("cliniko", account.name(), ids, account.moment(), request);
    }
    return answer;
  }
}
