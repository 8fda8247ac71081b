package io.clinicsync.emr.spi;

/**
 * Whether somebody waits for the answer; decides whose share of the quota a call draws on [R15].
 */
public enum Urgency {
  /** A caller waits for what a few calls in a row bring about, once nothing speaks against it. */
  CHANGE,
  /** A caller waits: availability, a look-up, a check from a form. */
  BOOKING,
  /** Background work. */
  SYNC;

  /** Whether a caller waits. */
  public boolean isWaitedFor() {
    return this != SYNC;
  }
}
