package io.clinicsync.sync;

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

/**
 * Wakes the acting on notices, by event when one was kept, by sweep for what a crash left; and the
 * keeping of sessions.
 */
@Configuration(proxyBeanMethods = false)
class NoticeWorker {

  @Bean
  Waker noticeWaker(Notices notices) {
    return new Waker(new ClinicWorkers("notices", notices::work));
  }

  @Bean
  JobDetail noticeSweep() {
    return SweepJobs.job(SweepJob.class, "notice-sweep", "sync");
  }

  @Bean
  Trigger noticeSweepTrigger(JobDetail noticeSweep) {
    return SweepJobs.every(Duration.ofSeconds(20), noticeSweep);
  }

  @Bean
  JobDetail sessionKeeper() {
    return SweepJobs.job(KeeperJob.class, "session-keeper", "sync");
  }

  @Bean
  Trigger sessionKeeperTrigger(JobDetail sessionKeeper) {
    return SweepJobs.every(Duration.ofMinutes(1), sessionKeeper);
  }

  /** Keeps grants alive. */
  @DisallowConcurrentExecution
  static final class KeeperJob implements Job {

    private final SessionKeeping sessions;

    KeeperJob(SessionKeeping sessions) {
      this.sessions = sessions;
    }

    @Override
    public void execute(JobExecutionContext context) {
      sessions.keepAll();
    }
  }

  /** Hears that a notice was kept. */
  static final class Waker {

    private final ClinicWorkers workers;

    Waker(ClinicWorkers workers) {
      this.workers = workers;
    }

    @EventListener
    void on(VendorCalls.NoticeKept kept) {
      workers.wake(kept.clinic());
    }

    void wake(ClinicId clinic) {
      workers.wake(clinic);
    }
  }

  /** Finds what no event told of. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final NoticeStore notices;
    private final Waker waker;

    SweepJob(NoticeStore notices, Waker waker) {
      this.notices = notices;
      this.waker = waker;
    }

    @Override
    public void execute(JobExecutionContext context) {
      notices.clinicsWaiting().forEach(waker::wake);
    }
  }
}
