package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A first load that goes patient by patient: early, whole, and the same in the end. */
@SyncTest
class FirstLoadTests {

  @Autowired private SyncTestBed bed;
  @Autowired private Engines engines;

  @AfterEach
  void healAgain() {
    bed.healthy();
  }

  @Test
  void patientsAreMarkedPageByPageAndOnlyOnceAllOfThemIsStored() {
    Tenant tenant = bed.tenant(350);
    Map<String, Long> whenMarked = new HashMap<>();
    AtomicInteger storedAtFirstMark = new AtomicInteger();
    Runnable look =
        () -> {
          heldOfMarked(tenant).forEach(whenMarked::putIfAbsent);
          if (!whenMarked.isEmpty()) {
            storedAtFirstMark.compareAndSet(0, patientsStored(tenant));
          }
        };
    Runs runs = engines.runs(new HookedPages(engines, engines.store(), look, () -> {}));
    assertThat(runs.run(tenant.clinic(), tenant.connection()).orElseThrow().state())
        .isEqualTo(RunState.SUCCEEDED);
    assertThat(whenMarked).as("marked before the last page").hasSizeGreaterThan(200);
    assertThat(storedAtFirstMark.get())
        .as("patients stored when the first are marked: one page")
        .isBetween(1, 100);
    Map<String, Long> inTheEnd = heldOfMarked(tenant);
    assertThat(inTheEnd).hasSize(tenant.account().ids("patients").size());
    assertThat(inTheEnd.values()).anyMatch(held -> held > 2);
    whenMarked.forEach(
        (patient, held) -> assertThat(held).as(patient).isEqualTo(inTheEnd.get(patient)));
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  private int patientsStored(Tenant tenant) {
    return bed.query(
            "SELECT count(*) FROM records_patients WHERE tenant_id = '" + tenant.clinic() + "'",
            row -> row.getInt(1))
        .getFirst();
  }

  /** How many records of their own we hold of those whose facts are due or computed. */
  private Map<String, Long> heldOfMarked(Tenant tenant) {
    Map<String, Long> held = new HashMap<>();
    bed.query(
        """
        SELECT m.patient_id,
          (SELECT count(*) FROM records_appointments r WHERE r.tenant_id = m.tenant_id AND r.patient_id = m.patient_id)
          + (SELECT count(*) FROM records_invoices r WHERE r.tenant_id = m.tenant_id AND r.patient_id = m.patient_id) AS held
        FROM (SELECT tenant_id, patient_id FROM records_due
              UNION SELECT tenant_id, patient_id FROM insights_facts) m
        WHERE m.tenant_id = '%s'
        """
            .formatted(tenant.clinic()),
        row -> held.put(row.getString(1), row.getLong(2)));
    return held;
  }

  @Test
  void aSourceThatIsRefusedIsGivenUpAndReadAsAWholeOnceItIsAllowed() {
    Tenant tenant = bed.tenant(250);
    bed.set(tenant, Fault.status(403).onPath("/invoices\\?").fromCall(3));
    RunResult first = bed.run(tenant);
    assertThat(first.state()).isEqualTo(RunState.PARTIAL);
    assertThat(first.code()).isEqualTo("emr_permission_missing");
    assertThat(bed.connection(tenant).quietUntilLoaded()).as("the rest must not wait").isFalse();
    assertThat(heldOfMarked(tenant)).hasSize(tenant.account().ids("patients").size());
    bed.healthy();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  @Test
  void aLoadBegunSourceBySourceGoesOnSo() {
    Tenant tenant = bed.tenant(250);
    bed.set(tenant, Fault.status(500).onPath("/patients\\?").fromCall(2));
    assertThat(bed.run(tenant).state()).isEqualTo(RunState.FAILED);
    bed.healthy();
    // As an earlier version of the application left it: nothing but patients, and not all of them.
    bed.execute(
        "DELETE FROM sync_checkpoints WHERE source <> 'PATIENT' AND connection_id = '"
            + tenant.connection()
            + "'");
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(tenant);
    assertThat(heldOfMarked(tenant)).hasSize(tenant.account().ids("patients").size());
    bed.checker().holds(tenant);
  }

  @Test
  void aPatientTheEmrDidNotShowDuringTheLoadComesWithItsPast() {
    Tenant tenant = bed.loaded(150);
    Map<String, Long> held = heldOfMarked(tenant);
    String patient = neverShown(tenant, held);
    tenant.account().edits().updatePatient(patient, Map.of("last_name", "Shown"));
    tenant.truth().remember();
    bed.pass(Duration.ofMinutes(6));
    long mark = bed.mark();
    // A node that remembers nobody, as after a restart.
    Runs fresh = engines.runs(engines.pages(engines.store()));
    fresh.run(tenant.clinic(), tenant.connection());
    assertThat(
            bed.callsSince(tenant, mark).stream()
                .filter(call -> call.operation().endsWith("/invoices"))
                .count())
        .as("looks at invoices: for what changed, and for the latecomer")
        .isEqualTo(2);
    bed.quiet(tenant);
    assertThat(heldOfMarked(tenant).get(patient)).isEqualTo(held.get(patient));
    bed.checker().holds(tenant);
  }

  @Test
  void aKindThatMayNotBeSeenKeepsNoLatecomerAway() {
    Tenant tenant = bed.loaded(150);
    String patient = neverShown(tenant, heldOfMarked(tenant));
    tenant.account().edits().updatePatient(patient, Map.of("last_name", "Shown"));
    tenant.truth().remember();
    bed.pass(Duration.ofMinutes(6));
    bed.set(tenant, Fault.status(403).onPath("/invoices\\?"));
    Runs fresh = engines.runs(engines.pages(engines.store()));
    fresh.run(tenant.clinic(), tenant.connection());
    assertThat(heldOfMarked(tenant)).containsKey(patient);
    bed.healthy();
  }

  private String neverShown(Tenant tenant, Map<String, Long> held) {
    String patient =
        tenant.account().ids("patients").stream()
            .filter(id -> held.getOrDefault(id, 0L) > 2)
            .findFirst()
            .orElseThrow();
    // As if it had never been in any list; participants of classes are listed without their
    // patient.
    String theirs =
        " WHERE tenant_id = '" + tenant.clinic() + "' AND patient_id = '" + patient + "'";
    // Facts may just be computed by the worker that the load woke; nobody may be left behind.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .during(Duration.ofMillis(300))
        .untilAsserted(
            () -> {
              bed.execute("DELETE FROM records_appointments" + theirs + " AND id ~ '^[0-9]+$'");
              bed.execute("DELETE FROM records_invoices" + theirs);
              bed.execute("DELETE FROM records_patients" + theirs.replace("patient_id", "id"));
              bed.execute("DELETE FROM records_due" + theirs);
              bed.execute("DELETE FROM insights_facts" + theirs);
              assertThat(heldOfMarked(tenant)).doesNotContainKey(patient);
            });
    bed.pass(Duration.ofHours(1));
    bed.quiet(tenant);
    assertThat(heldOfMarked(tenant)).doesNotContainKey(patient);
    return patient;
  }
}
