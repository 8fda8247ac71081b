package io.clinicsync.sandbox.ghl;

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
  private final Map<String, Access> access = new ConcurrentHashMap<>();
  private final Map<String, Grant> refresh = new ConcurrentHashMap<>();
  private final Map<String, Grant> codes = new ConcurrentHashMap<>();

  /** What an OAuth pair reaches: one location, or the agency when {@code location} is null. */
  record Grant(@Nullable String location) {}

  /** A bearer token. {@code app} names whose quota it uses. */
  record Access(@Nullable String location, boolean oauth, String app, @Nullable Instant expires) {}

  record Pair(String access, String refresh, Grant grant) {}

  GhlTokens(Clock clock) {
    this.clock = clock;
  }

  void integration(String token, @Nullable String location) {
    access.put(token, new Access(location, false, "private:" + token.hashCode(), null));
  }

  void revoke(String token) {
    access.remove(token);
    refresh.remove(token);
  }

  /** A code as the browser would bring it back. */
  String code(@Nullable String location) {
    String code = UUID.randomUUID().toString().replace("-", "");
    codes.put(code, new Grant(location));
    return code;
  }

  /** Trades a code once; null when it is unknown or used. */
  @Nullable Pair byCode(String code, String app) {
    Grant grant = codes.remove(code);
    return grant == null ? null : issue(grant, app);
  }

  /** Trades a refresh token once; null when it is unknown or used. */
  @Nullable Pair byRefresh(String token, String app) {
    Grant grant = refresh.remove(token);
    return grant == null ? null : issue(grant, app);
  }

  Pair issue(Grant grant, String app) {
    String bearer = "eyJ" + UUID.randomUUID() + "." + UUID.randomUUID();
    String next = "ref" + UUID.randomUUID();
    access.put(bearer, new Access(grant.location(), true, app, clock.instant().plus(ACCESS)));
    refresh.put(next, grant);
    return new Pair(bearer, next, grant);
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
