package io.clinicsync.sandbox.simplepractice;

import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.world.Canaries;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Browsers at the sign-in side and at the application, and what passes between the two. */
final class Sessions {

  static final String APP_COOKIE = "simplepractice-session";
  static final String ACCOUNT_COOKIE = "_account_session";
  private static final Duration IDLE = Duration.ofHours(12);
  private static final Duration CODE_LIFE = Duration.ofMinutes(10);

  /** A browser at the sign-in side. */
  static final class Visitor {
    final String id;
    volatile @Nullable SimplePracticeAccount signedIn;
    volatile @Nullable SimplePracticeAccount challenged;
    volatile Instant challengedAt = Instant.EPOCH;

    private Visitor(String id) {
      this.id = id;
    }

    String token() {
      return Canaries.SECRET + hash("token/" + id);
    }

    @Nullable SimplePracticeAccount challenged(Instant now) {
      return now.isAfter(challengedAt.plus(CODE_LIFE)) ? null : challenged;
    }
  }

  /** A browser in the application. */
  static final class Seat {
    final String id;
    final SimplePracticeAccount account;
    private volatile Instant seenAt;

    private Seat(String id, SimplePracticeAccount account, Instant now) {
      this.id = id;
      this.account = account;
      this.seenAt = now;
    }

    String csrf() {
      return Canaries.SECRET + hash("csrf/" + id);
    }
  }

  private final Map<String, Visitor> visitors = new ConcurrentHashMap<>();
  private final Map<String, Seat> seats = new ConcurrentHashMap<>();
  private final Map<String, SimplePracticeAccount> assertions = new ConcurrentHashMap<>();
  private final AtomicLong serial = new AtomicLong();

  static String hash(String text) {
    return UUID.nameUUIDFromBytes(("simplepractice/" + text).getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "");
  }

  private String fresh(String what, Instant now) {
    return Canaries.SECRET + hash(what + "/" + serial.incrementAndGet() + "/" + now);
  }

  Visitor visitor(Request request, Instant now) {
    String id = cookie(request, ACCOUNT_COOKIE);
    Visitor known = id == null ? null : visitors.get(id);
    if (known != null) {
      return known;
    }
    Visitor visitor = new Visitor(fresh("visitor", now));
    visitors.put(visitor.id, visitor);
    return visitor;
  }

  @Nullable Seat seat(Request request, Instant now) {
    String id = cookie(request, APP_COOKIE);
    Seat seat = id == null ? null : seats.get(id);
    if (seat == null || now.isAfter(seat.seenAt.plus(IDLE))) {
      return null;
    }
    seat.seenAt = now;
    return seat;
  }

  Seat sit(SimplePracticeAccount account, Instant now) {
    Seat seat = new Seat(fresh("seat", now), account, now);
    seats.put(seat.id, seat);
    return seat;
  }

  /** What the sign-in side says of a user; good once. */
  String assertion(SimplePracticeAccount account, Instant now) {
    String text = fresh("saml", now);
    assertions.put(text, account);
    return text;
  }

  @Nullable SimplePracticeAccount redeem(String assertion) {
    return assertions.remove(assertion);
  }

  /** The application forgets the practice; the sign-in side does so only if told. */
  void end(SimplePracticeAccount account, boolean everywhere) {
    seats.values().removeIf(seat -> seat.account == account);
    if (everywhere) {
      visitors.values().removeIf(visitor -> visitor.signedIn == account);
    }
  }

  void clear() {
    seats.clear();
    visitors.clear();
    assertions.clear();
  }

  private static @Nullable String cookie(Request request, String name) {
    String cookies = request.header("cookie");
    if (cookies != null) {
      for (String cookie : cookies.split(";")) {
        String[] pair = cookie.strip().split("=", 2);
        if (pair.length == 2 && pair[0].equals(name)) {
          return pair[1];
        }
      }
    }
    return null;
  }
}
