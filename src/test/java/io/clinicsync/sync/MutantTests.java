package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sync.SyncTestBed.Tenant;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Engines with one promise broken each: the checker must catch every one of them, and must find
 * nothing in the same story told by the real engine. Otherwise it proves nothing.
 */
@SyncTest
class MutantTests {

  @Autowired private SyncTestBed bed;
  @Autowired private Engines engines;
  @Autowired private HikariDataSource dataSource;
  @Autowired private PatientRecords patientRecords;

  @AfterEach
  void healAgain() {
    bed.healthy();
    bed.execute("TRUNCATE regressions");
  }

  /** A store that hands out checkpoints changed on the way. */
  private SyncStore claiming(UnaryOperator<Checkpoint> change) {
    return new SyncStore(engines.jdbc(), engines.json(), engines.clock()) {
      @Override
      Optional<Claim> claim(
          ClinicId clinic, ConnectionId connection, Lane lane, String holder, Duration lease) {
        return super.claim(clinic, connection, lane, holder, lease)
            .map(
                claim -> {
                  Map<RecordKind, Checkpoint> changed = new EnumMap<>(RecordKind.class);
                  claim.checkpoints().forEach((kind, at) -> changed.put(kind, change.apply(at)));
                  return new Claim(
                      claim.run(), claim.fence(), changed, claim.lastInterval(), claim.lastState());
                });
      }
    };
  }

  private Runs over(SyncStore store) {
    return engines.runs(store, new WindowReader(engines.pages(store), engines.settings()));
  }

  private RunResult run(Runs runs, Tenant tenant) {
    return runs.run(tenant.clinic(), tenant.connection()).orElseThrow();
  }

  private List<String> afterRuns(Runs runs, Tenant tenant) {
    for (int round = 0; round < 3; round++) {
      bed.pass(Duration.ofMinutes(6));
      run(runs, tenant);
    }
    return bed.checker().converged(tenant);
  }

