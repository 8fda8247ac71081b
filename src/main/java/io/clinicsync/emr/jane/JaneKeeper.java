package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.SessionKeeper;
import java.time.Duration;

/** A refresh token lives thirty minutes: renewed at every third of it. */
final class JaneKeeper implements SessionKeeper {

  private final JaneGrants grants;

  JaneKeeper(JaneGrants grants) {
    this.grants = grants;
  }

  @Override
  public Duration every() {
    return Duration.ofMinutes(10);
  }

  @Override
  public void keep(EmrAccount account) {
    grants.keep(account);
  }
}
