package io.clinicsync.sandbox.jane;

import io.clinicsync.sandbox.world.Canaries;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Codes, access tokens and refresh tokens of the Developer Platform. Tokens say by themselves whose
 * they are and when they end, so that a restarted sandbox knows them; only which refresh tokens are
 * used up is forgotten.
 */
final class JaneTokens {

  static final Duration ACCESS = Duration.ofSeconds(300);
  static final Duration REFRESH = Duration.ofSeconds(1800);
  private static final Duration CODE = Duration.ofSeconds(60);
  private static final String KEY = "jane-sandbox-realm";

  private final Map<String, Code> codes = new ConcurrentHashMap<>();
  private final Set<String> used = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> accessEndedBefore = new ConcurrentHashMap<>();
  private final Map<String, Long> refreshEndedBefore = new ConcurrentHashMap<>();
  private final AtomicLong serial = new AtomicLong();

  /** An allowed sign-in that waits to be redeemed. */
  record Code(String account, String redirect, String challenge, Instant at) {}

  /** Two tokens of one grant. */
  record Pair(String access, String refresh) {}

  String code(String account, String redirect, String challenge, Instant now) {
    String code = "code-" + JaneHooks.mac(account + "/" + serial.incrementAndGet() + now, KEY);
    codes.put(code, new Code(account, redirect, challenge, now));
    return code;
  }

  /** Whose code it is; a code works once, for a minute, with its verifier. */
  Optional<String> redeem(String code, String redirect, String verifier, Instant now) {
    Code found = codes.remove(code);
    boolean good =
        found != null
            && found.redirect().equals(redirect)
            && found.challenge().equals(challenge(verifier))
            && now.isBefore(found.at().plus(CODE));
    return good ? Optional.of(found.account()) : Optional.empty();
  }

  private static String challenge(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  Pair issue(String account, Instant now) {
    long number = serial.incrementAndGet();
    return new Pair(
        seal("access", account, number, now.plus(ACCESS)),
        seal("refresh", account, number, now.plus(REFRESH)));
  }

  private static String seal(String kind, String account, long number, Instant ends) {
    String text = kind + "\n" + account + "\n" + number + "\n" + ends.toEpochMilli();
    String body =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    // Three parts as in a signed token; clients do not look inside.
    return "eyJhbGciOiJSUzI1NiJ9." + body + "." + sealed(body);
  }

  private static String sealed(String body) {
    return Canaries.SECRET + JaneHooks.mac(body, KEY);
  }

  /** Whose access token it is, while it stands. */
  Optional<String> access(@Nullable String token, Instant now) {
    return open("access", token, now, accessEndedBefore);
  }

  /** Whose refresh token it is; it works once. */
  Optional<String> refresh(String token, Instant now) {
    Optional<String> account = open("refresh", token, now, refreshEndedBefore);
    return account.isPresent() && used.add(token) ? account : Optional.empty();
  }

  private static Optional<String> open(
      String kind, @Nullable String token, Instant now, Map<String, Long> endedBefore) {
    String[] parts = token == null ? new String[0] : token.split("\\.");
    if (parts.length != 3 || !sealed(parts[1]).equals(parts[2])) {
      return Optional.empty();
    }
    String[] text =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).split("\n");
    boolean stands =
        text[0].equals(kind)
            && now.isBefore(Instant.ofEpochMilli(Long.parseLong(text[3])))
            && Long.parseLong(text[2]) > endedBefore.getOrDefault(text[1], 0L);
    return stands ? Optional.of(text[1]) : Optional.empty();
  }

  /** All access tokens of a clinic end now; refresh tokens go on. */
  void endAccess(String account) {
    accessEndedBefore.put(account, serial.get());
  }

  /** The clinic took its permission back. */
  void endGrant(String account) {
    endAccess(account);
    refreshEndedBefore.put(account, serial.get());
  }
}
