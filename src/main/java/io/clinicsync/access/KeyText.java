package io.clinicsync.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How an API key is written: {@code cs_<id>_<256-bit secret>}, both in URL-safe base64 without
 * padding.
 */
record KeyText(UUID id, String secret) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final int ID_LENGTH = 22;
  private static final int SECRET_LENGTH = 43;

  static KeyText create() {
    return new KeyText(UUID.randomUUID(), random());
  }

  static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return ENCODER.encodeToString(bytes);
  }

  /** Reads a key as sent; empty when it cannot be one. */
  static Optional<KeyText> parse(String text) {
    if (text.length() != 3 + ID_LENGTH + 1 + SECRET_LENGTH
        || !text.startsWith("cs_")
        || text.charAt(3 + ID_LENGTH) != '_') {
      return Optional.empty();
    }
    try {
      ByteBuffer id =
          ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(3, 3 + ID_LENGTH)));
      return Optional.of(
          new KeyText(new UUID(id.getLong(), id.getLong()), text.substring(4 + ID_LENGTH)));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  String text() {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return "cs_" + ENCODER.encodeToString(bytes) + "_" + secret;
  }

  /** The secret's hash under a key of its own. */
  byte[] hash(String hashKey) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(hashKey.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Compares in constant time. */
  boolean matches(String hashKey, byte[] expected) {
    return MessageDigest.isEqual(hash(hashKey), expected);
  }

  @Override
  public String toString() {
    return "KeyText[" + id + "]";
  }
}
