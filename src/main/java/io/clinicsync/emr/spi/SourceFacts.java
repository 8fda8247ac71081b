package io.clinicsync.emr.spi;

import java.time.Duration;

/**
 * What an engine must know to read a source well.
 *
 * @param byChange windows {@link ReadWindow.ChangedSince} are understood
 * @param byStart windows {@link ReadWindow.StartingIn} are understood; for invoices and payments
 *     the start is their date
 * @param deletions how removed records show
 * @param overlap how far back a change window must reach to see records that became visible late
 *     [R2]
 * @param pageSize records a full page holds at most
 * @param ofPatients how many patients one {@link ReadWindow.OfPatients} may name; zero when such
 *     windows are not understood. Patients themselves are never read so
 * @param near what is read in each run of a source that cannot be read by change
 */
public record SourceFacts(
    boolean byChange,
    boolean byStart,
    Deletions deletions,
    Duration overlap,
    int pageSize,
    int ofPatients,
    Near near) {

  /** A source that cannot be read by patient, near which is a week back and four months ahead. */
  public SourceFacts(
      boolean byChange, boolean byStart, Deletions deletions, Duration overlap, int pageSize) {
    this(byChange, byStart, deletions, overlap, pageSize, 0, Near.USUAL);
  }

  /** A source that cannot be read by change nor by patient. */
  public SourceFacts(
      boolean byChange,
      boolean byStart,
      Deletions deletions,
      Duration overlap,
      int pageSize,
      Near near) {
    this(byChange, byStart, deletions, overlap, pageSize, 0, near);
  }

  /** A source that can be read by change and by patient. */
  public SourceFacts(
      boolean byChange,
      boolean byStart,
      Deletions deletions,
      Duration overlap,
      int pageSize,
      int ofPatients) {
    this(byChange, byStart, deletions, overlap, pageSize, ofPatients, Near.USUAL);
  }

  /** How removed records show. */
  public enum Deletions {
    /** They stay readable with a flag, and the flag counts as a change. */
    FLAGGED,
    /** They vanish; only a full sweep finds them [R7]. */
    SWEEP
  }

  /**
   * What a source is read for in each run when the EMR cannot say what changed.
   *
   * @param back and ahead around now, for sources read by start
   * @param whole how often a source read neither by change nor by start is read whole; between
   *     these, only records that others point to are read
   */
  public record Near(Duration back, Duration ahead, Duration whole) {

    /** A week back, four months ahead, all of it once a day. */
    public static final Near USUAL =
        new Near(Duration.ofDays(7), Duration.ofDays(120), Duration.ofHours(24));
  }
}
