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
 * @param ofPatients how many patients one {@link ReadWindow.OfPatients} may name; zero when such
 *     windows are not understood. Patients themselves are never read so
 */
public record SourceFacts(
    boolean byChange,
    boolean byStart,
    Deletions deletions,
    Duration overlap,
    int pageSize,
    int ofPatients) {

  /** A source that cannot be read by patient. */
  public SourceFacts(
      boolean byChange, boolean byStart, Deletions deletions, Duration overlap, int pageSize) {
    this(byChange, byStart, deletions, overlap, pageSize, 0);
  }

  /** How removed records show. */
  public enum Deletions {
    /** They stay readable with a flag, and the flag counts as a change. */
    FLAGGED,
    /** They vanish; only a full sweep finds them [R7]. */
    SWEEP
  }
}
