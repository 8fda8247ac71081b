package io.clinicsync.vault;

import java.io.Serial;

/**
 * A sealed value does not open: another row's, another owner's, tampered with, or its master key is
 * gone.
 */
public class SecretUnreadable extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  SecretUnreadable(String message) {
    super(message);
  }
}
