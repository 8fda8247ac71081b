package io.clinicsync.emr.simplepractice;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PersonStep;
import java.util.Optional;

/** The code SimplePractice asks a new browser for. A person types it; the session is kept. */
final class CodeStep implements PersonStep {

  private final Frontend frontend;

  CodeStep(Frontend frontend) {
    this.frontend = frontend;
  }

  @Override
  public Optional<String> waitingFor(EmrAccount account) {
    return frontend.waiting(account) == null
        ? Optional.empty()
        : Optional.of(
            "Enter the code SimplePractice has just sent to the team member, by text, call or app.");
  }

  @Override
  public void answer(EmrAccount account, String code) {
    frontend.answer(account, code);
  }
}
