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
