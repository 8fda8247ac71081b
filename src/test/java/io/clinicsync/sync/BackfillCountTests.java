package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** A backfill's counts move with each stored page, whatever becomes of the process. */
@SyncTest
class BackfillCountTests {

  @Autowired private SyncTestBed bed;
  @Autowired private Engines engines;
  @Autowired private BackfillStore store;
  @Autowired private PatientRecords records;
  @Autowired private SyncSchedule schedule;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsRiseWithEachPageAndSurviveTheProcess(boolean dryRun) {
    Tenant tenant = bed.loaded(330);
    List<Integer> seen = new ArrayList<>();
    Backfill asked =
        backfills(() -> {})
            .request(
                bed.connection(tenant),
                new Backfill.Wanted(Set.of(RecordKind.PATIENT), null, false, false, dryRun));
    Runnable watch = () -> seen.add(find(tenant, asked).read());
    Runnable dies =
        () -> {
          watch.run();
          if (seen.size() == 2) {
            throw new ProcessDied();
          }
        };
    assertThatThrownBy(() -> backfills(dies).run(tenant.clinic(), asked.id()))
        .isInstanceOf(ProcessDied.class);
    assertThat(seen).hasSize(2).isSorted().doesNotHaveDuplicates();
    int held = seen.getLast();
    assertThat(held).isGreaterThan(100);
    assertThat(find(tenant, asked).read()).as("while nobody works on it").isEqualTo(held);
    bed.expireLeases(tenant);
    assertThat(backfills(watch).run(tenant.clinic(), asked.id())).isEmpty();
    Backfill done = find(tenant, asked);
    assertThat(done.state()).isEqualTo(Backfill.State.DONE);
    assertThat(seen).isSorted().doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(4);
    assertThat(done.read()).isEqualTo(seen.getLast());
    assertThat(done.created() + done.updated() + done.unchanged()).isEqualTo(done.read());
    assertThat(done.read())
        .isEqualTo(
            bed.number(
                "SELECT count(*) FROM records_patients WHERE tenant_id = '"
                    + tenant.clinic()
                    + "'"));
  }

  private static final class ProcessDied extends Error {
    private static final long serialVersionUID = 1L;
  }

  private Backfill find(Tenant tenant, Backfill asked) {
    return engines
        .tenancy()
        .inClinic(tenant.clinic(), () -> store.find(tenant.clinic(), asked.id()).orElseThrow());
  }

  private Backfills backfills(Runnable afterEachPage) {
    SyncStore leases = engines.store();
    return new Backfills(
        engines.tenancy(),
        engines.clinics(),
        engines.connections(),
        engines.connectors(),
        leases,
        store,
        new WindowReader(
            new HookedPages(engines, leases, () -> {}, afterEachPage), engines.settings()),
        records,
        schedule,
        engines.settings(),
        engines.clock());
  }
}