  @Test
  void aStrictlyGreaterCursorIsCaught() {
    assertThat(lateInTheSecondOfTheMark(over(engines.store()))).isEmpty();
    Duration overlap = Duration.ofMinutes(5);
    SyncStore strict =
        claiming(
            at ->
                marked(
                    at, mark -> mark.plus(overlap).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1)));
    assertThat(lateInTheSecondOfTheMark(over(strict))).anyMatch(wrong -> wrong.startsWith("I1"));
  }

  /**
   * Two records changed in one second, one of which shows only after the mark came to stand in that
   * second.
   */
  private List<String> lateInTheSecondOfTheMark(Runs runs) {
    Tenant tenant = bed.loaded(10);
    bed.pass(Duration.ofMinutes(20));
    List<String> ids = tenant.account().ids("patients");
    tenant.account().edits().updatePatient(ids.get(0), Map.of("last_name", "Prompt"));
    bed.set(tenant, Fault.of(FaultKind.INVISIBLE).amount(150_000));
    tenant.account().edits().updatePatient(ids.get(1), Map.of("last_name", "Late"));
    bed.healthy();
    bed.pass(Duration.ofMinutes(2));
    run(runs, tenant);
    return afterRuns(runs, tenant);
  }

  @Test
  void aCursorRoundedUpIsCaught() {
    assertThat(changedBetweenRuns(over(engines.store()))).isEmpty();
    SyncStore rounding =
        claiming(
            at -> marked(at, mark -> mark.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1))));
    assertThat(changedBetweenRuns(over(rounding))).anyMatch(wrong -> wrong.startsWith("I1"));
  }

  private List<String> changedBetweenRuns(Runs runs) {
    Tenant tenant = bed.loaded(10);
    Instant now = bed.clock().instant();
    bed.pass(Duration.between(now, now.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofMinutes(65))));
    tenant
        .account()
        .edits()
        .updatePatient(tenant.account().ids("patients").get(0), Map.of("last_name", "First"));
    bed.pass(Duration.ofMinutes(2));
    run(runs, tenant);
    bed.pass(Duration.ofMinutes(10));
    tenant
        .account()
        .edits()
        .updatePatient(tenant.account().ids("patients").get(1), Map.of("last_name", "Second"));
    return afterRuns(runs, tenant);
  }

  private static Checkpoint marked(Checkpoint at, UnaryOperator<Instant> change) {
    Instant mark = at.mark();
    return new Checkpoint(
        at.source(), mark == null ? null : change.apply(mark), at.open(), at.doneAt());
  }

  @Test
  void aCursorSavedBeforeStagingIsCaught() {
    assertThat(crashAtThePage(false)).isEmpty();
    assertThat(crashAtThePage(true)).anyMatch(wrong -> wrong.startsWith("I1"));
  }

  private List<String> crashAtThePage(boolean savedFirst) {
    Tenant tenant = bed.tenant(150);
    SyncStore store = engines.store();
    AtomicInteger pages = new AtomicInteger();
    PageStore crashing =
        new HookedPages(engines, store, () -> {}, () -> {}) {
          @Override
          <T extends EmrRecord> boolean store(
              RunContext run,
              RecordSource<T> source,
              Page<T> page,
              Checkpoint at,
              Checkpoint to,
              Checkpoint.Open window) {
            if (savedFirst) {
              engines
                  .tenancy()
                  .inClinic(
                      run.clinic(),
                      () -> store.save(run.clinic(), run.connection(), run.lane(), to));
            }
            // The first page of patients: what belongs to nobody, or to classes, comes before it.
            if (pages.incrementAndGet() == 4) {
              assertThat(page.records()).hasSizeGreaterThan(90);
              throw new IllegalStateException("crashed here");
            }
            return super.store(run, source, page, at, to, window);
          }
        };
    run(engines.runs(store, new WindowReader(crashing, engines.settings())), tenant);
    bed.quiet(tenant);
    return bed.checker().converged(tenant);
  }

  @Test
  void aSwallowedPageErrorIsCaught() {
    assertThat(errorOnThirdPage(over(engines.store()))).isEmpty();
    SyncStore store = engines.store();
    WindowReader swallowing =
        new WindowReader(engines.pages(store), engines.settings()) {
          @Override
          <T extends EmrRecord> Checkpoint read(
              RunContext run, RecordSource<T> source, Checkpoint start) {
            try {
              return super.read(run, source, start);
            } catch (EmrException ignored) {
              Checkpoint closed =
                  new Checkpoint(
                      start.source(), bed.clock().instant().minusSeconds(60), null, null);
              engines
                  .tenancy()
                  .inClinic(
                      run.clinic(),
                      () -> store.save(run.clinic(), run.connection(), run.lane(), closed));
              return closed;
            }
          }

          @Override
          Checkpoint page(RunContext run, PatientSource source, Checkpoint start) {
            try {
              return super.page(run, source, start);
            } catch (EmrException ignored) {
              Checkpoint closed =
                  new Checkpoint(
                      start.source(), bed.clock().instant().minusSeconds(60), null, null);
              engines
                  .tenancy()
                  .inClinic(
                      run.clinic(),
                      () -> store.save(run.clinic(), run.connection(), run.lane(), closed));
              return closed;
            }
          }
        };
    assertThat(errorOnThirdPage(engines.runs(store, swallowing)))
        .anyMatch(wrong -> wrong.startsWith("I1"));
  }

  private List<String> errorOnThirdPage(Runs runs) {
    Tenant tenant = bed.tenant(250);
    bed.set(tenant, Fault.status(500).onPath("/patients\\?").fromCall(2).times(4));
    run(runs, tenant);
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(tenant);
    return bed.checker().converged(tenant);
  }

  @Test
  void deletingOnAnEmptyListIsCaught() {
    assertThat(emptyLists(over(engines.store()))).isEmpty();
    SyncStore store = engines.store();
    PageStore deleting =
        new HookedPages(engines, store, () -> {}, () -> {}) {
          @Override
          <T extends EmrRecord> boolean store(
              RunContext run,
              RecordSource<T> source,
              Page<T> page,
              Checkpoint at,
              Checkpoint to,
              Checkpoint.Open window) {
            Page<T> believed =
                page.records().isEmpty() ? withoutEverything(run, page, to.source()) : page;
            return super.store(run, source, believed, at, to, window);
          }
        };
    assertThat(emptyLists(engines.runs(store, new WindowReader(deleting, engines.settings()))))
        .anyMatch(wrong -> wrong.startsWith("I1"));
  }

  private <T extends EmrRecord> Page<T> withoutEverything(
      RunContext run, Page<T> page, RecordKind kind) {
    List<EmrRef> all =
        engines
            .tenancy()
            .inClinic(
                run.clinic(),
                () -> patientRecords.standingBut(run.clinic(), run.connection(), kind, List.of()));
    return new Page<>(
        List.of(), all, page.rejected(), page.next(), page.changedUpTo(), page.vendorNow());
  }

  private List<String> emptyLists(Runs runs) {
    Tenant tenant = bed.loaded(15);
    bed.set(tenant, Fault.of(FaultKind.EMPTY_LIST));
    run(runs, tenant);
    return bed.checker().converged(tenant);
  }

  @Test
  void aNewGenerationForAResumedSweepIsCaught() {
    assertThat(resumedSweep(engines.store())).isEmpty();
    SyncStore renewing =
        claiming(
            at -> {
              Checkpoint.Open open = at.open();
              return open == null || open.generation() == null
                  ? at
                  : new Checkpoint(
                      at.source(),
                      at.mark(),
                      new Checkpoint.Open(
                          open.window(),
                          open.cursor(),
                          open.seenTo(),
                          open.vendorStart(),
                          open.generation() + 1000),
                      at.doneAt());
            });
    assertThat(resumedSweep(renewing)).anyMatch(wrong -> wrong.contains("paused"));
  }

  private List<String> resumedSweep(SyncStore store) {
    Tenant tenant = bed.loaded(250);
    Sweeps sweeps =
        engines.sweeps(store, new WindowReader(engines.pages(store), engines.settings()));
    bed.set(tenant, Fault.status(500).onPath("/patients\\?").fromCall(3).times(4));
    assertThat(sweeps.sweep(tenant.clinic(), tenant.connection()).orElseThrow().state())
        .isEqualTo(RunState.FAILED);
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    sweeps.sweep(tenant.clinic(), tenant.connection());
    return bed.checker().nothingStuck(tenant);
  }

  @Test
  void writesWithoutAFenceAreCaught() {
    assertThat(pausedNodeWakes(engines.store())).isEmpty();
    SyncStore unfenced =
        new SyncStore(engines.jdbc(), engines.json(), engines.clock()) {
          @Override
          void hold(
              ClinicId clinic, ConnectionId connection, Lane lane, long fence, Duration lease) {
            // Believes it still holds it.
          }
        };
    assertThat(pausedNodeWakes(unfenced)).anyMatch(wrong -> wrong.startsWith("I3"));
  }

  /** A node reads a page and sleeps; another takes over and reads further; the first one wakes. */
  private List<String> pausedNodeWakes(SyncStore store) {
    Tenant tenant = bed.loaded(10);
    bed.pass(Duration.ofMinutes(20));
    tenant
        .account()
        .edits()
        .updatePatient(tenant.account().ids("patients").get(0), Map.of("last_name", "Before"));
    bed.pass(Duration.ofMinutes(3));
    AtomicInteger pages = new AtomicInteger();
    Runnable sleeps =
        () -> {
          if (pages.incrementAndGet() == 1) {
            bed.expireLeases(tenant);
            bed.pass(Duration.ofMinutes(10));
            tenant
                .account()
                .edits()
                .updatePatient(
                    tenant.account().ids("patients").get(1), Map.of("last_name", "After"));
            bed.pass(Duration.ofMinutes(3));
            bed.run(tenant);
          }
        };
    PageStore pausing = new HookedPages(engines, store, sleeps, () -> {});
    @Nullable RunState stale =
        engines
            .runs(store, new WindowReader(pausing, engines.settings()))
            .run(tenant.clinic(), tenant.connection())
            .map(RunResult::state)
            .orElse(null);
    assertThat(stale).isNotNull();
    return bed.checker().always(tenant);
  }

  @Test
  void aClinicBoundToTheWholeSessionIsCaught() {
    Tenant tenant = bed.loaded(10);
    assertThat(bed.checker().carriedOver(dataSource)).isEmpty();
    engines
        .tenancy()
        .inClinic(
            tenant.clinic(),
            () ->
                engines
                    .jdbc()
                    .sql(
                        "SELECT set_config('app.tenant', ?, false), set_config('app.tenants', ?, false)")
                    .params(tenant.clinic().toString(), "{" + tenant.clinic() + "}")
                    .query()
                    .listOfRows());
    assertThat(bed.checker().carriedOver(dataSource)).anyMatch(wrong -> wrong.startsWith("I5"));
    dataSource.getHikariPoolMXBean().softEvictConnections();
  }
}
