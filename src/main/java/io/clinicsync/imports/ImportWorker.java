package io.clinicsync.imports;

import io.clinicsync.tenancy.ClinicId;
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
    return SweepJobs.job(SweepJob.class, "import-sweep", "imports");
  }

  @Bean
  Trigger importSweepTrigger(JobDetail importSweep) {
    return SweepJobs.every(Duration.ofMinutes(1), importSweep);
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

    SweepJob(ImportStore imports, Waker waker) {
      this.imports = imports;
      this.waker = waker;
    }

    @Override
    public void execute(JobExecutionContext context) {
      imports.clinicsWaiting().forEach(waker::wake);
    }
  }
}
