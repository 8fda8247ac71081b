package io.clinicsync.sandbox.practicebetter;

import java.time.ZoneId;

/** How one simulated practice behaves where the vendor's behaviour differs or is not known. */
final class PracticeBetterSwitches {

  /** A written {@code sessionDate} is wall time of this zone when {@link #wall} is on. */
  static final ZoneId WALL_ZONE = ZoneId.of("America/New_York");

  /** Written session dates are naive wall time; a numeric offset is answered 500. */
  volatile boolean wall;

  /** Durations are seconds instead of minutes, both ways. */
  volatile boolean seconds;

  /** How many days the slots of one call cover. */
  volatile int horizon = 1;

  /** The status of a duplicate e-mail: 409, 400 or 500. */
  volatile int duplicateAs = 409;

  /** The team may not be listed. */
  volatile boolean teamHidden;

  /** Sheets may not be read. */
  volatile boolean sheetsHidden;

  /** Changes of sessions are answered 202 without a body. */
  volatile boolean accepted;
}
