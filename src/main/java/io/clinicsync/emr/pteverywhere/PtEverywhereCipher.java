package io.clinicsync.emr.pteverywhere;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens what PtEverywhere sealed. Its sample uses the AES of CryptoJS; the mode is not told, so the
 * ways that library has are tried in turn. Only bodies whose signature was right come here.
 */
final class PtEverywhereCipher {

  private static final byte[] SALTED = "Salted__".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 16;

  private PtEverywhereCipher() {}

  /**
   * The text inside, where it looks like a JSON object.
   *
   * @param sealed Base64
   */
  static Optional<String> open(String sealed, String secret) {
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(sealed);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > BLOCK && Arrays.equals(Arrays.copyOf(bytes, SALTED.length), SALTED)) {
      return tried(() -> byPassphrase(bytes, key));
    }
    if (key.length != 16 && key.length != 24 && key.length != 32) {
      return Optional.empty();
    }
    return tried(() -> byBlocks(bytes, key)).or(() -> tried(() -> chained(bytes, key)));
  }

  private interface Opening {
    byte[] open() throws GeneralSecurityException;
  }

  private static Optional<String> tried(Opening opening) {
    try {
      String text = new String(opening.open(), StandardCharsets.UTF_8).strip();
      return Optional.of(text).filter(each -> each.startsWith("{") && each.endsWith("}"));
    } catch (GeneralSecurityException anotherMode) {
      return Optional.empty();
    }
  }

  /** OpenSSL's derivation: MD5 over and over of what came before, the secret and the salt. */
  private static byte[] byPassphrase(byte[] bytes, byte[] secret) throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("MD5");
    byte[] made = new byte[48];
    byte[] last = {};
    for (int from = 0; from < made.length; from += last.length) {
      digest.update(last);
      digest.update(secret);
      digest.update(bytes, SALTED.length, BLOCK - SALTED.length);
      last = digest.digest();
      System.arraycopy(last, 0, made, from, last.length);
    }
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(made, 0, 32, "AES"),
        new IvParameterSpec(made, 32, BLOCK));
    return cipher.doFinal(bytes, BLOCK, bytes.length - BLOCK);
  }

  // The vendor's choice, not ours; the body's signature is what we trust.
  @SuppressWarnings("InsecureCipherMode")
  private static byte[] byBlocks(byte[] bytes, byte[] key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"));
    return cipher.doFinal(bytes);
  }

  private static byte[] chained(byte[] bytes, byte[] key) throws GeneralSecurityException {
    if (bytes.length <= BLOCK) {
      throw new GeneralSecurityException("too short");
    }
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(bytes, 0, BLOCK));
    return cipher.doFinal(bytes, BLOCK, bytes.length - BLOCK);
  }
}
