package io.clinicsync.vault;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The master keys.
 *
 * @param masterKeys each {@code id:base64 of 32 bytes} or {@code id:KMS URI}; the first wraps, all
 *     can unwrap. To rotate: add the new key behind the old one on every node, then put it first,
 *     wait for the re-wrap to finish, drop the old
 */
@ConfigurationProperties("clinicsync.vault")
record VaultSettings(@DefaultValue List<String> masterKeys) {

  @Override
  public String toString() {
    return "VaultSettings[" + masterKeys.size() + " master keys]";
  }
}
