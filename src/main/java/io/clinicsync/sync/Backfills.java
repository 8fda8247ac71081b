package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.DatabaseAway;
import io.clinicsync.tenancy.Tenancy;
import java.io.Serial;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Reads again what somebody asked for, beside the live runs and under the same quota [SY-2]. It
 * goes on from its last page after a pause or a crash, and announces nothing unless asked to.
 */
@Component
public class Backfills {

  private static final Logger log = LoggerFactory.getLogger(Backfills.class);
  private static final Duration SOON_AGAIN = Duration.ofSeconds(30);

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final SyncStore leases;
  private final BackfillStore store;
  private final WindowReader windows;
  private final PatientRecords records;
  private final SyncSchedule schedule;
  private final SyncSettings settings;
  private final Clock clock;

  Backfills(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      SyncStore leases,
      BackfillStore store,
      WindowReader windows,
      PatientRecords records,
      SyncSchedule schedule,
      SyncSettings settings,
      Clock clock) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.leases = leases;
    this.store = store;
    this.windows = windows;
    this.records = records;
    this.schedule = schedule;
    this.settings = settings;
    this.clock = clock;
  }

  /** The connection has an open backfill already. */
  public static final class BackfillOpen extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    BackfillOpen() {
      super("The connection has an open backfill");
    }
  }

  /**
   * Asks for a backfill; it starts as soon as a node is free.
   *
   * @throws BackfillOpen while another one of the connection is not over
   * @throws IllegalArgumentException when the EMR does not give one of the kinds wanted
   */
  public Backfill request(Connection connection, Backfill.Wanted wanted) {
    ClinicId clinic = connection.clinic();
    if (!connections.kindsRead(clinic, connection.id()).containsAll(wanted.sources())) {
      throw new IllegalArgumentException("The EMR does not give all of these kinds of records");
    }
    UUID id = UUID.randomUUID();
    Backfill made;
    try {
      made =
          tenancy.inClinic(
              clinic,
              () -> {
                store.insert(clinic, id, connection.id(), wanted, expected(connection, wanted));
                return store.find(clinic, id).orElseThrow();
              });
    } catch (DuplicateKeyException another) {
      throw new BackfillOpen();
    }
    schedule.backfillSoon(clinic, id);
    return made;
  }

  /** The connection's backfills, latest first. */
  public List<Backfill> of(ClinicId clinic, ConnectionId connection) {
    return tenancy.inClinic(clinic, () -> store.of(clinic, connection));
  }

  /** One backfill; empty when the clinic has no such one. */
  public Optional<Backfill> find(ClinicId clinic, UUID id) {
    return tenancy.inClinic(clinic, () -> store.find(clinic, id));
  }

  /** Stops it after the page under way; false when it is not running or waiting. */
  public boolean pause(ClinicId clinic, UUID id) {
    return move(
        clinic,
        id,
        EnumSet.of(Backfill.State.QUEUED, Backfill.State.RUNNING),
        Backfill.State.PAUSED);
  }

  /** Goes on from its last page; false when it is not paused. */
  public boolean resume(ClinicId clinic, UUID id) {
    boolean moved = move(clinic, id, EnumSet.of(Backfill.State.PAUSED), Backfill.State.QUEUED);
    if (moved) {
      schedule.backfillSoon(clinic, id);
    }
    return moved;
  }

  /** Ends it after the page under way; what was stored stays. False when it is over already. */
  public boolean cancel(ClinicId clinic, UUID id) {
    return move(
        clinic,
        id,
        EnumSet.of(Backfill.State.QUEUED, Backfill.State.RUNNING, Backfill.State.PAUSED),
        Backfill.State.CANCELLED);
  }

  /**
   * Works on a backfill until it is done, told to stop, or meets a wall.
   *
   * @return when to come again; empty when there is nothing more to do
   */
  public Optional<Duration> run(ClinicId clinic, UUID id) {
    Backfill backfill = find(clinic, id).orElse(null);
    if (backfill == null
        || !(backfill.state() == Backfill.State.QUEUED
            || backfill.state() == Backfill.State.RUNNING)) {
      return Optional.empty();
    }
    Connection connection = connections.find(clinic, backfill.connection()).orElse(null);
    if (connection == null || connection.state() == ConnectionState.REVOKED) {
      move(clinic, id, EnumSet.of(backfill.state()), Backfill.State.CANCELLED);
      return Optional.empty();
    }
    if (connection.paused()) {
      return Optional.of(settings.shortest());
    }
    SyncStore.Claim claim =
        tenancy
            .inClinic(
                clinic,
                () ->
                    leases.claim(
                        clinic, connection.id(), Lane.BACKFILL, Node.NAME, settings.lease()))
            .orElse(null);
    if (claim == null) {
      return Optional.of(SOON_AGAIN);
    }
    try {
      return work(connection, backfill, claim);
    } finally {
      leases.over(connection.id(), Lane.BACKFILL, claim);
    }
  }

  private Optional<Duration> work(Connection connection, Backfill backfill, SyncStore.Claim claim) {
    ClinicId clinic = connection.clinic();
    UUID id = backfill.id();
    RunCounts counts = new RunCounts();
    AtomicInteger skipped = new AtomicInteger();
    Instant began = clock.instant();
    RunState ended = RunState.SUCCEEDED;
    String code = null;
    Optional<Duration> again = Optional.empty();
    try {
      tenancy.inClinic(
          clinic,
          () -> {
            store.addAbandoned(clinic, id, connection.id(), claim.fence());
            leases.closeAbandoned(clinic, connection.id(), Lane.BACKFILL, claim.fence());
            store.move(
                clinic,
                id,
                EnumSet.of(Backfill.State.QUEUED, Backfill.State.RUNNING),
                Backfill.State.RUNNING,
                null);
          });
      boolean complete = readAll(connection, backfill, claim, counts, skipped);
      if (complete) {
        move(clinic, id, EnumSet.of(Backfill.State.RUNNING), Backfill.State.DONE);
      }
    } catch (EmrException failed) {
      log.warn(
          "backfill {} of connection {} stopped: {} {}",
          id,
          connection.id(),
          failed.kind(),
          failed.getMessage());
      ended = RunState.FAILED;
      code = RunOutcomes.code(failed);
      again = comeBack(clinic, id, failed, code);
    } catch (LeaseLost overtaken) {
      ended = RunState.SUPERSEDED;
    } catch (RuntimeException unexpected) {
      log.error(
          "backfill {} of connection {} failed unexpectedly: {}",
          id,
          connection.id(),
          Failure.of(unexpected));
      ended = RunState.FAILED;
      code = Failure.code(unexpected);
      if (DatabaseAway.isReasonOf(unexpected)) {
        waits(clinic, id, code);
        again = Optional.of(RunOutcomes.AFTER_DATABASE);
      } else {
        close(clinic, id, Backfill.State.FAILED, code);
      }
    }
    finish(
        connection,
        id,
        claim,
        counts,
        skipped.get(),
        Duration.between(began, clock.instant()),
        ended,
        code);
    return again;
  }

  /** Reads each source to its end; false when told to stop. */
  private boolean readAll(
      Connection connection,
      Backfill backfill,
      SyncStore.Claim claim,
      RunCounts counts,
      AtomicInteger skipped) {
    ClinicId clinic = connection.clinic();
    FreshAccount account = new FreshAccount(connections, connection, clock);
    RunContext context =
        new RunContext(
            clinic,
            connection.id(),
            Lane.BACKFILL,
            claim.run(),
            claim.fence(),
            account,
            backfill.wanted().announce() ? Records.Mode.LIVE : Records.Mode.QUIET,
            new LateNotice(clinics, clinic),
            backfill.wanted().dryRun(),
            counts,
            new Touched(),
            () -> !isRunning(clinic, backfill.id()));
    for (var capability : connectors.require(connection.emr()).capabilities(account.get())) {
      if (!(capability instanceof RecordSource<?> source)) {
        continue;
      }
      RecordKind kind = Sources.kindOf(source);
      if (!backfill.wanted().sources().contains(kind) || backfill.done().contains(kind)) {
        continue;
      }
      Checkpoint place = claim.checkpoints().getOrDefault(kind, Checkpoint.untouched(kind));
      RecordSource<? extends EmrRecord> wanted =
          backfill.wanted().activeOnly() ? ActiveOnly.of(source, skipped) : source;
      if (place.open() == null) {
        place =
            new Checkpoint(
                kind, null, Checkpoint.Open.of(window(backfill.wanted(), source), null), null);
      }
      Checkpoint reached = windows.read(context, wanted, place);
      if (reached.open() != null) {
        return false;
      }
      tenancy.inClinic(clinic, () -> store.done(clinic, backfill.id(), kind));
      if (context.stopped().get()) {
        return false;
      }
    }
    return true;
  }

  private static ReadWindow window(Backfill.Wanted wanted, RecordSource<?> source) {
    TimeRange range = wanted.range();
    return range != null && source.facts().byStart()
        ? new ReadWindow.StartingIn(range)
        : new ReadWindow.Everything();
  }

  private boolean isRunning(ClinicId clinic, UUID id) {
    return find(clinic, id).map(found -> found.state() == Backfill.State.RUNNING).orElse(false);
  }

  /** What waiting mends is waited for; everything else ends the backfill with its reason. */
  private Optional<Duration> comeBack(ClinicId clinic, UUID id, EmrException failed, String code) {
    return switch (failed.kind()) {
      case RATE_LIMITED, UNAVAILABLE -> {
        waits(clinic, id, code);
        yield Optional.of(failed.retryAfter().orElse(settings.shortest()));
      }
      case CREDENTIALS_REJECTED,
          PERMISSION_MISSING,
          PERSON_NEEDED,
          NOT_FOUND,
          SLOT_TAKEN,
          REQUEST_REJECTED,
          CONTRACT_BROKEN,
          OUTCOME_UNKNOWN -> {
        close(clinic, id, Backfill.State.FAILED, code);
        yield Optional.empty();
      }
    };
  }

  private void waits(ClinicId clinic, UUID id, String code) {
    tenancy.inClinic(
        clinic,
        () -> {
          store.move(clinic, id, EnumSet.of(Backfill.State.RUNNING), Backfill.State.QUEUED, code);
        });
  }

  private void close(ClinicId clinic, UUID id, Backfill.State state, String code) {
    tenancy.inClinic(
        clinic,
        () -> {
          store.move(clinic, id, EnumSet.of(Backfill.State.RUNNING), state, code);
        });
  }

  private void finish(
      Connection connection,
      UUID id,
      SyncStore.Claim claim,
      RunCounts counts,
      int skipped,
      Duration worked,
      RunState state,
      @Nullable String code) {
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          leases.finish(
              connection.clinic(),
              connection.id(),
              Lane.BACKFILL,
              claim,
              Failure.DATABASE.equals(code) ? null : counts,
              state,
              code,
              clock.instant());
          store.add(connection.clinic(), id, claim.run(), skipped, worked);
        });
  }

  private @Nullable Integer expected(Connection connection, Backfill.Wanted wanted) {
    int sum = 0;
    for (RecordKind kind : wanted.sources()) {
      TimeRange range = wanted.range();
      sum +=
          range != null && kind == RecordKind.APPOINTMENT
              ? records.countStarting(connection.clinic(), connection.id(), range)
              : records.count(connection.clinic(), connection.id(), kind);
    }
    return sum == 0 ? null : sum;
  }

  private boolean move(ClinicId clinic, UUID id, Set<Backfill.State> from, Backfill.State to) {
    return tenancy.inClinic(clinic, () -> store.move(clinic, id, from, to, null));
  }
}
