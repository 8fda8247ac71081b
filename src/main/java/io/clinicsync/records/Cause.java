package io.clinicsync.records;

/**
 * Why a patient's facts are due. Earlier ones go first, and the earliest stays when a patient is
 * marked twice.
 */
public enum Cause {
  /** We wrote it ourselves: a caller waits for the contact to follow. */
  OWN_WRITE,
  /** The EMR changed. */
  SYNC,
  /** Time passed. */
  CLOCK,
  /** Names or settings changed; quiet. */
  MAPPING,
  /** First load, re-sync or reconnect; quiet [TR-4]. */
  BACKFILL;

  /** Whether data is written without announcing anything. */
  public boolean isQuiet() {
    return this == MAPPING || this == BACKFILL;
  }
}
