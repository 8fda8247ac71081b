package io.clinicsync.sync;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Plans the interval to the next run: short while things change, longer while they do not, longer
 * on errors.
 */
final class Pacing {

  private Pacing() {}

  /**
   * The interval after a run.
   *
   * @param last the interval before it; null after the first run
   * @param wait what the vendor asked for; null when it did not
   */
  static Duration next(
      SyncSettings settings,
      RunState state,
      boolean changed,
      @Nullable Duration last,
      @Nullable Duration wait) {
    Duration planned =
        switch (state) {
          case SUCCEEDED, PARTIAL ->
              changed || last == null ? settings.shortest() : last.multipliedBy(5).dividedBy(4);
          case FAILED -> last == null ? settings.shortest() : last.multipliedBy(2);
          case RUNNING, SUPERSEDED, ABANDONED -> settings.shortest();
        };
    if (wait != null && wait.compareTo(planned) > 0) {
      planned = wait;
    }
    if (planned.compareTo(settings.shortest()) < 0) {
      return settings.shortest();
    }
    return planned.compareTo(settings.longest()) > 0 ? settings.longest() : planned;
  }
}
