package io.clinicsync.bridge;

import io.clinicsync.bridge.MirrorPlan.Step;
import io.clinicsync.bridge.MirrorRows.Claim;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlBlock;
import io.clinicsync.ghl.GhlBlockSlots;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.ghl.GhlException.Kind;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Brings a calendar of GoHighLevel to what a plan says. Each step is written down before it is
 * sent, and no block is touched that is not known to be ours by id, or by the mark in its title.
 */
@Component
class MirrorSender {

  /** After so many refusals in one pass it is the calendar that is wrong, not a block. */
  private static final int MOST_REFUSALS = 3;

  private static final Duration FIRST_WAIT = Duration.ofSeconds(15);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final GhlBlockSlots ghl;
  private final BlockRows rows;

  MirrorSender(GhlApi ghl, BlockRows rows) {
    this.ghl = ghl.blockSlots();
    this.rows = rows;
  }

  /** Where the steps are taken. */
  private record Place(Claim claim, GhlAccount account, ZoneId zone) {

    GhlBlockSlots.Wanted wanted(String mark, Span span) {
      return new GhlBlockSlots.Wanted(
          claim.key().calendar(), Block.title(mark), span.from(), span.to(), zone);
    }
  }

  /**
   * How far it got.
   *
   * @param done steps that were taken
   * @param stopped why the others were not; null when none was left out
   */
  record Sent(int done, @Nullable GhlException stopped) {}

  /**
   * Takes the steps, one after the other, until GoHighLevel does not take anything now. A block
   * that is refused waits and holds up no other.
   *
   * @param zone the connection's
   * @throws MirrorRows.Overtaken when the calendar is somebody else's by now
   */
  Sent send(Claim claim, GhlAccount account, ZoneId zone, List<Step> steps) {
    Place place = new Place(claim, account, zone);
    int done = 0;
    int refusals = 0;
    for (Step step : steps) {
      try {
        take(place, step);
        done++;
      } catch (GhlException refused) {
        if (refused.kind() != Kind.INVALID && refused.kind() != Kind.NOT_FOUND) {
          return new Sent(done, refused);
        }
        rows.refused(claim, subject(step), pause(step.tries()));
        if (++refusals == MOST_REFUSALS) {
          return new Sent(done, refused);
        }
      }
    }
    return new Sent(done, null);
  }

  /** Grows from a quarter of a minute to ten. */
  static Duration pause(int triesBefore) {
    Duration growing = FIRST_WAIT.multipliedBy(1L << Math.min(triesBefore, 8));
    return growing.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : growing;
  }

  private static String subject(Step step) {
    return switch (step) {
      case Step.Make make -> make.subject();
      case Step.Find find -> find.block().subject();
      case Step.Move move -> move.block().subject();
      case Step.Remove remove -> remove.block().subject();
      case Step.Forget forget -> forget.block().subject();
    };
  }

  private void take(Place place, Step step) {
    switch (step) {
      case Step.Make make -> make(place, make.subject(), newMark(), make.span());
      case Step.Find find -> find(place, find);
      case Step.Move(Block block, Span span) -> move(place, block, span);
      case Step.Remove(Block block) -> remove(place, block);
      case Step.Forget(Block block) -> rows.forget(place.claim(), block.subject());
    }
  }

  private void make(Place place, String subject, String mark, Span span) {
    rows.making(place.claim(), place.account().locationId(), subject, mark, span);
    GhlBlock stored;
    try {
      stored = ghl.create(place.account(), place.wanted(mark, span));
    } catch (GhlException failed) {
      if (isCertain(failed.kind())) {
        rows.notMade(place.claim(), subject);
      }
      throw failed;
    }
    stands(place, subject, stored, span);
  }

  /** Whether nothing was made then. */
  private static boolean isCertain(Kind failure) {
    return switch (failure) {
      case UNAUTHORISED, MISSING_SCOPE, WRONG_LOCATION, NOT_FOUND, RATE_LIMITED, UNAVAILABLE ->
          true;
      // What was refused for its answer may stand all the same.
      case DUPLICATE, INVALID, OUTCOME_UNKNOWN, CONTRACT_BROKEN -> false;
    };
  }

  /**
   * What GoHighLevel says it stored is compared: a time that was misread must not stay so. Only
   * this block is wrong then, so it waits as one that is refused and holds up no other.
   */
  private void stands(Place place, String subject, GhlBlock stored, Span span) {
    Span shown = new Span(stored.startsAt(), stored.endsAt());
    rows.stands(place.claim(), subject, stored.id(), shown);
    if (!shown.equals(span)) {
      throw new GhlException(Kind.INVALID, "A block was stored with other times than sent");
    }
  }

  /**
   * It was sent, and its answer was lost: it is looked for, and once more five minutes later,
   * before it is sent again or forgotten [R12].
   */
  private void find(Place place, Step.Find step) {
    Block block = step.block();
    Span wanted = step.span();
    String title = Block.title(block.mark());
    Optional<GhlBlock> found =
        ghl
            .list(
                place.account(),
                place.claim().key().calendar(),
                block.span().from(),
                block.span().to())
            .stream()
            .filter(each -> title.equals(each.title()) && !each.deleted())
            .findFirst();
    if (found.isEmpty()) {
      missed(place, block, wanted);
      return;
    }
    GhlBlock there = found.get();
    Span shown = new Span(there.startsAt(), there.endsAt());
    rows.stands(place.claim(), block.subject(), there.id(), shown);
    Block known =
        new Block(block.subject(), block.mark(), there.id(), shown, true, block.tries(), false);
    if (wanted == null) {
      remove(place, known);
    } else if (!wanted.equals(shown)) {
      move(place, known, wanted);
    }
  }

  private void missed(Place place, Block block, @Nullable Span wanted) {
    if (!rows.missedBefore(place.claim(), block.subject())) {
      return;
    }
    if (wanted == null) {
      rows.forget(place.claim(), block.subject());
    } else {
      make(place, block.subject(), block.mark(), wanted);
    }
  }

  private void move(Place place, Block block, Span span) {
    rows.moving(place.claim(), block.subject(), span);
    GhlBlock stored;
    try {
      stored =
          ghl.update(
              place.account(), String.valueOf(block.event()), place.wanted(block.mark(), span));
    } catch (GhlException gone) {
      if (gone.kind() != Kind.NOT_FOUND) {
        throw gone;
      }
      // A person took it away; its appointment has changed, so it is shown again.
      make(place, block.subject(), newMark(), span);
      return;
    }
    stands(place, block.subject(), stored, span);
  }

  private void remove(Place place, Block block) {
    try {
      ghl.delete(place.account(), String.valueOf(block.event()));
    } catch (GhlException gone) {
      if (gone.kind() != Kind.NOT_FOUND) {
        throw gone;
      }
    }
    rows.forget(place.claim(), block.subject());
  }

  /** Says nothing of what it marks. */
  private static String newMark() {
    return new BigInteger(60, RANDOM).setBit(60).toString(36);
  }
}
