package io.clinicsync.access;

import java.util.UUID;

/**
 * A key as it is shown once.
 *
 * @param secret the whole key, to be sent as {@code x-api-key}; kept nowhere
 */
public record IssuedKey(UUID id, String name, String secret) {

  @Override
  public String toString() {
    return "IssuedKey[" + id + ", " + name + "]";
  }
}
