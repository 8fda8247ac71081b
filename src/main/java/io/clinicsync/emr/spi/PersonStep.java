package io.clinicsync.emr.spi;

import java.util.Optional;

/**
 * A sign-in that may need a person: the vendor sent a code or asks for one. Offered through our API
 * after {@link EmrException.Kind#PERSON_NEEDED}; we never answer a challenge ourselves [D10].
 */
public non-sealed interface PersonStep extends Capability {

  /** What a person is asked for, one plain sentence; empty when nothing waits. Makes no call. */
  Optional<String> waitingFor(EmrAccount account);

  /**
   * Answers what waits.
   *
   * @throws EmrException PERSON_NEEDED when the code is wrong or too late; another challenge may
   *     wait then
   */
  void answer(EmrAccount account, String code);
}
