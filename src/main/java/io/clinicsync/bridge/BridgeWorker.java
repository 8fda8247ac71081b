package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicWorkers;
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

/** Looks every fifteen seconds for appointments that are yet to be brought or reported. */
@Configuration(proxyBeanMethods = false)
class BridgeWorker {

  @Bean
  ClinicWorkers bridgeWorkers(BridgeWork work) {
    return new ClinicWorkers("bridge", work::work);
  }

  @Bean
  JobDetail bridgeSweep() {
    return JobBuilder.newJob(SweepJob.class)
        .withIdentity("bridge-sweep", "bridge")
        .storeDurably()
        .build();
  }

  @Bean
  Trigger bridgeSweepTrigger(@Qualifier("bridgeSweep") JobDetail bridgeSweep) {
    return TriggerBuilder.newTrigger()
        .withIdentity("bridge-sweep", "bridge")
        .forJob(bridgeSweep)
        .withSchedule(
            SimpleScheduleBuilder.repeatSecondlyForever(15)
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
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
