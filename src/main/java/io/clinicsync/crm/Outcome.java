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
   * @param most after how many refusals it is parked; 0 where the reason is none
   */
  record Later(Duration after, String code, int most) implements Outcome {

    Later(Duration after, String code) {
      this(after, code, 0);
    }
  }

  /** The sub-account as a whole cannot be written now; everything else waits too. */
  record Stop(Duration after, String code) implements Outcome {}
}
