package io.clinicsync;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Seeds of simulated worlds that depend on which test method or set-up asks and for which time:
 * whatever other classes do meanwhile, a class meets the same people in each run.
 */
public final class Seeds {

  private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();
  private static final int DIFFERENT = 1_000_000;

  private Seeds() {}

  /** The next seed of the test method, or set-up, that asks. */
  public static long next() {
    String asks =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .filter(frame -> frame.getClassName().endsWith("Tests"))
                        .map(frame -> frame.getClassName() + "#" + frame.getMethodName())
                        .findFirst())
            .orElse("");
    int times = ASKED.computeIfAbsent(asks, key -> new AtomicInteger()).incrementAndGet();
    return Math.floorMod(31L * asks.hashCode() + times, DIFFERENT);
  }
}
