package io.clinicsync.http;

/** Which share of a quota a call draws on. */
public enum Lane {
  /** Somebody waits for the answer; goes first. */
  BOOKING,
  /** Background work; borrows what booking leaves idle. */
  SYNC
}
