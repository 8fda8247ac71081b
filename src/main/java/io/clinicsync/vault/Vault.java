package io.clinicsync.vault;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Seals and opens secrets. A sealed value names its data key, and opens only under the owner, row
 * and column it was sealed for, so a value copied to another row is worthless [R44].
 */
@Component
public class Vault {

  private static final Logger log = LoggerFactory.getLogger(Vault.class);

  private final MasterKeys masterKeys;
  private final Keysets keysets;

  /**
   * Opened keysets; an owner's data keys do not change when the master key does, so entries stay
   * valid through a rotation.
   */
  private final LoadingCache<Owner, Aead> open =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .expireAfterAccess(Duration.ofMinutes(30))
          .build(this::load);

  Vault(MasterKeys masterKeys, Keysets keysets) {
    this.masterKeys = masterKeys;
    this.keysets = keysets;
  }

  /**
   * Seals a secret for one place. Opens a transaction of its own the first time an owner is seen.
   *
   * @param row identifies the row within its table, for example a connection id
   * @param column table and column, for example {@code clinics_connection_credentials.apiKey}
   */
  public byte[] seal(Owner owner, String row, String column, String secret) {
    try {
      return open.get(owner)
          .encrypt(secret.getBytes(StandardCharsets.UTF_8), place(owner, row, column));
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException("Sealing failed for " + column, failure);
    }
  }

  /**
   * Opens what was sealed for exactly this place.
   *
   * @throws SecretUnreadable when it was not
   */
  public String open(Owner owner, String row, String column, byte[] sealed) {
    try {
      return new String(
          open.get(owner).decrypt(sealed, place(owner, row, column)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException failure) {
      throw new SecretUnreadable("The value in " + column + " does not open for this row");
    }
  }

  /**
   * Wraps with the first master key every keyset that another one wraps. Safe to run on every node
   * at once and at any time.
   *
   * @return how many were re-wrapped here
   */
  public int rewrapAll() {
    List<Owner> outdated = keysets.notWrappedBy(masterKeys.primary());
    int done = 0;
    for (Owner owner : outdated) {
      Keysets.Wrapped old = keysets.find(owner).orElseThrow();
      if (!old.masterKeyId().equals(masterKeys.primary())
          && keysets.rewrap(owner, old, wrap(owner, unwrap(owner, old)))) {
        done++;
      }
    }
    if (done > 0) {
      log.info("Re-wrapped {} keysets with master key {}", done, masterKeys.primary());
    }
    return done;
  }

  private Aead load(Owner owner) throws GeneralSecurityException {
    Keysets.Wrapped wrapped = keysets.find(owner).orElse(null);
    if (wrapped == null) {
      KeysetHandle fresh = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM);
      wrapped = keysets.addIfAbsent(owner, wrap(owner, fresh));
    }
    return unwrap(owner, wrapped).getPrimitive(RegistryConfiguration.get(), Aead.class);
  }

  private Keysets.Wrapped wrap(Owner owner, KeysetHandle keyset) {
    try {
      String id = masterKeys.primary();
      return new Keysets.Wrapped(
          TinkProtoKeysetFormat.serializeEncryptedKeyset(
              keyset, masterKeys.get(id), bytes(owner.label())),
          id);
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException("A keyset could not be wrapped", failure);
    }
  }

  private KeysetHandle unwrap(Owner owner, Keysets.Wrapped wrapped) {
    try {
      return TinkProtoKeysetFormat.parseEncryptedKeyset(
          wrapped.bytes(), masterKeys.get(wrapped.masterKeyId()), bytes(owner.label()));
    } catch (GeneralSecurityException failure) {
      throw new SecretUnreadable(
          "The keyset of "
              + owner.label()
              + " does not open with master key "
              + wrapped.masterKeyId());
    }
  }

  private static byte[] place(Owner owner, String row, String column) {
    return bytes(owner.label() + '\n' + row + '\n' + column);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
