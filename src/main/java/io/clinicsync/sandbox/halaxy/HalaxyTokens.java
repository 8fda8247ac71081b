package io.clinicsync.sandbox.halaxy;

import io.clinicsync.sandbox.world.Canaries;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens. They say by themselves whose they are and when they end, so that a restarted
 * sandbox knows them.
 */
final class HalaxyTokens {

  /** What Halaxy documents; its answer says an hour. */
  static final Duration LIFE = Duration.ofMinutes(15);

  private static final String KEY = "halaxy-sandbox";

  private final Map<String, Long> ended = new ConcurrentHashMap<>();
  private final AtomicLong serial = new AtomicLong();

  /** Whose token it is and whether it still works. */
  record Owner(String account, boolean expired) {}

  String issue(String account, Instant now) {
    String text = account + "\n" + serial.incrementAndGet() + "\n" + now.plus(LIFE).toEpochMilli();
    String body =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return body + "." + sealed(body);
  }

  private static String sealed(String body) {
    return Canaries.SECRET + mac(body);
  }

  @Nullable Owner owner(@Nullable String authorization, Instant now) {
    if (authorization == null || !authorization.startsWith("Bearer ")) {
      return null;
    }
    String[] parts = authorization.substring("Bearer ".length()).split("\\.");
    if (parts.length != 2 || !sealed(parts[0]).equals(parts[1])) {
      return null;
    }
    String[] text =
        new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8).split("\n");
    boolean over =
        now.toEpochMilli() >= Long.parseLong(text[2])
            || Long.parseLong(text[1]) <= ended.getOrDefault(text[0], 0L);
    return new Owner(text[0], over);
  }

  /** All tokens of an account are dead from now on. */
  void end(String account) {
    ended.put(account, serial.get());
  }

  private static String mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
