package io.clinicsync.http;

/** Which share of a quota a call draws on. */
public enum Lane {
  /** Somebody waits for the answer; goes first. */
  BOOKING,
  /** As booking, where a few calls follow one another, so that their permits may come together. */
  CHANGE,
  /** Background work; borrows what booking leaves idle. */
  SYNC;

  boolean isWaitedFor() {
    return this != SYNC;
  }
}
