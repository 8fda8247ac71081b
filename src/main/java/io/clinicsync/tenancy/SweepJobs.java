package io.clinicsync.tenancy;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;

/**
 * Jobs that look at fixed intervals for what no event told of, on one node of all. A run that was
 * missed is not made up for: the next one finds the same.
 */
public final class SweepJobs {

  private SweepJobs() {}

  /**
   * A job that stays in the store.
   *
   * @param group the module it belongs to
   */
  public static JobDetail job(Class<? extends Job> type, String name, String group) {
    return JobBuilder.newJob(type).withIdentity(name, group).storeDurably().build();
  }

  /** Runs a job at once and then at this interval, of whole seconds. */
  public static Trigger every(Duration interval, JobDetail job) {
    return every(interval, job, Duration.ZERO);
  }

  /**
   * Runs a job at this interval.
   *
   * @param first how long after the start it runs first, so that what is heavy does not meet it
   */
  public static Trigger every(Duration interval, JobDetail job, Duration first) {
    return TriggerBuilder.newTrigger()
        .withIdentity(job.getKey().getName(), job.getKey().getGroup())
        .forJob(job)
        .startAt(Date.from(Instant.now().plus(first)))
        .withSchedule(
            SimpleScheduleBuilder.repeatSecondlyForever(Math.toIntExact(interval.toSeconds()))
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }
}
