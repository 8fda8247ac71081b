package io.clinicsync.bridge;

import io.clinicsync.clinics.Connections.ConnectionChanged;
import io.clinicsync.clinics.GhlAccounts.GhlConnected;
import io.clinicsync.records.PatientsTouched;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.SweepJobs;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Wakes the mirroring of diaries: at once when the EMR's appointments changed, by sweep for what
 * the clock or a crash left.
 */
@Configuration(proxyBeanMethods = false)
class MirrorWorker {

  @Bean
  Waker mirrorWaker(Mirror mirror, MirrorRows rows) {
    return new Waker(rows, new ClinicWorkers("mirror", mirror::work));
  }

  @Bean
  JobDetail mirrorSweep() {
    return SweepJobs.job(SweepJob.class, "mirror-sweep", "bridge");
  }

  @Bean
  Trigger mirrorSweepTrigger(@Qualifier("mirrorSweep") JobDetail mirrorSweep) {
    return SweepJobs.every(Duration.ofSeconds(15), mirrorSweep);
  }

  /** Hears what may have changed a diary. Clinics that mirror nothing cost nothing. */
  static final class Waker {

    private final MirrorRows rows;
    private final ClinicWorkers workers;

    /** Every clinic this node has met, by its own calls or by a sweep. */
    private final Set<ClinicId> mirroring = ConcurrentHashMap.newKeySet();

    Waker(MirrorRows rows, ClinicWorkers workers) {
      this.rows = rows;
      this.workers = workers;
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(Calendars.MirrorSet set) {
      mirroring.add(set.clinic());
      workers.wake(set.clinic());
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(PatientsTouched touched) {
      wake(touched.clinic());
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(GhlConnected connected) {
      wake(connected.clinic());
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(ConnectionChanged changed) {
      wake(changed.clinic());
    }

    private void wake(ClinicId clinic) {
      if (mirroring.contains(clinic)) {
        workers.wake(clinic);
      }
    }

    void sweep() {
      Map<ClinicId, Boolean> clinics = rows.clinics();
      clinics.forEach(
          (clinic, due) -> {
            // Wakes of a clinic that this node had not met were lost.
            if (mirroring.add(clinic) || due) {
              workers.wake(clinic);
            }
          });
    }
  }

  /** Finds what no wake told of. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final Waker waker;

    SweepJob(@Qualifier("mirrorWaker") Waker waker) {
      this.waker = waker;
    }

    @Override
    public void execute(JobExecutionContext context) {
      waker.sweep();
    }
  }
}
