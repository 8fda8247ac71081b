package io.clinicsync.ghl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.ghl.GhlSignatures.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

/** Whose signature counts, and the older one only where it was switched on. */
class GhlSignaturesTests {

  private static final byte[] BODY = "{\"type\": \"INSTALL\"}".getBytes(StandardCharsets.UTF_8);

  private static final KeyPair NEWER = keys("Ed25519");
  private static final KeyPair OLDER = keys("RSA");

  private static GhlSignatures signatures(GhlWebhookSettings settings) {
    return new GhlSignatures(
        settings, new StaticListableBeanFactory().getBeanProvider(GhlTrustedKey.class));
  }

  private GhlSignatures trusting(boolean legacy) {
    return signatures(new GhlWebhookSettings(List.of(spki(NEWER)), legacy, List.of(spki(OLDER))));
  }

  @Test
  void theOlderSignatureCountsOnlyWhereItIsSwitchedOn() throws Exception {
    List<String> signature = List.of(sign("SHA256withRSA", OLDER));
    assertThat(trusting(false).judge(BODY, List.of(), signature)).isEqualTo(Verdict.UNSIGNED);
    assertThat(trusting(true).judge(BODY, List.of(), signature)).isEqualTo(Verdict.GENUINE);
    assertThat(trusting(true).judge(BODY, List.of("N/A"), signature)).isEqualTo(Verdict.GENUINE);
    assertThat(trusting(true).judge(BODY, List.of(), List.of("N/A"))).isEqualTo(Verdict.UNSIGNED);
    assertThat(trusting(true).judge(BODY, List.of(), List.of(sign("SHA256withRSA", keys("RSA")))))
        .isEqualTo(Verdict.FORGED);
  }

  @Test
  void nobodyChoosesTheWeakerOne() throws Exception {
    assertThat(
            trusting(true)
                .judge(
                    BODY,
                    List.of(sign("Ed25519", keys("Ed25519"))),
                    List.of(sign("SHA256withRSA", OLDER))))
        .isEqualTo(Verdict.FORGED);
  }

  @Test
  void thePublishedKeysAreBuiltIn() throws Exception {
    GhlSignatures published =
        signatures(
            new GhlWebhookSettings(
                List.of(GhlWebhookSettings.PUBLISHED),
                true,
                List.of(GhlWebhookSettings.PUBLISHED_LEGACY)));
    assertThat(published.judge(BODY, List.of(sign("Ed25519", NEWER)), List.of()))
        .isEqualTo(Verdict.FORGED);
  }

  @Test
  void aKeyThatIsNoneStopsTheStart() {
    assertThatThrownBy(
            () -> signatures(new GhlWebhookSettings(List.of("bm90IGEga2V5"), false, List.of())))
        .hasMessageContaining("clinicsync.ghl.webhooks.keys");
  }

  private static KeyPair keys(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("RSA")) {
        generator.initialize(2048); // longer ones take seconds to make
      }
      return generator.generateKeyPair();
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String spki(KeyPair keys) {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  private static String sign(String algorithm, KeyPair keys) throws Exception {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(keys.getPrivate());
    signer.update(BODY);
    return Base64.getEncoder().encodeToString(signer.sign());
  }
}
