package io.clinicsync.sandbox.pteverywhere;

import io.clinicsync.sandbox.world.Canaries;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tokens that say by themselves whose they are, so that a restarted sandbox knows them. */
final class PtEverywhereTokens {

  static final Duration LIFE = Duration.ofHours(1);
  private static final String KEY = "pteverywhere-sandbox";
  private static final String HEAD = "eyJraWQiOiJwdGUifQ";

  private final Map<String, Long> endedBefore = new ConcurrentHashMap<>();
  private final Map<String, Integer> used = new ConcurrentHashMap<>();
  private final AtomicLong serial = new AtomicLong();

  String issue(String account, Instant now) {
    String text = account + "\n" + serial.incrementAndGet() + "\n" + now.plus(LIFE).toEpochMilli();
    String body =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return HEAD + "." + body + "." + sealed(body);
  }

  private static String sealed(String body) {
    return Canaries.SECRET + PtEverywhereHooks.mac(body, KEY);
  }

  /** Whose token it is, while it stands. */
  Optional<String> account(@Nullable String token, Instant now) {
    String[] parts = token == null ? new String[0] : token.split("\\.");
    if (parts.length != 3 || !parts[0].equals(HEAD) || !sealed(parts[1]).equals(parts[2])) {
      return Optional.empty();
    }
    String[] text =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).split("\n");
    boolean stands =
        now.isBefore(Instant.ofEpochMilli(Long.parseLong(text[2])))
            && Long.parseLong(text[1]) > endedBefore.getOrDefault(text[0], 0L);
    return stands ? Optional.of(text[0]) : Optional.empty();
  }

  /** Counts a call; false when the token was good for fewer. */
  boolean use(String token, int most) {
    return most == 0 || used.merge(token, 1, Integer::sum) <= most;
  }

  /** Every token of an account ends now. */
  void end(String account) {
    endedBefore.put(account, serial.get());
  }
}
