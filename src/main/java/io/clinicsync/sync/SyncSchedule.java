package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Connections.ConnectionChanged;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.DatabaseAway;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.springframework.boot.autoconfigure.quartz.QuartzTransactionManager;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One durable job per connection and lane in the clustered store. The job plans its next start, in
 * UTC; missed ones coalesce into one. Each trigger also repeats by itself at the longest interval,
 * so that a job whose process or database died before it could plan comes again without anybody's
 * help. Firing twice, or on two nodes, is harmless: the lease lets one through.
 */
@Component
class SyncSchedule {

  private static final String RUNS = "sync-runs";
  private static final String SWEEPS = "sync-sweeps";
  private static final String BACKFILLS = "sync-backfills";

  private static final int PLANNED_MEANWHILE = 5;
  private static final Duration STORE_RETRY = Duration.ofSeconds(5);

  /**
   * Work that waits for its clinic's slice is called when there is room; this is for lost calls.
   */
  static final Duration AT_LATEST = Duration.ofMinutes(1);

  private final Scheduler scheduler;
  private final Connections connections;
  private final SyncSettings settings;
  private final Clock clock;
  private final TransactionTemplate transactions;
  private volatile boolean ended;

  SyncSchedule(
      Scheduler scheduler,
      @QuartzTransactionManager PlatformTransactionManager store,
      Connections connections,
      SyncSettings settings,
      Clock clock) {
    this.transactions = new TransactionTemplate(store);
    this.scheduler = scheduler;
    this.connections = connections;
    this.settings = settings;
    this.clock = clock;
  }

  Duration shortest() {
    return settings.shortest();
  }

  /**
   * Connections that were added while no node was up, or whose planning was cut short, get their
   * jobs.
   */
  @EventListener(ApplicationReadyEvent.class)
  void planEverything() {
    connections.toSchedule().forEach(key -> plan(key.clinic(), key.connection()));
  }

  @EventListener
  void on(ConnectionChanged changed) {
    Connection connection = connections.find(changed.clinic(), changed.connection()).orElse(null);
    if (connection == null
        || connection.paused()
        || connection.state() == ConnectionState.REVOKED) {
      forget(changed.connection());
    } else {
      plan(changed.clinic(), changed.connection());
      soon(changed.clinic(), changed.connection());
    }
  }

  /** Runs the connection as soon as a node is free. */
  void soon(ClinicId clinic, ConnectionId connection) {
    next(clinic, connection, Duration.ZERO);
  }

  /** Works on a backfill as soon as a node is free. */
  void backfillSoon(ClinicId clinic, UUID backfill) {
    backfill(clinic, backfill, Duration.ZERO);
  }

  /** Works on a backfill after a while. A node that dies with it hands it to another. */
  void backfill(ClinicId clinic, UUID backfill, Duration wait) {
    JobDetail job =
        JobBuilder.newJob(BackfillJob.class)
            .withIdentity(backfill.toString(), BACKFILLS)
            .usingJobData("clinic", clinic.toString())
            .usingJobData("backfill", backfill.toString())
            .storeDurably(false)
            .requestRecovery()
            .build();
    // A trigger of its own for each wait: the one that fired is still there while its job plans the
    // next.
    Trigger trigger =
        TriggerBuilder.newTrigger()
            .withIdentity(backfill + "-" + UUID.randomUUID(), BACKFILLS)
            .forJob(job)
            .startAt(Date.from(clockless(wait)))
            .withSchedule(
                SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow())
            .build();
    inStore(() -> scheduler.scheduleJob(job, Set.of(trigger), true));
  }

  void next(ClinicId clinic, ConnectionId connection, Duration interval) {
    schedule(RUNS, clinic, connection, clockless(interval), settings.longest());
  }

  /** As {@link #next}, unless the connection was revoked or paused while it ran. */
  void nextUnlessForgotten(ClinicId clinic, ConnectionId connection, Duration interval) {
    if (exists(job(RUNS, connection))) {
      next(clinic, connection, interval);
    }
  }

  /**
   * Sweeps the connection as soon as a node is free: asked for, or going on after it made room for
   * others.
   */
  void sweepSoon(ClinicId clinic, ConnectionId connection) {
    sweep(clinic, connection, Duration.ZERO);
  }

  void sweep(ClinicId clinic, ConnectionId connection, Duration wait) {
    schedule(SWEEPS, clinic, connection, clockless(wait), settings.sweepEvery());
  }

  /**
   * Plans now, or as soon as the scheduler's store takes it: the database may be away when a job
   * has to plan its next start. Only this process's memory holds it, so a process that dies with it
   * leaves the job to its own repetition.
   */
  void whenPossible(Runnable planning) {
    try {
      planning.run();
    } catch (RuntimeException away) {
      later(planning);
    }
  }

