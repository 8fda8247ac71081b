package io.clinicsync.sync;

import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.time.Instant;

/** Chooses what a run reads of a source. */
final class Windows {

  private Windows() {}

  /** The checkpoint with a window open: the one left open, or the next one. */
  static Checkpoint open(Checkpoint checkpoint, SourceFacts facts, Instant now) {
    Checkpoint.Open open = checkpoint.open();
    // Parts of a first load that was given up prove nothing about the rest of the source.
    if (open != null && !open.isPart()) {
      return checkpoint;
    }
    return new Checkpoint(
        checkpoint.source(),
        checkpoint.mark(),
        Checkpoint.Open.of(next(checkpoint, facts, now), null),
        checkpoint.doneAt(),
        checkpoint.waiting());
  }

  /**
   * Whether a source that is only ever read whole need not be yet; between whole readings, what
   * others point to is read by itself.
   */
  static boolean isReadLately(Checkpoint checkpoint, SourceFacts facts, Instant now) {
    Instant doneAt = checkpoint.doneAt();
    return checkpoint.mark() != null
        && checkpoint.open() == null
        && doneAt != null
        && doneAt.plus(facts.near().whole()).isAfter(now)
        && !doneAt.isAfter(now);
  }

  private static ReadWindow next(Checkpoint checkpoint, SourceFacts facts, Instant now) {
    Instant mark = checkpoint.mark();
    if (mark == null) {
      return new ReadWindow.Everything();
    }
    if (facts.byChange()) {
      return new ReadWindow.ChangedSince(mark.minus(facts.overlap()));
    }
    if (facts.byStart()) {
      return new ReadWindow.StartingIn(
          new TimeRange(now.minus(facts.near().back()), now.plus(facts.near().ahead())));
    }
    return new ReadWindow.Everything();
  }
}
