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

  RunJob(Runs runs, SyncSchedule schedule) {
    this.runs = runs;
    this.schedule = schedule;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap data = context.getMergedJobDataMap();
    ClinicId clinic = new ClinicId(UUID.fromString(data.getString("clinic")));
    ConnectionId connection = new ConnectionId(UUID.fromString(data.getString("connection")));
    runs.run(clinic, connection)
        .ifPresentOrElse(
            result -> schedule.next(clinic, connection, result.next()),
            () -> schedule.next(clinic, connection, schedule.shortest()));
  }
}
