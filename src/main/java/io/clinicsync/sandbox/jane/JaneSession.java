package io.clinicsync.sandbox.jane;

import io.clinicsync.sandbox.world.Canaries;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One browser's session, anonymous until it signs in. */
final class JaneSession {

  static final String COOKIE = "_front_desk_session";
  private static final long IDLE_SECONDS = 12 * 3600;

  private final String id;
  private final AtomicLong answers = new AtomicLong();
  private volatile @Nullable JaneAccount account;
  private volatile @Nullable JaneAccount challenged;
  private volatile Instant challengedAt = Instant.EPOCH;
  private volatile Instant seenAt;
  private volatile boolean warm;

  private JaneSession(String id, Instant now) {
    this.id = id;
    this.seenAt = now;
  }

  /** All sessions of the simulator. */
  static final class Sessions {

    private final Map<String, JaneSession> byId = new ConcurrentHashMap<>();
    private final AtomicLong serial = new AtomicLong();

    /** The browser's session, or a new anonymous one. */
    JaneSession of(@Nullable String cookies, Instant now) {
      String value = value(cookies);
      JaneSession known = value == null ? null : byId.get(value.split("--")[0]);
      if (known != null && known.accepts(value) && !known.idle(now)) {
        known.seenAt = now;
        return known;
      }
      String id =
          Canaries.SECRET
              + JaneHooks.mac("session/" + serial.incrementAndGet() + "/" + now, "jane");
      JaneSession fresh = new JaneSession(id, now);
      byId.put(id, fresh);
      return fresh;
    }

    /** Whose session it is, without making one. */
    @Nullable JaneAccount accountOf(@Nullable String cookies) {
      String value = value(cookies);
      JaneSession known = value == null ? null : byId.get(value.split("--")[0]);
      return known == null ? null : known.account;
    }

    void end(JaneAccount account) {
      byId.values().removeIf(session -> account == session.account);
    }

    void clear() {
      byId.clear();
    }

    private static @Nullable String value(@Nullable String cookies) {
      if (cookies != null) {
        for (String cookie : cookies.split(";")) {
          String[] pair = cookie.strip().split("=", 2);
          if (pair.length == 2 && pair[0].equals(COOKIE) && !pair[1].isEmpty()) {
            return pair[1];
          }
        }
      }
      return null;
    }
  }

  private boolean accepts(@Nullable String value) {
    JaneAccount whose = account == null ? challenged : account;
    return whose == null
        || !whose.switches().strictCookies
        || (id + "--" + answers.get()).equals(value);
  }

  private boolean idle(Instant now) {
    return now.isAfter(seenAt.plusSeconds(IDLE_SECONDS));
  }

  /** The next cookie; with the strict switch the one before is dead now. */
  String nextCookie() {
    return COOKIE
        + "="
        + id
        + "--"
        + answers.incrementAndGet()
        + "; path=/; HttpOnly; Secure; SameSite=Lax";
  }

  String csrf() {
    return Canaries.SECRET + JaneHooks.mac("csrf/" + id, "jane").substring(0, 40);
  }

  @Nullable JaneAccount account() {
    return account;
  }

  void signIn(JaneAccount whose) {
    account = whose;
    challenged = null;
  }

  void challenge(JaneAccount whose, Instant now) {
    challenged = whose;
    challengedAt = now;
  }

  /** Who must still type a code; a code is good for five minutes. */
  @Nullable JaneAccount challenged(Instant now) {
    return now.isAfter(challengedAt.plusSeconds(300)) ? null : challenged;
  }

  boolean isWarm() {
    return warm;
  }

  void warm() {
    warm = true;
  }
}
