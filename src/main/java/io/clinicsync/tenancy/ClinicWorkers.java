package io.clinicsync.tenancy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs background work for clinics, one at a time per clinic and all clinics side by side. Waking a
 * clinic whose work runs makes it run once more, however often it is woken.
 */
public final class ClinicWorkers {

  private static final Logger log = LoggerFactory.getLogger(ClinicWorkers.class);

  private enum State {
    RUNNING,
    WOKEN_AGAIN
  }

  private final String name;
  private final Consumer<ClinicId> work;
  private final Map<ClinicId, State> states = new ConcurrentHashMap<>();
  private final Executor threads;

  /**
   * @param name what the work is called in thread names and logs
   * @param work idempotent; finds out itself what there is to do
   */
  public ClinicWorkers(String name, Consumer<ClinicId> work) {
    this.name = name;
    this.work = work;
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
  }

  /** Makes the clinic's work run soon. Returns at once. */
  public void wake(ClinicId clinic) {
    State before =
        states.compute(clinic, (id, state) -> state == null ? State.RUNNING : State.WOKEN_AGAIN);
    if (before == State.RUNNING) {
      threads.execute(() -> run(clinic));
    }
  }

  private void run(ClinicId clinic) {
    do {
      states.put(clinic, State.RUNNING);
      try {
        work.accept(clinic);
      } catch (RuntimeException failed) {
        // The markers stand; the next sweep wakes the clinic again.
        // Type and place only: messages of database and mapping errors may quote a patient's
        // values.
        log.error(
            "{} of clinic {} failed and will be tried again: {} at {}",
            name,
            clinic,
            failed.getClass().getName(),
            failed.getStackTrace().length == 0 ? "?" : failed.getStackTrace()[0]);
      }
    } while (!states.remove(clinic, State.RUNNING));
  }
}
