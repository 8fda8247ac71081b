package io.clinicsync.bridge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be done so that a calendar shows what a diary has; nothing where it does. */
final class MirrorPlan {

  private MirrorPlan() {}

  /** One thing to do. */
  sealed interface Step {

    /** Nothing of it is there. */
    record Make(String subject, Span span) implements Step {}

    /**
     * It was sent once and may be there.
     *
     * @param span null when it is not wanted any more
     */
    record Find(Block block, @Nullable Span span) implements Step {}

    /** It is there, with other times or not certainly with these. */
    record Move(Block block, Span span) implements Step {}

    /** It is there and must not be. */
    record Remove(Block block) implements Step {}

    /** It is over, wherever it stands; nothing hangs on it any more. */
    record Forget(Block block) implements Step {}

    /** When what it is about begins. */
    default Instant at() {
      return switch (this) {
        case Make make -> make.span().from();
        case Find find -> find.block().span().from();
        case Move move -> move.span().from();
        case Remove remove -> remove.block().span().from();
        case Forget forget -> forget.block().span().from();
      };
    }

    /** How often in a row it was refused. */
    default int tries() {
      return switch (this) {
        case Make make -> 0;
        case Find find -> find.block().tries();
        case Move move -> move.block().tries();
        case Remove remove -> remove.block().tries();
        case Forget forget -> 0;
      };
    }
  }

  /**
   * The steps, soonest time first; what was refused before holds up nothing else.
   *
   * @param wanted the taken times of the diary, by what they stand for
   * @param written all blocks of ours in the calendar
   */
  static List<Step> steps(Map<String, Span> wanted, List<Block> written, Instant now) {
    List<Step> steps = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Block block : written) {
      known.add(block.subject());
      Step step = step(block, wanted.get(block.subject()), now);
      if (step != null && !block.waits()) {
        steps.add(step);
      }
    }
    wanted.forEach(
        (subject, span) -> {
          if (!known.contains(subject)) {
            steps.add(new Step.Make(subject, span));
          }
        });
    steps.sort(Comparator.comparingInt(Step::tries).thenComparing(Step::at));
    return steps;
  }

  private static @Nullable Step step(Block block, @Nullable Span wanted, Instant now) {
    // One that may not have been moved into the past may still stand ahead.
    boolean isThere = block.event() != null;
    boolean isOver = !block.span().to().isAfter(now) && (block.sure() || !isThere);
    if (wanted == null && isOver) {
      return new Step.Forget(block);
    }
    if (!isThere) {
      return new Step.Find(block, wanted);
    }
    if (wanted == null) {
      return new Step.Remove(block);
    }
    return block.sure() && block.span().equals(wanted) ? null : new Step.Move(block, wanted);
  }
}
