package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** R22 and F35 on simulated time: a node's workers, many clinics, and one with a large backlog. */
class SlicesTests {

  private static final int WORKERS = 20;
  private static final int OTHERS = 400;
  private static final double INTERVAL = 300;
  private static final double SLICE = 120;
  private static final double PICKED_UP_AFTER = 0.05;
  private static final double END = 4 * 3600;

  @Test
  void aHundredfoldBacklogDelaysNobodyElsesStart() {
    double without = p99(new Node(4, 0).run());
    double beside = p99(new Node(4, 100).run());
    double unbounded = p99(new Node(WORKERS, 100).run());
    System.out.printf(
        "F35 start delay p99 of others: %.3f s alone, %.3f s beside 100x, %.1f s without slices%n",
        without, beside, unbounded);
    assertThat(beside / without).isLessThanOrEqualTo(1.2);
    assertThat(unbounded / without).as("what the slices are for").isGreaterThan(1.2);
  }

  @Test
  void theBacklogUsesItsSliceWholeAndInTurn() {
    Node node = new Node(4, 100);
    node.run();
    assertThat(node.mostOfLarge).isEqualTo(4);
    assertThat(node.busyOfLarge / (4 * END)).as("of its slice").isGreaterThan(0.98);
    int least = Collections.min(node.turns);
    assertThat(Collections.max(node.turns) - least).as("turns of its connections").isLessThan(2);
  }

  @Test
  void aClinicIsCalledOncePerWorkAndForgottenWhenItIsIdle() {
    Instant[] now = {Instant.EPOCH};
    Slices slices = new Slices(1, () -> now[0]);
    ClinicId clinic = new ClinicId(new UUID(0, 1));
    List<String> called = new ArrayList<>();
    assertThat(slices.enter(clinic, "a")).isTrue();
    for (String work : List.of("b", "b", "c")) {
      assertThat(slices.enter(clinic, work)).isFalse();
      slices.whenFree(clinic, work, () -> called.add(work));
    }
    slices.leave(clinic);
    assertThat(called).containsExactly("b");
    assertThat(slices.enter(clinic, "a")).as("out of turn").isFalse();
    assertThat(slices.enter(clinic, "b")).isTrue();
    slices.leave(clinic);
    assertThat(called).containsExactly("b", "c");
    assertThat(slices.enter(clinic, "a")).isFalse();
    slices.whenFree(clinic, "a", () -> called.add("late"));
    assertThat(called).as("the place is kept for c").containsExactly("b", "c");
    now[0] = now[0].plusSeconds(61);
    slices.whenFree(clinic, "d", () -> called.add("d"));
    assertThat(called).containsExactly("b", "c", "d");
    now[0] = now[0].plusSeconds(61);
    assertThat(slices.enter(clinic, "a")).as("who was called never came").isTrue();
    slices.leave(clinic);
    assertThat(called).containsExactly("b", "c", "d");
    assertThat(slices.enter(new ClinicId(new UUID(0, 2)), "a")).isTrue();
  }

  private static double p99(List<Double> delays) {
    List<Double> sorted = delays.stream().sorted().toList();
    return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
  }

  private record Event(double at, Runnable what) {}

  /** Jobs go to free workers in the order of their planned starts, as the scheduler does it. */
  private static final class Node {

    private final Slices slices;
    private final int large;
    private final SplittableRandom random = new SplittableRandom(35);
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingDouble(Event::at));
    private final Deque<Runnable> due = new ArrayDeque<>();
    private final List<Double> delays = new ArrayList<>();
    private final List<Integer> turns = new ArrayList<>();
    private int free = WORKERS;
    private int ofLarge;
    private int mostOfLarge;
    private double busyOfLarge;
    private double now;

    Node(int most, int large) {
      this.slices = new Slices(most, () -> Instant.EPOCH.plusMillis((long) (now * 1000)));
      this.large = large;
    }

    List<Double> run() {
      for (int connection = 0; connection < large; connection++) {
        int number = connection;
        turns.add(0);
        plan(0, () -> largeRun(number));
      }
      for (int clinic = 0; clinic < OTHERS; clinic++) {
        other(new ClinicId(new UUID(1, clinic)), random.nextDouble(INTERVAL));
      }
      while (!events.isEmpty() && events.peek().at() < END) {
        Event next = events.poll();
        now = next.at();
        next.what().run();
        while (free > 0 && !due.isEmpty()) {
          free--;
          due.poll().run();
        }
      }
      return delays;
    }

    private void other(ClinicId clinic, double at) {
      plan(
          at,
          () -> {
            assertThat(slices.enter(clinic, clinic)).isTrue();
            delays.add(now - at + PICKED_UP_AFTER);
            after(1 + random.nextDouble(6), () -> slices.leave(clinic));
            other(clinic, at + INTERVAL);
          });
    }

    private void largeRun(int connection) {
      ClinicId clinic = new ClinicId(new UUID(0, 0));
      if (!slices.enter(clinic, connection)) {
        slices.whenFree(clinic, connection, () -> plan(now, () -> largeRun(connection)));
        after(PICKED_UP_AFTER, () -> {});
        return;
      }
      turns.set(connection, turns.get(connection) + 1);
      mostOfLarge = Math.max(mostOfLarge, ++ofLarge);
      double began = now;
      after(
          SLICE,
          () -> {
            busyOfLarge += now - began;
            ofLarge--;
            plan(now, () -> largeRun(connection));
            slices.leave(clinic);
          });
    }

    private void plan(double at, Runnable job) {
      events.add(new Event(at, () -> due.add(job)));
    }

    /** The worker is busy for so long. */
    private void after(double seconds, Runnable then) {
      events.add(
          new Event(
              now + seconds,
              () -> {
                free++;
                then.run();
              }));
    }
  }
}
