package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.SweepJobs;
import java.time.Duration;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Forgets once a day, one clinic after the other. */
@Configuration(proxyBeanMethods = false)
class BridgeRetentionWorker {

  private static final Logger log = LoggerFactory.getLogger(BridgeRetentionWorker.class);

  @Bean
  JobDetail bridgeRetentionJob() {
    return SweepJobs.job(ForgetJob.class, "bridge-retention", "bridge");
  }

  @Bean
  Trigger bridgeRetentionTrigger(@Qualifier("bridgeRetentionJob") JobDetail bridgeRetentionJob) {
    return SweepJobs.every(Duration.ofHours(24), bridgeRetentionJob, Duration.ofMinutes(30));
  }

  /** A clinic that fails holds up no other. */
  @DisallowConcurrentExecution
  static final class ForgetJob implements Job {

    private final BridgeRetention retention;

    ForgetJob(BridgeRetention retention) {
      this.retention = retention;
    }

    @Override
    public void execute(JobExecutionContext context) {
      retention.clinics().forEach(this::forget);
    }

    private void forget(ClinicId clinic) {
      try {
        retention.forget(clinic);
      } catch (RuntimeException failed) {
        log.error(
            "what is old of clinic {} is forgotten tomorrow: {}",
            clinic,
            failed.getClass().getName());
      }
    }
  }
}
