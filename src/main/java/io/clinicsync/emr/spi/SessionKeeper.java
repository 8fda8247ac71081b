package io.clinicsync.emr.spi;

import java.time.Duration;

/** A grant that ends unless it is used: renewed by a job of {@code sync} while we are up. */
public non-sealed interface SessionKeeper extends Capability {

  /** How often at least. */
  Duration every();

  /**
   * Renews the grant when it is due, single-flight; does nothing when another call just did.
   *
   * @throws EmrException CREDENTIALS_REJECTED when the grant has ended and a person must sign in
   */
  void keep(EmrAccount account);
}
