package io.clinicsync.emr.practicebetter;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;

/** What was learned of how each account reads what is written to it; kept with the account. */
final class PracticeBetterHabits {

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

  void keep(EmrAccount account, PracticeBetterHabit habit) {
    sessions.alone(account, SESSION, holder -> holder.keep(habit.text(), null));
  }
}
