package io.clinicsync.sync;

/** How a run ended. */
public enum RunState {
  RUNNING,
  SUCCEEDED,
  /** Some sources were read to their end, others not. */
  PARTIAL,
  FAILED,
  /** Another run took the connection over. */
  SUPERSEDED,
  /** Its process died; the next run went on from its last page. */
  ABANDONED
}
