package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.DatabaseAway;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compares everything with the EMR [SY-3]. Each source is read in full under a generation number
 * that survives a crash; what a complete sweep did not meet is asked for one by one, and only what
 * the EMR then denies is removed [R7]. More removals than the brake allows pause the connection
 * instead [P5].
 */
@Component
public class Sweeps {

  private static final Logger log = LoggerFactory.getLogger(Sweeps.class);

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final SyncStore store;
  private final SweepStore seen;
  private final WindowReader windows;
  private final Records records;
  private final RecentVersions recent;
  private final SyncSettings settings;
  private final Clock clock;

  Sweeps(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      SyncStore store,
      SweepStore seen,
      WindowReader windows,
      Records records,
      RecentVersions recent,
      SyncSettings settings,
      Clock clock) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.store = store;
    this.seen = seen;
    this.windows = windows;
    this.records = records;
    this.recent = recent;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Sweeps the connection now; empty while another sweep runs, before the first load is complete,
   * or when paused.
   */
  public Optional<RunResult> sweep(ClinicId clinic, ConnectionId id) {
    Connection connection = connections.find(clinic, id).orElse(null);
    if (connection == null
        || connection.paused()
        || connection.state() == ConnectionState.REVOKED
        || connection.quietUntilLoaded()) {
      return Optional.empty();
    }
    return tenancy
        .inClinic(clinic, () -> store.claim(clinic, id, Lane.SWEEP, Node.NAME, settings.lease()))
        .map(
            claim -> {
              try {
                return sweep(connection, claim);
              } finally {
                store.over(id, Lane.SWEEP, claim);
              }
            });
  }

  private RunResult sweep(Connection connection, SyncStore.Claim claim) {
    RunCounts counts = new RunCounts();
    Instant end = clock.instant().plus(settings.slice());
    RunContext context =
        new RunContext(
            connection.clinic(),
            connection.id(),
            Lane.SWEEP,
            claim.run(),
            claim.fence(),
            new FreshAccount(connections, connection, clock),
            Records.Mode.LIVE,
            new LateNotice(clinics, connection.clinic()),
            false,
            counts,
            new Touched(),
            () -> clock.instant().isAfter(end));
    if (claim.lastNeverEnded()) {
      tenancy.inClinic(
          connection.clinic(),
          () -> {
            store.closeAbandoned(connection.clinic(), connection.id(), Lane.SWEEP, claim.fence());
          });
    }
    RunState state = RunState.SUCCEEDED;
    String code = null;
    Duration next = settings.sweepEvery();
    try {
      switch (sweepAll(connection, claim, context)) {
        case BRAKED -> {
          state = RunState.FAILED;
          code = "removal_brake";
          brake(connection, context);
        }
        case GOES_ON -> {
          state = RunState.PARTIAL;
          code = RunOutcomes.GOES_ON;
          next = Duration.ZERO;
        }
        case COMPLETE -> {}
      }
    } catch (EmrException failed) {
      log.warn(
          "sweep of connection {} failed: {} {}",
          connection.id(),
          failed.kind(),
          failed.getMessage());
      state = RunState.FAILED;
      code = RunOutcomes.code(failed);
    } catch (LeaseLost overtaken) {
      state = RunState.SUPERSEDED;
    } catch (RuntimeException unexpected) {
      log.error(
          "sweep {} of connection {} failed unexpectedly: {}",
          claim.run(),
          connection.id(),
          Failure.of(unexpected));
      state = RunState.FAILED;
      code = Failure.code(unexpected);
      if (DatabaseAway.isReasonOf(unexpected)) {
        next = RunOutcomes.AFTER_DATABASE;
      }
    }
    boolean counted = !Failure.DATABASE.equals(code);
    return finish(connection, claim, counts, counted, state, code, next);
  }

  private enum Swept {
    COMPLETE,
    /** Time is up; the rest comes with the next sweep. */
    GOES_ON,
    BRAKED
  }

  private Swept sweepAll(Connection connection, SyncStore.Claim claim, RunContext context) {
    EmrAccount account = context.account().get();
    // A sweep that goes on has settled the sources before the one it stopped in.
    boolean settled = RunState.PARTIAL.name().equals(claim.lastState()) && standsInAWindow(claim);
    for (var capability : connectors.require(connection.emr()).capabilities(account)) {
      if (capability instanceof RecordSource<?> source) {
        Checkpoint at = claim.checkpoints().get(Sources.kindOf(source));
        settled = settled && (at == null || at.open() == null);
        Swept swept = settled ? Swept.COMPLETE : sweepSource(context, source, claim);
        if (swept != Swept.COMPLETE) {
          return swept;
        }
      }
    }
    return Swept.COMPLETE;
  }

