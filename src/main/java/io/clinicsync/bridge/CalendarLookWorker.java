package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.SweepJobs;
import java.time.Duration;
import java.time.Instant;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
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
    return SweepJobs.job(SweepJob.class, "calendar-look-sweep", "bridge");
  }

  @Bean
  Trigger calendarLookSweepTrigger(@Qualifier("calendarLookSweep") JobDetail calendarLookSweep) {
    return SweepJobs.every(Duration.ofMinutes(1), calendarLookSweep);
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
