package io.clinicsync.vault;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.KmsClients;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Wraps the owners' keysets. The first key wraps, every listed one can unwrap. */
@Component
class MasterKeys {

  private final Map<String, Aead> byId = new LinkedHashMap<>();
  private final String primary;

  MasterKeys(VaultSettings settings) throws GeneralSecurityException {
    AeadConfig.register();
    for (String spec : settings.masterKeys()) {
      int colon = spec.indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException("A master key reads id:base64 or id:KMS URI");
      }
      if (byId.put(spec.substring(0, colon), aead(spec.substring(colon + 1))) != null) {
        throw new IllegalArgumentException(
            "Two master keys have the id " + spec.substring(0, colon));
      }
    }
    if (byId.isEmpty()) {
      throw new IllegalArgumentException("No master key is set");
    }
    primary = byId.keySet().iterator().next();
  }

  String primary() {
    return primary;
  }

  Aead get(String id) {
    Aead aead = byId.get(id);
    if (aead == null) {
      throw new SecretUnreadable(
          "Master key " + id + " is not configured any more; add it back until all is re-wrapped");
    }
    return aead;
  }

  // The raw key comes from the operator; importing it is what the annotation is about.
  @AccessesPartialKey
  private static Aead aead(String material) throws GeneralSecurityException {
    if (material.contains("://")) {
      return KmsClients.get(material).getAead(material);
    }
    byte[] raw = Base64.getDecoder().decode(material);
    if (raw.length != 32) {
      throw new IllegalArgumentException("A master key has 32 bytes");
    }
    AesGcmParameters parameters =
        AesGcmParameters.builder()
            .setKeySizeBytes(32)
            .setIvSizeBytes(12)
            .setTagSizeBytes(16)
            .setVariant(AesGcmParameters.Variant.NO_PREFIX)
            .build();
    AesGcmKey key =
        AesGcmKey.builder()
            .setParameters(parameters)
            .setKeyBytes(SecretBytes.copyFrom(raw, InsecureSecretKeyAccess.get()))
            .build();
    return KeysetHandle.newBuilder()
        .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
        .build()
        .getPrimitive(RegistryConfiguration.get(), Aead.class);
  }
}
