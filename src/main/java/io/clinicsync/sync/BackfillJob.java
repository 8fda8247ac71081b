package io.clinicsync.sync;

import io.clinicsync.tenancy.ClinicId;
import java.util.UUID;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;

/** Works on one backfill; comes again as long as there is something to do. */
@DisallowConcurrentExecution
class BackfillJob implements Job {

  private final Backfills backfills;
  private final SyncSchedule schedule;

  BackfillJob(Backfills backfills, SyncSchedule schedule) {
    this.backfills = backfills;
    this.schedule = schedule;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap data = context.getMergedJobDataMap();
    ClinicId clinic = new ClinicId(UUID.fromString(data.getString("clinic")));
    UUID backfill = UUID.fromString(data.getString("backfill"));
    backfills.run(clinic, backfill).ifPresent(wait -> schedule.backfill(clinic, backfill, wait));
  }
}
