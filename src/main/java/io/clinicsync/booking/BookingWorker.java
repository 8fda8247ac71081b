package io.clinicsync.booking;

import io.clinicsync.tenancy.ClinicWorkers;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Looks every fifteen seconds for attempts whose outcome must be found out. */
@Configuration(proxyBeanMethods = false)
class BookingWorker {

  @Bean
  ClinicWorkers settlingWorkers(Settling settling) {
    return new ClinicWorkers("bookings", settling::work);
  }

  @Bean
  JobDetail bookingSweep() {
    return JobBuilder.newJob(SweepJob.class)
        .withIdentity("booking-sweep", "booking")
        .storeDurably()
        .build();
  }

  @Bean
  Trigger bookingSweepTrigger(JobDetail bookingSweep) {
    return TriggerBuilder.newTrigger()
        .withIdentity("booking-sweep", "booking")
        .forJob(bookingSweep)
        .withSchedule(
            SimpleScheduleBuilder.repeatSecondlyForever(15)
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }

  /** Finds what a crash or a lost answer left. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final AttemptQueue queue;
    private final ClinicWorkers settlingWorkers;

    SweepJob(AttemptQueue queue, ClinicWorkers settlingWorkers) {
      this.queue = queue;
      this.settlingWorkers = settlingWorkers;
    }

    @Override
    public void execute(JobExecutionContext context) {
      queue.clinicsToSettle().forEach(settlingWorkers::wake);
    }
  }
}
