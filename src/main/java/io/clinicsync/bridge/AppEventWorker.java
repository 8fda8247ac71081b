package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.SweepJobs;
import java.time.Duration;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** Wakes the acting on app webhooks: at once when one was kept, by sweep for what a crash left. */
@Configuration(proxyBeanMethods = false)
class AppEventWorker {

  @Bean
  ClinicWorkers appEventWorkers(AppEvents events) {
    return new ClinicWorkers("app-events", events::work);
  }

  @Bean
  Waker appEventWaker(
      AppEventRows rows, @Qualifier("appEventWorkers") ClinicWorkers appEventWorkers) {
    return new Waker(rows, appEventWorkers);
  }

  @Bean
  JobDetail appEventSweep() {
    return SweepJobs.job(SweepJob.class, "app-event-sweep", "bridge");
  }

  @Bean
  Trigger appEventSweepTrigger(@Qualifier("appEventSweep") JobDetail appEventSweep) {
    return SweepJobs.every(Duration.ofSeconds(20), appEventSweep);
  }

  /** Hears that an event was kept. */
  static final class Waker {

    private final AppEventRows rows;
    private final ClinicWorkers workers;

    Waker(AppEventRows rows, ClinicWorkers workers) {
      this.rows = rows;
      this.workers = workers;
    }

    @EventListener
    void on(AppWebhooks.AppEventKept kept) {
      workers.wake(kept.clinic());
    }

    /** Wakes whoever has something to act on, whatever wake was lost. */
    void sweep() {
      rows.clinicsWaiting().forEach(workers::wake);
    }
  }

  /** Finds what no wake told of. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final Waker waker;

    SweepJob(Waker waker) {
      this.waker = waker;
    }

    @Override
    public void execute(JobExecutionContext context) {
      waker.sweep();
    }
  }
}
