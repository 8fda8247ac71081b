package io.clinicsync.crm;

import io.clinicsync.clinics.Clinics.ClinicSettingsChanged;
import io.clinicsync.clinics.Connections.ConnectionChanged;
import io.clinicsync.clinics.Connections.ConnectionLoading;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.clinics.GhlAccounts.GhlConnected;
import io.clinicsync.insights.FactsChanged;
import io.clinicsync.people.ContactVanished;
import io.clinicsync.people.LinkDecided;
import io.clinicsync.people.Links;
import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.SweepJobs;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Queues pushes in the transaction of what causes them, and wakes the drain after it; a sweep finds
 * what was left.
 */
@Configuration(proxyBeanMethods = false)
class CrmWorker {

  @Bean
  Pusher pusher(
      PushQueue queue,
      GhlAccounts accounts,
      Tenancy tenancy,
      Drain drain,
      Pushes pushes,
      Links links,
      SharedContacts shared) {
    return new Pusher(queue, accounts, tenancy, drain, pushes, links, shared);
  }

  @Bean
  JobDetail pushSweep() {
    return SweepJobs.job(SweepJob.class, "push-sweep", "crm");
  }

  @Bean
  Trigger pushSweepTrigger(JobDetail pushSweep) {
    return SweepJobs.every(Duration.ofSeconds(10), pushSweep);
  }

  @Bean
  JobDetail contactSweepJob() {
    return SweepJobs.job(ContactSweepJob.class, "contact-sweep", "crm");
  }

  @Bean
  Trigger contactSweepTrigger(JobDetail contactSweepJob) {
    return SweepJobs.every(Duration.ofHours(24), contactSweepJob, Duration.ofHours(1));
  }

  /** Hears what makes pushes necessary. */
  static final class Pusher {

    private final PushQueue queue;
    private final GhlAccounts accounts;
    private final Tenancy tenancy;
    private final ClinicWorkers workers;
    private final Pushes pushes;
    private final Links links;
    private final SharedContacts shared;
    private final Drain drain;

    /** Clinics whose contacts are about to come. */
    private final Set<ClinicId> expecting = ConcurrentHashMap.newKeySet();

    Pusher(
        PushQueue queue,
        GhlAccounts accounts,
        Tenancy tenancy,
        Drain drain,
        Pushes pushes,
        Links links,
        SharedContacts shared) {
      this.shared = shared;
      this.pushes = pushes;
      this.links = links;
      this.queue = queue;
      this.accounts = accounts;
      this.tenancy = tenancy;
      this.drain = drain;
      this.workers = new ClinicWorkers("pushes", this::work);
    }

    private void work(ClinicId clinic) {
      if (expecting.remove(clinic)) {
        drain.setUp(clinic);
      }
      drain.work(clinic);
    }

    /** The fields are made while the first patients are still being read. */
    @EventListener
    void expect(ConnectionLoading loading) {
      expecting.add(loading.clinic());
      workers.wake(loading.clinic());
    }

    /**
     * Within the transaction that stores the facts; a clinic without a sub-account queues nothing.
     */
    @EventListener
    void queue(FactsChanged changed) {
      if (accounts.find(changed.clinic()).isPresent()) {
        queue.add(changed.clinic(), changed.connection(), changed.patients(), changed.cause());
        shared.queueOthers(
            changed.clinic(), changed.connection(), changed.patients(), changed.cause());
      }
    }

    @TransactionalEventListener(fallbackExecution = true)
    void wake(FactsChanged changed) {
      workers.wake(changed.clinic());
    }

    @EventListener
    void queue(LinkDecided decided) {
      if (accounts.find(decided.clinic()).isPresent()) {
        queue.add(
            decided.clinic(), decided.connection(), List.of(decided.patient()), Cause.OWN_WRITE);
      }
    }

    @TransactionalEventListener(fallbackExecution = true)
    void wake(LinkDecided decided) {
      workers.wake(decided.clinic());
    }

    /** What was written to a contact that vanished is not there any more. */
    @EventListener
    void queue(ContactVanished vanished) {
      ClinicId clinic = vanished.clinic();
      for (Links.Share each : vanished.patients()) {
        pushes.forget(clinic, each.connection(), each.patient());
        queue.add(clinic, each.connection(), List.of(each.patient()), Cause.SYNC);
      }
    }

    @TransactionalEventListener(fallbackExecution = true)
    void wake(ContactVanished vanished) {
      workers.wake(vanished.clinic());
    }

    /** A sub-account that was connected, or exchanged, is filled with everybody, quietly [TR-4]. */
    @EventListener
    void fill(GhlConnected connected) {
      tenancy.inClinic(
          connected.clinic(),
          () -> {
            if (pushes.forgetOtherThan(connected.clinic(), connected.locationId())) {
              links.forgetContacts(connected.clinic());
            }
            queue.addAll(connected.clinic(), Cause.MAPPING);
          });
    }

    @TransactionalEventListener(fallbackExecution = true)
    void wake(GhlConnected connected) {
      workers.wake(connected.clinic());
    }

    /**
     * Other fields, other consent rules, other households: every contact is compared again,
     * quietly.
     */
    @EventListener
    void compareAgain(ClinicSettingsChanged changed) {
      tenancy.inClinic(changed.clinic(), () -> queue.addAll(changed.clinic(), Cause.MAPPING));
      workers.wake(changed.clinic());
    }

    /** A connection that ends, or comes back, changes who owns the fields of shared contacts. */
    @EventListener
    void compareAgain(ConnectionChanged changed) {
      tenancy.inClinic(changed.clinic(), () -> shared.ownersChanged(changed.clinic()));
      workers.wake(changed.clinic());
    }

    void wakeWaiting() {
      queue.clinicsWaiting().forEach(workers::wake);
    }
  }

  /** Finds facts that no push followed; what it queues is woken by the other sweep. */
  @DisallowConcurrentExecution
  static final class ContactSweepJob implements Job {

    private final ContactSweep contacts;

    ContactSweepJob(ContactSweep contacts) {
      this.contacts = contacts;
    }

    @Override
    public void execute(JobExecutionContext context) {
      contacts.clinics().forEach(contacts::sweep);
    }
  }

  /** Finds what no event told of, and what was put off. */
  @DisallowConcurrentExecution
  static final class SweepJob implements Job {

    private final Pusher pusher;

    SweepJob(Pusher pusher) {
      this.pusher = pusher;
    }

    @Override
    public void execute(JobExecutionContext context) {
      pusher.wakeWaiting();
    }
  }
}
