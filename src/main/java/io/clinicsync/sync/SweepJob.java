package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.UUID;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;

/** The nightly sweep of one connection; plans the next one for 03:00 in the clinic. */
@DisallowConcurrentExecution
class SweepJob implements Job {

  private final Sweeps sweeps;
  private final SyncSchedule schedule;

  SweepJob(Sweeps sweeps, SyncSchedule schedule) {
    this.sweeps = sweeps;
    this.schedule = schedule;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap data = context.getMergedJobDataMap();
    ClinicId clinic = new ClinicId(UUID.fromString(data.getString("clinic")));
    ConnectionId connection = new ConnectionId(UUID.fromString(data.getString("connection")));
    boolean goesOn =
        sweeps
            .sweep(clinic, connection)
            .map(RunResult::next)
            .filter(Duration.ZERO::equals)
            .isPresent();
    if (goesOn) {
      schedule.sweepSoon(clinic, connection);
    } else {
      schedule.nextSweep(clinic, connection);
    }
  }
}
