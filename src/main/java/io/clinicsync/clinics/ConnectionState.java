package io.clinicsync.clinics;

/** How a connection is doing [ER-1]. */
public enum ConnectionState {
  /** Created; the first load has not finished. */
  CONNECTING,
  HEALTHY,
  /** Behind, and working on it. */
  CATCHING_UP,
  /** Some source fails, the rest flows. */
  DEGRADED,
  /** Nothing flows before somebody acts. */
  ACTION_NEEDED,
  PAUSED,
  /** The credentials were removed. */
  REVOKED
}
