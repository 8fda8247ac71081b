package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.util.UUID;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;

/** The scheduled run of one connection; plans its own next start. */
@DisallowConcurrentExecution
class RunJob implements Job {

  private final Runs runs;
  private final SyncSchedule schedule;
  private final Slices slices;

  RunJob(Runs runs, SyncSchedule schedule, Slices slices) {
    this.runs = runs;
    this.schedule = schedule;
    this.slices = slices;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap data = context.getMergedJobDataMap();
    ClinicId clinic = new ClinicId(UUID.fromString(data.getString("clinic")));
    ConnectionId connection = new ConnectionId(UUID.fromString(data.getString("connection")));
    if (!slices.enter(clinic, context.getJobDetail().getKey())) {
      // A node that dies meanwhile forgets who waits.
      schedule.next(clinic, connection, SyncSchedule.AT_LATEST);
      slices.whenFree(
          clinic,
          context.getJobDetail().getKey(),
          () -> schedule.whenPossible(() -> schedule.soon(clinic, connection)));
      return;
    }
    try {
      runs.run(clinic, connection)
          .ifPresentOrElse(
              result -> schedule.nextUnlessForgotten(clinic, connection, result.next()),
              () -> schedule.nextUnlessForgotten(clinic, connection, schedule.shortest()));
    } catch (RuntimeException databaseAway) {
      schedule.whenPossible(() -> schedule.soon(clinic, connection));
      throw databaseAway;
    } finally {
      slices.leave(clinic);
    }
  }
}
