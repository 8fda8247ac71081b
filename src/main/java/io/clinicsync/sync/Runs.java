package io.clinicsync.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.Cause;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Runs a connection: each source from its checkpoint to its end. Callable from anywhere, as often
 * as one likes: the lease lets one through, and the fence refuses whatever a run writes that was
 * overtaken.
 */
@Component
public class Runs {

  private static final Logger log = LoggerFactory.getLogger(Runs.class);

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final SyncStore store;
  private final WindowReader windows;
  private final FirstLoad firstLoad;
  private final Latecomers latecomers;
  private final TouchedReads touchedReads;
  private final Catalogues catalogues;
  private final DueMarkers due;
  private final SyncSettings settings;
  private final Clock clock;
  private final RunOutcomes outcomes;

  /** When this node last saw each connection's catalogue stored, so that most runs need not ask. */
  private final Cache<ConnectionId, Instant> cataloguesRead =
      Caffeine.newBuilder().maximumSize(20_000).expireAfterWrite(Duration.ofHours(12)).build();

  Runs(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      SyncStore store,
      WindowReader windows,
      FirstLoad firstLoad,
      Latecomers latecomers,
      TouchedReads touchedReads,
      Catalogues catalogues,
      DueMarkers due,
      SyncSettings settings,
      Clock clock,
      RunOutcomes outcomes) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.store = store;
    this.windows = windows;
    this.firstLoad = firstLoad;
    this.latecomers = latecomers;
    this.touchedReads = touchedReads;
    this.catalogues = catalogues;
    this.due = due;
    this.settings = settings;
    this.clock = clock;
    this.outcomes = outcomes;
  }

  /**
   * Runs the connection now; empty while another run holds it, while it waits for a sign-in, or
   * when it is paused, revoked or gone.
   */
  public Optional<RunResult> run(ClinicId clinic, ConnectionId id) {
    Connection connection = connections.find(clinic, id).orElse(null);
    if (connection == null
        || connection.paused()
        || connection.awaitsSignIn()
        || connection.state() == ConnectionState.REVOKED) {
      return Optional.empty();
    }
    return tenancy
        .inClinic(clinic, () -> store.claim(clinic, id, Lane.LIVE, Node.NAME, settings.lease()))
        .map(
            claim -> {
              try {
                return run(connection, claim);
              } finally {
                store.over(id, Lane.LIVE, claim);
              }
            });
  }

  private RunResult run(Connection connection, SyncStore.Claim claim) {
    RunCounts counts = new RunCounts();
    Supplier<EmrAccount> account = new FreshAccount(connections, connection, clock);
    RunContext context =
        new RunContext(
            connection.clinic(),
            connection.id(),
            Lane.LIVE,
            claim.run(),
            claim.fence(),
            account,
            connection.quietUntilLoaded() ? Records.Mode.FIRST_LOAD : Records.Mode.LIVE,
            new LateNotice(clinics, connection.clinic()),
            false,
            counts,
            new Touched(),
            slice());
    if (claim.lastNeverEnded()) {
      tenancy.inClinic(
          connection.clinic(),
          () -> {
            store.closeAbandoned(connection.clinic(), connection.id(), Lane.LIVE, claim.fence());
          });
    }
    try {
      Failures failures = readAll(connection, claim, context);
      return outcomes.close(connection, claim, counts, failures);
    } catch (LeaseLost overtaken) {
      log.info("run {} of connection {} was overtaken and stops", claim.run(), connection.id());
      return outcomes.superseded(connection, claim, counts);
    } catch (RuntimeException unexpected) {
      log.error(
          "run {} of connection {} failed unexpectedly: {}",
          claim.run(),
          connection.id(),
          Failure.of(unexpected));
      return outcomes.broken(connection, claim, counts, unexpected);
    }
  }

  /** What went wrong, by source; the first failure that stops the whole run stands alone. */
  static final class Failures {
    final Map<RecordKind, EmrException> bySource = new EnumMap<>(RecordKind.class);
    final List<RecordKind> complete = new ArrayList<>();
    boolean goesOn;
    @Nullable EmrException ofCatalogue;
    @Nullable EmrException stopping;

    /**
     * Read to its end, or refused for a reason only a person or we can mend: one forbidden or
     * broken source must not keep everything else from the contacts.
     */
    boolean isSettled(RecordKind kind) {
      EmrException failed = bySource.get(kind);
      return complete.contains(kind)
          || (failed != null
              && switch (failed.kind()) {
                case PERMISSION_MISSING, CONTRACT_BROKEN, REQUEST_REJECTED, NOT_FOUND -> true;
                case CREDENTIALS_REJECTED,
                    PERSON_NEEDED,
                    RATE_LIMITED,
                    UNAVAILABLE,
                    SLOT_TAKEN,
                    OUTCOME_UNKNOWN ->
                    false;
              });
    }

    /** Notes a source's failure; whether the other sources would meet the same wall. */
    boolean add(RecordKind kind, EmrException failed, ConnectionId connection) {
      log.warn(
          "source {} of connection {} failed: {} {}",
          kind,
          connection,
          failed.kind(),
          failed.getMessage());
      bySource.put(kind, failed);
      if (stopsTheRun(failed)) {
        stopping = failed;
        return true;
      }
      return false;
    }

    List<EmrException> all() {
      List<EmrException> all = new ArrayList<>(bySource.values());
      if (ofCatalogue != null) {
        all.add(ofCatalogue);
      }
      return all;
    }
  }

  private Failures readAll(Connection connection, SyncStore.Claim claim, RunContext context) {
    Failures failures = new Failures();
    EmrAccount account;
    try {
      account = context.account().get();
    } catch (EmrException withoutAccount) {
      failures.stopping = withoutAccount;
      return failures;
    }
    if (connection.quietUntilLoaded()) {
      connections.loading(connection.clinic(), connection.id());
    }
    readCatalogue(connection, account, context, failures);
    List<RecordSource<?>> sources =
        connectors.require(connection.emr()).capabilities(account).stream()
            .filter(RecordSource.class::isInstance)
            .<RecordSource<?>>map(RecordSource.class::cast)
            .toList();
    List<RecordSource<?>> oneByOne =
        failures.stopping == null
            ? firstLoad.read(connection, sources, claim, context, failures)
            : List.of();
    for (RecordSource<?> source : oneByOne) {
      if (failures.stopping != null || failures.goesOn) {
        break;
      }
      RecordSource<?> reading =
          source instanceof PatientSource patients
              ? latecomers.before(patients, sources, context)
              : source;
      readSource(reading, claim, context, failures);
    }
    if (!connection.quietUntilLoaded() && failures.stopping == null && !failures.goesOn) {
      readTouched(sources, context, failures);
    }
    if (connection.quietUntilLoaded()
        && failures.stopping == null
        && !failures.goesOn
        && sources.stream().map(Sources::kindOf).allMatch(failures::isSettled)) {
      // Whoever went patient by patient was marked on the way.
      firstLoadIsComplete(connection, context, !oneByOne.isEmpty());
    }
    return failures;
  }

  private void readTouched(List<RecordSource<?>> sources, RunContext context, Failures failures) {
    try {
      touchedReads.read(sources, context);
    } catch (EmrException failed) {
      failures.add(RecordKind.PATIENT, failed, context.connection());
    }
  }

  private void readSource(
      RecordSource<? extends EmrRecord> source,
      SyncStore.Claim claim,
      RunContext context,
      Failures failures) {
    RecordKind kind = Sources.kindOf(source);
    Checkpoint at = claim.checkpoints().getOrDefault(kind, Checkpoint.untouched(kind));
    if (TouchedReads.readsWhole(source)
        && Windows.isReadLately(at, source.facts(), clock.instant())) {
      failures.complete.add(kind);
      return;
    }
    try {
      // What a source shows for the first time is old news, also where the connection's first load
      // is over [TR-4].
      boolean firstReading = at.mark() == null && context.mode() == Records.Mode.LIVE;
      RunContext reading = firstReading ? context.with(Records.Mode.QUIET) : context;
      Checkpoint reached =
          windows.read(reading, source, Windows.open(at, source.facts(), clock.instant()));
      if (reached.open() == null) {
        failures.complete.add(kind);
        if (TouchedReads.readsWhole(source)) {
          noteWhole(context, reached);
        }
      } else {
        failures.goesOn = true;
      }
    } catch (EmrException failed) {
      failures.add(kind, failed, context.connection());
    }
  }

  /** When a source was last read whole decides when it is again. */
  private void noteWhole(RunContext run, Checkpoint reached) {
    Checkpoint done =
        new Checkpoint(reached.source(), reached.mark(), null, clock.instant(), reached.waiting());
    tenancy.inClinic(
        run.clinic(),
        () -> {
          store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
          store.save(run.clinic(), run.connection(), run.lane(), done);
        });
  }

  /** Whether the other sources would meet the same wall. */
  private static boolean stopsTheRun(EmrException failed) {
    return switch (failed.kind()) {
      case CREDENTIALS_REJECTED, PERSON_NEEDED, RATE_LIMITED, UNAVAILABLE -> true;
      case PERMISSION_MISSING,
          NOT_FOUND,
          REQUEST_REJECTED,
          CONTRACT_BROKEN,
          SLOT_TAKEN,
          OUTCOME_UNKNOWN ->
          false;
    };
  }

  private void readCatalogue(
      Connection connection, EmrAccount account, RunContext context, Failures failures) {
    CatalogueSource source =
        connectors.capability(connection.emr(), account, CatalogueSource.class).orElse(null);
    if (source == null) {
      return;
    }
    if (isFresh(cataloguesRead.getIfPresent(connection.id()))) {
      return;
    }
    Instant readAt =
        tenancy
            .inClinic(
                context.clinic(), () -> catalogues.readAt(context.clinic(), context.connection()))
            .orElse(null);
    if (isFresh(readAt)) {
      cataloguesRead.put(connection.id(), Objects.requireNonNull(readAt));
      return;
    }
    try {
      Catalogue fresh = source.read(account);
      tenancy.inClinic(
          context.clinic(),
          () -> {
            store.hold(
                context.clinic(),
                context.connection(),
                context.lane(),
                context.fence(),
                settings.lease());
            catalogues.store(context.clinic(), context.connection(), fresh);
          });
      cataloguesRead.put(connection.id(), clock.instant());
    } catch (EmrException failed) {
      log.warn(
          "catalogue of connection {} failed: {} {}",
          context.connection(),
          failed.kind(),
          failed.getMessage());
      failures.ofCatalogue = failed;
      if (stopsTheRun(failed)) {
        failures.stopping = failed;
      }
    }
  }

  private boolean isFresh(@Nullable Instant readAt) {
    Instant now = clock.instant();
    return readAt != null
        && !readAt.isAfter(now)
        && readAt.plus(settings.catalogueEvery()).isAfter(now);
  }

  private Supplier<Boolean> slice() {
    Instant end = clock.instant().plus(settings.slice());
    return () -> clock.instant().isAfter(end);
  }

  private void firstLoadIsComplete(Connection connection, RunContext context, boolean markAll) {
    tenancy.inClinic(
        context.clinic(),
        () -> {
          store.hold(
              context.clinic(),
              context.connection(),
              context.lane(),
              context.fence(),
              settings.lease());
          connections.loaded(context.clinic(), context.connection());
          if (markAll) {
            due.markAll(context.clinic(), context.connection(), Cause.BACKFILL);
          }
        });
    log.info("first load of connection {} ({}) is complete", connection.id(), connection.emr());
  }
}
