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

/** Looks every fifteen seconds for appointments that are yet to be brought or reported. */
@Configuration(proxyBeanMethods = false)
class BridgeWorker {

  @Bean
  ClinicWorkers bridgeWorkers(BridgeWork work) {
    return new ClinicWorkers("bridge", work::work);
  }

  @Bean
  JobDetail bridgeSweep() {
    return SweepJobs.job(SweepJob.class, "bridge-sweep", "bridge");
  }

  @Bean
  Trigger bridgeSweepTrigger(@Qualifier("bridgeSweep") JobDetail bridgeSweep) {
    return SweepJobs.every(Duration.ofSeconds(15), bridgeSweep);
  }

  /** Finds what a crash or a failure left. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final BridgedRows rows;
    private final ClinicWorkers workers;

    SweepJob(BridgedRows rows, @Qualifier("bridgeWorkers") ClinicWorkers workers) {
      this.rows = rows;
      this.workers = workers;
    }

    @Override
    public void execute(JobExecutionContext context) {
      rows.clinicsWaiting().forEach(workers::wake);
    }
  }
}
