package io.clinicsync.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.bridge.MirrorPlan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MirrorPlanTests {

  private static final Instant NOW = Instant.parse("2026-03-10T01:00:00Z");

  private static Span hours(int from, int to) {
    return new Span(NOW.plus(Duration.ofHours(from)), NOW.plus(Duration.ofHours(to)));
  }

  private static Block block(String subject, @Nullable String event, Span span) {
    return new Block(subject, "mark", event, span, true, 0, false);
  }

  private static List<Step> steps(Map<String, Span> wanted, Block... written) {
    return MirrorPlan.steps(wanted, List.of(written), NOW);
  }

  @Test
  void whatIsThereAsItShouldBeIsLeft() {
    assertThat(steps(Map.of("a", hours(1, 2)), block("a", "e", hours(1, 2)))).isEmpty();
    assertThat(steps(Map.of())).isEmpty();
  }

  @Test
  void whatIsMissingIsMadeSoonestFirst() {
    assertThat(steps(Map.of("late", hours(9, 10), "soon", hours(1, 2))))
        .containsExactly(new Step.Make("soon", hours(1, 2)), new Step.Make("late", hours(9, 10)));
  }

  @Test
  void whatHasOtherTimesOrIsNotSureIsMoved() {
    Block moved = block("a", "e", hours(1, 2));
    Block unsure = new Block("b", "mark", "f", hours(3, 4), false, 0, false);
    assertThat(steps(Map.of("a", hours(1, 3), "b", hours(3, 4)), moved, unsure))
        .containsExactly(new Step.Move(moved, hours(1, 3)), new Step.Move(unsure, hours(3, 4)));
  }

  @Test
  void whatIsNotWantedIsRemovedAndWhatIsOverForgotten() {
    Block ahead = block("a", "e", hours(1, 2));
    Block under = block("b", "f", hours(-1, 1));
    Block over = block("c", "g", hours(-2, 0));
    assertThat(steps(Map.of(), ahead, under, over))
        .containsExactly(new Step.Forget(over), new Step.Remove(under), new Step.Remove(ahead));
  }

  @Test
  void aMoveIntoThePastThatMayNotHaveBeenDoneIsNotForgotten() {
    Block unsure = new Block("a", "mark", "e", hours(-2, 0), false, 3, false);
    Block lost = new Block("b", "mark", null, hours(-2, 0), false, 0, false);
    assertThat(steps(Map.of(), unsure, lost))
        .containsExactly(new Step.Forget(lost), new Step.Remove(unsure));
  }

  @Test
  void whatMayBeThereIsLookedForBeforeAnythingElse() {
    Block lost = new Block("a", "mark", null, hours(1, 2), false, 0, false);
    assertThat(steps(Map.of("a", hours(1, 2)), lost))
        .containsExactly(new Step.Find(lost, hours(1, 2)));
    assertThat(steps(Map.of(), lost)).containsExactly(new Step.Find(lost, null));
  }

  @Test
  void whatWasRefusedWaitsAndComesLast() {
    Block waits = new Block("a", "mark", "e", hours(1, 2), false, 1, true);
    Block again = new Block("b", "mark", "f", hours(1, 2), false, 3, false);
    assertThat(steps(Map.of("a", hours(1, 2), "b", hours(1, 2), "c", hours(9, 10)), waits, again))
        .containsExactly(new Step.Make("c", hours(9, 10)), new Step.Move(again, hours(1, 2)));
  }

  @Test
  void waitsGrowToTenMinutes() {
    assertThat(MirrorSender.pause(0)).isEqualTo(Duration.ofSeconds(15));
    assertThat(MirrorSender.pause(3)).isEqualTo(Duration.ofMinutes(2));
    assertThat(MirrorSender.pause(60)).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void anAppointmentOfGoHighLevelCoversWhatItHoldsWhole() {
    Span span = hours(1, 2);
    assertThat(covers(GhlStates.live(span.from(), span.to()), span)).isTrue();
    assertThat(covers(GhlStates.live(span.from(), null), span)).isTrue();
    assertThat(covers(GhlStates.live(hours(0, 3).from(), hours(0, 3).to()), span)).isTrue();
    assertThat(covers(GhlStates.live(span.from(), span.to().minusSeconds(60)), span)).isFalse();
    assertThat(covers(GhlStates.live(span.from().plusSeconds(60), span.to()), span)).isFalse();
    assertThat(covers(GhlStates.CANCELLED, span)).isFalse();
    assertThat(covers(GhlStates.GONE, span)).isFalse();
  }

  private static boolean covers(String state, Span span) {
    return GhlStates.covers(state, span.from(), span.to());
  }
}
