package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.world.Canaries;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Every token and code the agency has out. Thread-safe. */
final class GhlTokens {

  static final Duration ACCESS = Duration.ofSeconds(86_399);

  private final Clock clock;
  private final Journal journal;
  private final Map<String, Access> access = new ConcurrentHashMap<>();
  private final Map<String, Grant> refresh = new ConcurrentHashMap<>();
  private final Map<String, Grant> codes = new ConcurrentHashMap<>();

  /** What an OAuth pair reaches: one location, or the agency when {@code location} is null. */
  record Grant(@Nullable String location) {}

  /** A bearer token. {@code app} names whose quota it uses. */
  record Access(@Nullable String location, boolean oauth, String app, @Nullable Instant expires) {}

  record Pair(String access, String refresh, Grant grant) {}

  GhlTokens(Clock clock, Journal journal) {
    this.clock = clock;
    this.journal = journal;
  }

  /** Keeps a change: {@code what} is the member that names it. */
  private void keep(String what, String token, @Nullable String location, Map<String, ?> more) {
    if (journal.isOn()) {
      JsonOut line = new JsonOut(400).open().member(what, token).member("at", clock.instant());
      if (location != null) {
        line.member("location", location);
      }
      more.forEach(line::member);
      journal.add(line.close());
    }
  }

  void replay(JsonNode line) {
    String location = line.has("location") ? line.get("location").asText() : null;
    if (line.has("private")) {
      integration(line.get("private").asText(), location);
    } else if (line.has("revoked")) {
      revoke(line.get("revoked").asText());
    } else if (line.has("code")) {
      codes.put(line.get("code").asText(), new Grant(location));
    } else if (line.has("bearer")) {
      String spent = line.path("spent").asText();
      codes.remove(spent);
      refresh.remove(spent);
      store(
          new Pair(line.get("bearer").asText(), line.get("refresh").asText(), new Grant(location)),
          line.path("app").asText());
    }
  }

  /** A further private integration token. */
  void privateToken(String token, @Nullable String location) {
    integration(token, location);
    keep("private", token, location, Map.of());
  }

  void integration(String token, @Nullable String location) {
    access.put(token, new Access(location, false, "private:" + token.hashCode(), null));
  }

  void revoke(String token) {
    access.remove(token);
    refresh.remove(token);
    keep("revoked", token, null, Map.of());
  }

  /** A code as the browser would bring it back. */
  String code(@Nullable String location) {
    String code = UUID.randomUUID().toString().replace("-", "");
    codes.put(code, new Grant(location));
    keep("code", code, location, Map.of());
    return code;
  }

  /** Trades a code once; null when it is unknown or used. */
  @Nullable Pair byCode(String code, String app) {
    Grant grant = codes.remove(code);
    return grant == null ? null : issue(grant, app, code);
  }

  /** Trades a refresh token once; null when it is unknown or used. */
  @Nullable Pair byRefresh(String token, String app) {
    Grant grant = refresh.remove(token);
    return grant == null ? null : issue(grant, app, token);
  }

  /**
   * @param spent the code or refresh token traded for it; empty when the agency minted it
   */
  Pair issue(Grant grant, String app, String spent) {
    String bearer = "eyJ" + UUID.randomUUID() + "." + Canaries.SECRET + UUID.randomUUID();
    String next = "ref" + Canaries.SECRET + UUID.randomUUID();
    Pair pair = new Pair(bearer, next, grant);
    store(pair, app);
    keep("bearer", bearer, grant.location(), Map.of("refresh", next, "app", app, "spent", spent));
    return pair;
  }

  private void store(Pair pair, String app) {
    String location = pair.grant().location();
    access.put(pair.access(), new Access(location, true, app, clock.instant().plus(ACCESS)));
    refresh.put(pair.refresh(), pair.grant());
  }

  @Nullable Access find(@Nullable String header) {
    return header == null || !header.startsWith("Bearer ")
        ? null
        : access.get(header.substring(7).trim());
  }

  boolean expired(Access token) {
    return token.expires() != null && !token.expires().isAfter(clock.instant());
  }

  /** Every access token runs out now. */
  void expireAll() {
    access.replaceAll(
        (token, one) ->
            one.oauth() ? new Access(one.location(), true, one.app(), clock.instant()) : one);
  }

  void clear() {
    access.clear();
    refresh.clear();
    codes.clear();
  }
}
