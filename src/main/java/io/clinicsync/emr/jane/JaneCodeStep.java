package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PersonStep;
import java.util.Optional;

/**
 * The code Jane sends when the clinic's user signs in from a new place. A person types it once; the
 * session it opens is kept.
 */
final class JaneCodeStep implements PersonStep {

  private final JaneWeb web;

  JaneCodeStep(JaneWeb web) {
    this.web = web;
  }

  @Override
  public Optional<String> waitingFor(EmrAccount account) {
    return web.waiting(account) == null
        ? Optional.empty()
        : Optional.of(
            "Enter the code Jane has just sent to the clinic's user, by e-mail, text or app.");
  }

  @Override
  public void answer(EmrAccount account, String code) {
    web.answer(account, code);
  }
}