  private static boolean standsInAWindow(SyncStore.Claim claim) {
    return claim.checkpoints().values().stream().anyMatch(at -> at.open() != null);
  }

  /** Pauses the connection, unless another sweep took over meanwhile. */
  private void brake(Connection connection, RunContext run) {
    tenancy.inClinic(
        run.clinic(),
        () -> {
          store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
        });
    connections.pause(connection.clinic(), connection.id(), true);
    connections.report(
        connection.clinic(), connection.id(), ConnectionState.ACTION_NEEDED, "removal_brake");
  }

  private <T extends EmrRecord> Swept sweepSource(
      RunContext run, RecordSource<T> source, SyncStore.Claim claim) {
    RecordKind kind = Sources.kindOf(source);
    Checkpoint at = claim.checkpoints().getOrDefault(kind, Checkpoint.untouched(kind));
    Checkpoint.Open open = at.open();
    Long resumed = open == null ? null : open.generation();
    // The fence only rises, whatever our clock does.
    long generation = resumed == null ? run.fence() : resumed;
    Checkpoint start =
        resumed != null
            ? at
            : new Checkpoint(
                kind,
                at.mark(),
                Checkpoint.Open.of(new ReadWindow.Everything(), generation),
                at.doneAt());
    if (windows.read(run, source, start).open() != null) {
      return Swept.GOES_ON;
    }
    return settle(run, source, kind, generation) ? Swept.BRAKED : Swept.COMPLETE;
  }

  /** What the complete sweep did not meet; true when the brake held. */
  private <T extends EmrRecord> boolean settle(
      RunContext run, RecordSource<T> source, RecordKind kind, long generation) {
    SweepStore.Tally tally =
        tenancy.inClinic(
            run.clinic(), () -> seen.tally(run.clinic(), run.connection(), kind, generation));
    List<EmrRef> missing = tally.missing();
    if (missing.size() > brake(tally.ours())) {
      log.error(
          "sweep of connection {} would remove {} of {} records of {}; nothing is removed and the connection pauses",
          run.connection(),
          missing.size(),
          tally.ours(),
          kind);
      tenancy.inClinic(
          run.clinic(),
          () -> seen.record(run.clinic(), run.connection(), kind, generation, tally, 0, 0));
      return true;
    }
    List<EmrRef> gone = new ArrayList<>();
    List<T> found = new ArrayList<>();
    for (EmrRef ref : missing) {
      source.get(run.account().get(), ref).ifPresentOrElse(found::add, () -> gone.add(ref));
    }
    tenancy.inClinic(
        run.clinic(),
        () -> {
          store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
          Records.Stored repaired =
              records.store(
                  run.clinic(), run.connection(), found, Records.Mode.LIVE, run.lateNotice().get());
          int removed =
              records.remove(
                  run.clinic(),
                  run.connection(),
                  gone,
                  clock.instant(),
                  Records.Mode.LIVE,
                  run.lateNotice().get());
          run.counts().page(kind, 0, repaired, removed, 0);
          RunCounts.SourceCounts all =
              run.counts().bySource().getOrDefault(kind, RunCounts.SourceCounts.NONE);
          seen.record(
              run.clinic(),
              run.connection(),
              kind,
              generation,
              tally,
              all.created() + all.updated(),
              removed);
          seen.clear(run.clinic(), run.connection(), kind, generation);
        });
    recent.forget(run.connection(), gone);
    return false;
  }

  private int brake(int ours) {
    return Math.max(settings.removalFloor(), (int) (ours * settings.removalShare()));
  }

  private RunResult finish(
      Connection connection,
      SyncStore.Claim claim,
      RunCounts counts,
      boolean counted,
      RunState state,
      @Nullable String code,
      Duration next) {
    tenancy.inClinic(
        connection.clinic(),
        () ->
            store.finish(
                connection.clinic(),
                connection.id(),
                Lane.SWEEP,
                claim,
                counted ? counts : null,
                state,
                code,
                clock.instant().plus(next)));
    return new RunResult(
        claim.run(),
        state,
        code,
        counts.pages(),
        counts.read(),
        counts.created(),
        counts.updated(),
        counts.removed(),
        counts.rejected(),
        List.of(),
        next);
  }
}
