package io.clinicsync.insights;

/** What kind of value a fact path holds. */
public enum FactType {
  TEXT,
  /** An instant together with the zone people read it in. */
  MOMENT,
  /** A clinic-local date without zone. */
  DAY,
  NUMBER,
  MONEY,
  BOOL
}
