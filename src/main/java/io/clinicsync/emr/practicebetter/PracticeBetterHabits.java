package io.clinicsync.emr.practicebetter;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was learned of how each account reads what is written to it; kept with the account. */
final class PracticeBetterHabits {

  private static final Logger log = LoggerFactory.getLogger(PracticeBetterHabits.class);
  private static final String SESSION = "written-times";

  private final EmrSessions sessions;

  PracticeBetterHabits(EmrSessions sessions) {
    this.sessions = sessions;
  }

  /**
   * How to write, as far as is known.
   *
   * @param seconds the unit to begin with, as the account shows its own durations
   */
  PracticeBetterHabit of(EmrAccount account, boolean seconds) {
    return sessions
        .find(account, SESSION)
        .map(EmrSession::value)
        .map(PracticeBetterHabit::of)
        .orElse(new PracticeBetterHabit(null, seconds));
  }

  /** A habit that could not be kept is learned again; the session it was learned from stands. */
  void keep(EmrAccount account, PracticeBetterHabit habit) {
    try {
      sessions.alone(account, SESSION, holder -> holder.keep(habit.text(), null));
    } catch (EmrException notKept) {
      log.info("how this account reads times is not kept: {}", notKept.kind());
    }
  }
}
