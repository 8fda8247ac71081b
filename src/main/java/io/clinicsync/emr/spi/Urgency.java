package io.clinicsync.emr.spi;

/**
 * Whether somebody waits for the answer; decides whose share of the quota a call draws on [R15].
 */
public enum Urgency {
  /** A caller waits: booking, availability, a check from a form. */
  BOOKING,
  /** Background work. */
  SYNC
}
