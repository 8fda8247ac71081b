package io.clinicsync.insights;

import io.clinicsync.clinics.Clinics.ClinicSettingsChanged;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.records.PatientsTouched;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.SweepJobs;
import java.time.Duration;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Wakes the computing of facts: by event when patients are touched, by sweep for what the clock or
 * a crash left.
 */
@Configuration(proxyBeanMethods = false)
class FactsWorker {

  @Bean
  Waker factsWaker(FactsKeeper keeper) {
    return new Waker(keeper, new ClinicWorkers("facts", keeper::work));
  }

  @Bean
  JobDetail factsSweep() {
    return SweepJobs.job(SweepJob.class, "facts-sweep", "insights");
  }

  @Bean
  Trigger factsSweepTrigger(JobDetail factsSweep) {
    return SweepJobs.every(Duration.ofSeconds(10), factsSweep);
  }

  /** Hears that patients were touched. */
  static final class Waker {

    private final FactsKeeper keeper;
    private final ClinicWorkers workers;

    Waker(FactsKeeper keeper, ClinicWorkers workers) {
      this.keeper = keeper;
      this.workers = workers;
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(PatientsTouched touched) {
      wake(touched.clinic());
    }

    /** Other thresholds, other facts: everybody is computed again, quietly. */
    @EventListener
    void on(ClinicSettingsChanged changed) {
      keeper.markEverybody(changed.clinic());
      wake(changed.clinic());
    }

    @EventListener
    void on(ApplicationReadyEvent started) {
      keeper.markParked().forEach(this::wake);
    }

    void wake(ClinicId clinic) {
      workers.wake(clinic);
    }
  }

  /** Finds what no event told of. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final FactsKeeper keeper;
    private final DueMarkers due;
    private final Waker waker;

    SweepJob(FactsKeeper keeper, DueMarkers due, Waker waker) {
      this.keeper = keeper;
      this.due = due;
      this.waker = waker;
    }

    @Override
    public void execute(JobExecutionContext context) {
      keeper.markDueByClock().forEach(waker::wake);
      due.clinicsWaiting().forEach(waker::wake);
    }
  }
}
