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

/**
 * Looks every fifteen seconds for attempts whose outcome must be found out, and every hour for what
 * is long past.
 */
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

  @Bean
  ClinicWorkers forgettingWorkers(PastBookings past) {
    return new ClinicWorkers("past-bookings", past::forget);
  }

  @Bean
  JobDetail bookingForgetting() {
    return JobBuilder.newJob(ForgetJob.class)
        .withIdentity("booking-forgetting", "booking")
        .storeDurably()
        .build();
  }

  @Bean
  Trigger bookingForgettingTrigger(JobDetail bookingForgetting) {
    return TriggerBuilder.newTrigger()
        .withIdentity("booking-forgetting", "booking")
        .forJob(bookingForgetting)
        .withSchedule(
            SimpleScheduleBuilder.repeatHourlyForever(1)
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }

  /** Forgets what is past. */
  @DisallowConcurrentExecution
  static final class ForgetJob implements Job {

    private final PastBookings past;
    private final ClinicWorkers forgettingWorkers;

    ForgetJob(PastBookings past, ClinicWorkers forgettingWorkers) {
      this.past = past;
      this.forgettingWorkers = forgettingWorkers;
    }

    @Override
    public void execute(JobExecutionContext context) {
      past.clinicsToForget().forEach(forgettingWorkers::wake);
    }
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
