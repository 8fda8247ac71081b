package io.clinicsync.booking;

import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.SweepJobs;
import java.time.Duration;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
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
    return SweepJobs.job(SweepJob.class, "booking-sweep", "booking");
  }

  @Bean
  Trigger bookingSweepTrigger(JobDetail bookingSweep) {
    return SweepJobs.every(Duration.ofSeconds(15), bookingSweep);
  }

  @Bean
  ClinicWorkers forgettingWorkers(PastBookings past) {
    return new ClinicWorkers("past-bookings", past::forget);
  }

  @Bean
  JobDetail bookingForgetting() {
    return SweepJobs.job(ForgetJob.class, "booking-forgetting", "booking");
  }

  @Bean
  Trigger bookingForgettingTrigger(JobDetail bookingForgetting) {
    return SweepJobs.every(Duration.ofHours(1), bookingForgetting);
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
