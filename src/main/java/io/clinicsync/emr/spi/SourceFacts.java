package io.clinicsync.emr.spi;

import java.time.Duration;

/**
 * What an engine must know to read a source well.
 *
 * @param byChange windows {@link ReadWindow.ChangedSince} are understood
 * @param byStart windows {@link ReadWindow.StartingIn} are understood
 * @param deletions how removed records show
 * @param overlap how far back a change window must reach to see records that became visible late
 *     [R2]
 * @param pageSize records a full page holds at most
 */
public record SourceFacts(
    boolean byChange, boolean byStart, Deletions deletions, Duration overlap, int pageSize) {

  /** How removed records show. */
  public enum Deletions {
    /** They stay readable with a flag, and the flag counts as a change. */
    FLAGGED,
    /** They vanish; only a full sweep finds them [R7]. */
    SWEEP
  }
}
