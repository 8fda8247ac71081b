package io.clinicsync.crm;

import java.time.Duration;

/** What became of one item of the queue. */
sealed interface Outcome {

  /** Worked off: written, or nothing to write. */
  record Done() implements Outcome {}

  /**
   * To be tried again.
   *
   * @param code stable code of the reason [ER-3]
   */
  record Later(Duration after, String code) implements Outcome {}

  /** The sub-account as a whole cannot be written now; everything else waits too. */
  record Stop(Duration after, String code) implements Outcome {}
}