  private void later(Runnable planning) {
    CompletableFuture.delayedExecutor(STORE_RETRY.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (!ended) {
                whenPossible(planning);
              }
            });
  }

  @PreDestroy
  void end() {
    ended = true;
  }

  void nextSweep(ClinicId clinic, ConnectionId connection) {
    ZoneId zone =
        connections.find(clinic, connection).map(Connection::zone).orElse(ZoneId.of("UTC"));
    schedule(
        SWEEPS,
        clinic,
        connection,
        clockless(untilThree(clock.instant(), zone)),
        settings.sweepEvery());
  }

  /**
   * Until the next instant that is 03:00 in the clinic; a night without one takes the first instant
   * after the gap.
   */
  static Duration untilThree(Instant now, ZoneId zone) {
    ZonedDateTime local = now.atZone(zone);
    ZonedDateTime three = local.toLocalDate().atTime(LocalTime.of(3, 0)).atZone(zone);
    ZonedDateTime next =
        three.isAfter(local)
            ? three
            : local.toLocalDate().plusDays(1).atTime(LocalTime.of(3, 0)).atZone(zone);
    return Duration.between(now, next.toInstant());
  }

  private void plan(ClinicId clinic, ConnectionId connection) {
    if (!exists(trigger(RUNS, connection))) {
      // Start phases are spread by the connection's own hash, so that a restart does not start
      // everything at once.
      long spread =
          Math.floorMod(
              connection.value().hashCode(),
              Math.max(1, Math.min(30, settings.shortest().toSeconds())));
      next(clinic, connection, Duration.ofSeconds(spread));
    }
    if (!exists(trigger(SWEEPS, connection))) {
      nextSweep(clinic, connection);
    }
  }

  private boolean exists(TriggerKey trigger) {
    try {
      return scheduler.checkExists(trigger);
    } catch (SchedulerException failure) {
      throw new IllegalStateException("The scheduler's store is not usable", failure);
    }
  }

  private boolean exists(JobKey job) {
    try {
      return scheduler.checkExists(job);
    } catch (SchedulerException failure) {
      throw new IllegalStateException("The scheduler's store is not usable", failure);
    }
  }

  private void add(
      String group, Class<? extends Job> type, ClinicId clinic, ConnectionId connection)
      throws SchedulerException {
    JobDetail job =
        JobBuilder.newJob(type)
            .withIdentity(job(group, connection))
            .usingJobData("clinic", clinic.toString())
            .usingJobData("connection", connection.toString())
            .storeDurably()
            .build();
    scheduler.addJob(job, true);
  }

  private void schedule(
      String group, ClinicId clinic, ConnectionId connection, Instant start, Duration again) {
    Trigger trigger =
        TriggerBuilder.newTrigger()
            .withIdentity(trigger(group, connection))
            .forJob(job(group, connection))
            .startAt(Date.from(start))
            .withSchedule(
                SimpleScheduleBuilder.simpleSchedule()
                    .withIntervalInMilliseconds(again.toMillis())
                    .repeatForever()
                    .withMisfireHandlingInstructionNowWithRemainingCount())
            .build();
    inStore(
        () -> {
          if (!scheduler.checkExists(job(group, connection))) {
            add(group, group.equals(RUNS) ? RunJob.class : SweepJob.class, clinic, connection);
          }
          if (scheduler.rescheduleJob(trigger.getKey(), trigger) == null) {
            scheduler.scheduleJob(trigger);
          }
        });
  }

  /** A few steps in the scheduler's store. */
  private interface Steps {
    void run() throws SchedulerException;
  }

  /**
   * Does these steps in one transaction: outside of one Spring's job store commits each statement
   * by itself and lets its lock go at once, and a trigger could be half written or lost. Others may
   * plan the same job at the same moment, such as a person who asks for a run while the job plans
   * its next one; whoever comes second tries again.
   */
  private void inStore(Steps steps) {
    for (int left = PLANNED_MEANWHILE; ; left--) {
      try {
        transactions.executeWithoutResult(
            status -> {
              try {
                steps.run();
              } catch (SchedulerException failure) {
                throw new IllegalStateException("The scheduler's store is not usable", failure);
              }
            });
        return;
      } catch (RuntimeException failure) {
        if (left == 0 || DatabaseAway.isReasonOf(failure)) {
          throw failure;
        }
      }
    }
  }

  private void forget(ConnectionId connection) {
    inStore(
        () -> {
          scheduler.deleteJob(job(RUNS, connection));
          scheduler.deleteJob(job(SWEEPS, connection));
        });
  }

  /**
   * Quartz reads the machine's clock, so starts are counted from it, whatever the application's
   * clock says.
   */
  private static Instant clockless(Duration interval) {
    return Instant.now().plus(interval);
  }

  private static JobKey job(String group, ConnectionId connection) {
    return new JobKey(connection.toString(), group);
  }

  private static TriggerKey trigger(String group, ConnectionId connection) {
    return new TriggerKey(connection.toString(), group);
  }
}
