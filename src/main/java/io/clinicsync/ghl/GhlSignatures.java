package io.clinicsync.ghl;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Tells whether a webhook is GoHighLevel's, over its bytes as they came [R37]. One key of the
 * vendor signs for every app of its marketplace, so a genuine webhook need not be ours: that is for
 * the reader of its app id to see.
 */
@Component
public class GhlSignatures {

  private static final String ED25519 = "Ed25519";

  private final List<PublicKey> keys;
  private final List<PublicKey> legacyKeys;

  GhlSignatures(GhlWebhookSettings settings, ObjectProvider<GhlTrustedKey> lent) {
    List<String> trusted = new ArrayList<>(settings.keys());
    lent.forEach(each -> trusted.add(each.key()));
    this.keys = read(trusted, ED25519, "clinicsync.ghl.webhooks.keys");
    this.legacyKeys =
        settings.legacy()
            ? read(settings.legacyKeys(), "RSA", "clinicsync.ghl.webhooks.legacy-keys")
            : List.of();
  }

  /** What a signature turned out to be. */
  public enum Verdict {
    GENUINE,
    /** No signature that counts was sent. */
    UNSIGNED,
    /** A signature was sent that fits no key. */
    FORGED
  }

  /**
   * Judges a call.
   *
   * @param body the raw bytes
   * @param signatures the values of {@code X-GHL-Signature}
   * @param legacy the values of {@code X-WH-Signature}; looked at only where that is switched on
   *     and the newer header is missing, so that nobody can choose the weaker one
   */
  public Verdict judge(byte[] body, List<String> signatures, List<String> legacy) {
    List<String> sent = filled(signatures);
    if (!sent.isEmpty()) {
      return fits(body, sent, keys, ED25519);
    }
    List<String> older = filled(legacy);
    return legacyKeys.isEmpty() || older.isEmpty()
        ? Verdict.UNSIGNED
        : fits(body, older, legacyKeys, "SHA256withRSA");
  }

  /** The vendor writes {@code N/A} where it did not sign. */
  private static List<String> filled(List<String> values) {
    return values.stream()
        .filter(each -> !each.isBlank() && !each.strip().equalsIgnoreCase("N/A"))
        .toList();
  }

  private static Verdict fits(
      byte[] body, List<String> sent, List<PublicKey> keys, String algorithm) {
    if (sent.size() != 1) {
      return Verdict.FORGED;
    }
    byte[] signature;
    try {
      signature = Base64.getDecoder().decode(sent.getFirst().strip());
    } catch (IllegalArgumentException notBase64) {
      return Verdict.FORGED;
    }
    for (PublicKey key : keys) {
      if (fits(body, signature, key, algorithm)) {
        return Verdict.GENUINE;
      }
    }
    return Verdict.FORGED;
  }

  private static boolean fits(byte[] body, byte[] signature, PublicKey key, String algorithm) {
    try {
      Signature judge = Signature.getInstance(algorithm);
      judge.initVerify(key);
      judge.update(body);
      return judge.verify(signature);
    } catch (GeneralSecurityException notOfThisForm) {
      return false;
    }
  }

  private static List<PublicKey> read(List<String> keys, String algorithm, String setting) {
    try {
      KeyFactory factory = KeyFactory.getInstance(algorithm);
      List<PublicKey> read = new ArrayList<>();
      for (String key : keys) {
        read.add(
            factory.generatePublic(
                new X509EncodedKeySpec(Base64.getDecoder().decode(key.strip()))));
      }
      return List.copyOf(read);
    } catch (GeneralSecurityException | IllegalArgumentException wrong) {
      throw new IllegalStateException(
          setting + " must hold public " + algorithm + " keys (X.509 SPKI, base64)", wrong);
    }
  }
}
