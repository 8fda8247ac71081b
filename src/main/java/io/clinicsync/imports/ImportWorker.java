package io.clinicsync.imports;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import java.time.Clock;
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
import org.springframework.context.event.EventListener;

/** Wakes the taking of files, by event when one was handed over, by sweep for what a crash left. */
@Configuration(proxyBeanMethods = false)
class ImportWorker {

  @Bean
  Waker importWaker(ImportWork work) {
    return new Waker(new ClinicWorkers("imports", work::work));
  }

  @Bean
  JobDetail importSweep() {
    return JobBuilder.newJob(SweepJob.class)
        .withIdentity("import-sweep", "imports")
        .storeDurably()
        .build();
  }

  @Bean
  Trigger importSweepTrigger(JobDetail importSweep) {
    return TriggerBuilder.newTrigger()
        .withIdentity("import-sweep", "imports")
        .forJob(importSweep)
        .withSchedule(
            SimpleScheduleBuilder.repeatMinutelyForever(1)
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }

  /** Hears that a file was queued. */
  static final class Waker {

    private final ClinicWorkers workers;

    Waker(ClinicWorkers workers) {
      this.workers = workers;
    }

    @EventListener
    void on(Imports.ImportQueued queued) {
      workers.wake(queued.clinic());
    }

    void wake(ClinicId clinic) {
      workers.wake(clinic);
    }
  }

  /** Finds what no event told of. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final ImportStore imports;
    private final Waker waker;
    private final Clock clock;

    SweepJob(ImportStore imports, Waker waker, Clock clock) {
      this.imports = imports;
      this.waker = waker;
      this.clock = clock;
    }

    @Override
    public void execute(JobExecutionContext context) {
      imports.clinicsWaiting(clock.instant()).forEach(waker::wake);
    }
  }
}
