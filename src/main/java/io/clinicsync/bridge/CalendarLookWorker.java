package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import java.time.Instant;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Has every clinic's mapped calendars looked at every ten minutes, a tenth of the clinics each
 * minute, so that they do not all come at once.
 */
@Configuration(proxyBeanMethods = false)
class CalendarLookWorker {

  private static final int MINUTES = 10;

  @Bean
  ClinicWorkers calendarLookWorkers(CalendarLooks looks) {
    return new ClinicWorkers("calendar-looks", looks::look);
  }

  @Bean
  JobDetail calendarLookSweep() {
    return JobBuilder.newJob(SweepJob.class)
        .withIdentity("calendar-look-sweep", "bridge")
        .storeDurably()
        .build();
  }

  @Bean
  Trigger calendarLookSweepTrigger(@Qualifier("calendarLookSweep") JobDetail calendarLookSweep) {
    return TriggerBuilder.newTrigger()
        .withIdentity("calendar-look-sweep", "bridge")
        .forJob(calendarLookSweep)
        .withSchedule(
            SimpleScheduleBuilder.repeatMinutelyForever()
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }

  /** Whether this minute is the clinic's. */
  static boolean isTurn(ClinicId clinic, Instant moment) {
    long minute = Math.floorDiv(moment.getEpochSecond(), 60L);
    return Math.floorMod(minute - clinic.value().hashCode(), MINUTES) == 0;
  }

  /** Wakes the clinics whose minute it is. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final LookRows rows;
    private final ClinicWorkers workers;

    SweepJob(LookRows rows, @Qualifier("calendarLookWorkers") ClinicWorkers workers) {
      this.rows = rows;
      this.workers = workers;
    }

    @Override
    public void execute(JobExecutionContext context) {
      // As it was planned: run late, it is still that minute's clinics that come.
      Instant planned = context.getScheduledFireTime().toInstant();
      rows.clinics().stream().filter(each -> isTurn(each, planned)).forEach(workers::wake);
    }
  }
}
