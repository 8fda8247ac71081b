package io.clinicsync.sandbox.practicebetter;

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

/** Access tokens that say by themselves whose they are, so that a restarted sandbox knows them. */
final class PracticeBetterTokens {

  static final Duration LIFE = Duration.ofHours(1);
  private static final String KEY = "practicebetter-sandbox";

  private final Map<String, Long> endedBefore = new ConcurrentHashMap<>();
  private final AtomicLong serial = new AtomicLong();

  String issue(String account, Instant now) {
    String text = account + "\n" + serial.incrementAndGet() + "\n" + now.plus(LIFE).toEpochMilli();
    String body =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return "eyJ0eXAiOiJKV1QifQ." + body + "." + sealed(body);
  }

  private static String sealed(String body) {
    return Canaries.SECRET + PracticeBetterHooks.mac(body, KEY);
  }

  /** Whose token it is, while it stands. */
  Optional<String> account(@Nullable String token, Instant now) {
    String[] parts = token == null ? new String[0] : token.split("\\.");
    if (parts.length != 3 || !sealed(parts[1]).equals(parts[2])) {
      return Optional.empty();
    }
    String[] text =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).split("\n");
    boolean stands =
        now.isBefore(Instant.ofEpochMilli(Long.parseLong(text[2])))
            && Long.parseLong(text[1]) > endedBefore.getOrDefault(text[0], 0L);
    return stands ? Optional.of(text[0]) : Optional.empty();
  }

  /** Every token of an account ends now. */
  void end(String account) {
    endedBefore.put(account, serial.get());
  }
}
