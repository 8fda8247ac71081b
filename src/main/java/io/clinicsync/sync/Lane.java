package io.clinicsync.sync;

/**
 * Kinds of runs that may go side by side on one connection; each has its own lease and checkpoints.
 */
enum Lane {
  /** What changed since the last run, and the first load. */
  LIVE,
  /** What a person asked to read again. */
  BACKFILL,
  /** The nightly comparison of everything. */
  SWEEP
}
