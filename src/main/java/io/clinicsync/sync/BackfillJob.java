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
  private final Slices slices;

  BackfillJob(Backfills backfills, SyncSchedule schedule, Slices slices) {
    this.backfills = backfills;
    this.schedule = schedule;
    this.slices = slices;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap data = context.getMergedJobDataMap();
    ClinicId clinic = new ClinicId(UUID.fromString(data.getString("clinic")));
    UUID backfill = UUID.fromString(data.getString("backfill"));
    if (!slices.enter(clinic, context.getJobDetail().getKey())) {
      // A node that dies meanwhile forgets who waits.
      schedule.backfill(clinic, backfill, SyncSchedule.AT_LATEST);
      slices.whenFree(
          clinic,
          context.getJobDetail().getKey(),
          () -> schedule.whenPossible(() -> schedule.backfillSoon(clinic, backfill)));
      return;
    }
    try {
      backfills.run(clinic, backfill).ifPresent(wait -> schedule.backfill(clinic, backfill, wait));
    } catch (RuntimeException databaseAway) {
      schedule.whenPossible(() -> schedule.backfillSoon(clinic, backfill));
      throw databaseAway;
    } finally {
      slices.leave(clinic);
    }
  }
}
