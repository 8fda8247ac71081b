package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.UUID;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;

/**
 * The nightly sweep of one connection, which also forgets its old runs; plans the next one for
 * 03:00 in the clinic.
 */
@DisallowConcurrentExecution
class SweepJob implements Job {

  /** A sweep that goes on comes again at once or within seconds; others wait for the night. */
  private static final Duration NOT_TONIGHT = Duration.ofMinutes(5);

  private final Sweeps sweeps;
  private final SyncSchedule schedule;
  private final Slices slices;
  private final RunHistory history;

  SweepJob(Sweeps sweeps, SyncSchedule schedule, Slices slices, RunHistory history) {
    this.sweeps = sweeps;
    this.schedule = schedule;
    this.slices = slices;
    this.history = history;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap data = context.getMergedJobDataMap();
    ClinicId clinic = new ClinicId(UUID.fromString(data.getString("clinic")));
    ConnectionId connection = new ConnectionId(UUID.fromString(data.getString("connection")));
    if (!slices.enter(clinic, context.getJobDetail().getKey())) {
      // A node that dies meanwhile forgets who waits.
      schedule.sweep(clinic, connection, SyncSchedule.AT_LATEST);
      slices.whenFree(
          clinic,
          context.getJobDetail().getKey(),
          () -> schedule.whenPossible(() -> schedule.sweepSoon(clinic, connection)));
      return;
    }
    try {
      history.prune(clinic, connection);
      sweeps
          .sweep(clinic, connection)
          .map(RunResult::next)
          .filter(wait -> wait.compareTo(NOT_TONIGHT) < 0)
          .ifPresentOrElse(
              wait -> schedule.sweep(clinic, connection, wait),
              () -> schedule.nextSweep(clinic, connection));
    } catch (RuntimeException databaseAway) {
      schedule.whenPossible(() -> schedule.sweepSoon(clinic, connection));
      throw databaseAway;
    } finally {
      slices.leave(clinic);
    }
  }
}
