package io.clinicsync.booking;

import java.util.ArrayList;
import java.util.List;

/**
 * What an attempt went through, for whoever asks later why it came out so [VO-17]. Holds ids,
 * counts and codes; never what a person is called or where they can be reached.
 */
final class Trace {

  private final List<Step> steps = new ArrayList<>();
  private long since = System.nanoTime();

  /**
   * One step.
   *
   * @param millis how long it took
   */
  record Step(String step, String found, long millis) {}

  void step(String step, String found) {
    long now = System.nanoTime();
    steps.add(new Step(step, found, (now - since) / 1_000_000));
    since = now;
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }
}
