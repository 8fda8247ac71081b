package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The vendor misbehaves: what is read stays true, and afterwards everything is there. */
@SyncTest(bed = "vendor faults")
@Order(4)
class SyncFaultTests {

  @Autowired private SyncTestBed bed;

  @AfterEach
  void healAgain() {
    bed.healthy();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void randomEditsOfTwoClinicsConvergeInHealth(long seed) {
    Tenant one = bed.loaded(40);
    Tenant other = bed.loaded(40);
    RandomEditor editor = new RandomEditor(one, bed.clock(), seed);
    RandomEditor otherEditor = new RandomEditor(other, bed.clock(), seed + 100);
    for (int round = 0; round < 3; round++) {
      editor.edit(12);
      otherEditor.edit(12);
      bed.pass(Duration.ofSeconds(30));
      bed.run(one);
      bed.run(other);
      assertThat(bed.checker().always(one, other)).isEmpty();
    }
    bed.quiet(one);
    bed.quiet(other);
    bed.checker().holds(one, other);
    assertThat(bed.sweep(one).updated()).isZero();
    bed.checker().holds(one, other);
  }

  /** F6. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStormOf429IsWaitedOutWithoutACallAndWithoutLoss(boolean says) {
    Tenant tenant = bed.loaded(30);
    new RandomEditor(tenant, bed.clock(), 6).edit(20);
    String before = bed.checkpoints(tenant);
    Fault storm = Fault.status(429);
    bed.set(tenant, says ? storm.header("Retry-After", "600") : storm);
    long mark = bed.mark();
    RunResult result = bed.run(tenant);
    assertThat(result.code()).isEqualTo("emr_rate_limited");
    assertThat(bed.callsSince(tenant, mark)).hasSize(1);
    assertThat(bed.checkpoints(tenant)).isEqualTo(before);
    if (says) {
      assertThat(result.next()).isGreaterThanOrEqualTo(Duration.ofMinutes(10));
      bed.pass(Duration.ofMinutes(7));
      bed.run(tenant);
      assertThat(bed.callsSince(tenant, mark)).as("calls before the reset").hasSize(1);
    }
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F7. */
  @Test
  void aVendorThatFailsNowAndThenCostsFewExtraCallsAndNobodyElseNotices() {
    Tenant failing = bed.tenant(60);
    Tenant other = bed.loaded(30);
    bed.set(failing, Fault.status(503).withProbability(0.3, 77));
    long mark = bed.mark();
    for (int round = 0; round < 8; round++) {
      bed.run(failing);
      bed.pass(Duration.ofMinutes(6));
    }
    long calls = bed.callsSince(failing, mark).size();
    long failed =
        bed.callsSince(failing, mark).stream().filter(call -> call.status() == 503).count();
    assertThat(failed).isPositive();
    bed.healthy();
    bed.set(failing, Fault.status(500));
    long dead = bed.mark();
    for (int round = 0; round < 10; round++) {
      bed.run(failing);
      bed.pass(Duration.ofSeconds(20));
    }
    assertThat(bed.callsSince(failing, dead).size())
        .as("calls to a dead vendor, after %s", calls)
        .isLessThanOrEqualTo(20);
    assertThat(bed.connection(failing).state()).isEqualTo(ConnectionState.DEGRADED);
    long others = bed.mark();
    assertThat(bed.run(other).state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(bed.callsSince(other, others)).hasSizeLessThanOrEqualTo(6);
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(failing);
    bed.quiet(other);
    bed.checker().holds(failing, other);
  }

  /** F8, F9, F10. */
  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {
        "DRIP",
        "CUT_BODY",
        "WRONG_LENGTH",
        "RESET",
        "HTML",
        "BROKEN_JSON",
        "BIG_BODY",
        "GZIP_BOMB",
        "DEPTH_BOMB"
      })
  void aSpoiledAnswerFailsTheWindowAndAppliesNothing(FaultKind kind) {
    Tenant tenant = bed.loaded(20);
    new RandomEditor(tenant, bed.clock(), 9).edit(10);
    String before = bed.checkpoints(tenant);
    Map<String, String> held = bed.checker().ours(tenant);
    Fault fault = Fault.of(kind);
    // The cap is 32 MiB; a larger bomb only costs the simulator time.
    bed.set(
        tenant,
        kind == FaultKind.GZIP_BOMB || kind == FaultKind.BIG_BODY ? fault.amount(40 << 20) : fault);
    RunResult result = bed.run(tenant);
    assertThat(result.state()).isIn(RunState.FAILED, RunState.PARTIAL);
    assertThat(result.code()).isNotNull();
    assertThat(bed.checkpoints(tenant)).isEqualTo(before);
    assertThat(bed.checker().ours(tenant)).isEqualTo(held);
    assertThat(bed.connection(tenant).state()).isNotEqualTo(ConnectionState.HEALTHY);
    assertThat(bed.checker().always(tenant)).isEmpty();
    bed.healthy();
    bed.pass(Duration.ofMinutes(10));
    bed.quiet(tenant);
    bed.checker().holds(tenant);
    assertThat(bed.connection(tenant).state()).isEqualTo(ConnectionState.HEALTHY);
  }

  /** F11. */
  @Test
  void anEmptyListRemovesNothingAndASweepOverItPausesTheConnection() {
    Tenant tenant = bed.loaded(60);
    Map<String, String> held = bed.checker().ours(tenant);
    bed.set(tenant, Fault.of(FaultKind.EMPTY_LIST));
    bed.run(tenant);
    assertThat(bed.checker().ours(tenant)).isEqualTo(held);
    RunResult sweep = bed.sweep(tenant);
    assertThat(sweep.state()).isEqualTo(RunState.FAILED);
    assertThat(sweep.code()).isEqualTo("removal_brake");
    assertThat(bed.checker().ours(tenant)).isEqualTo(held);
    assertThat(bed.connection(tenant).paused()).isTrue();
    assertThat(bed.connection(tenant).stateCode()).isEqualTo("removal_brake");
    bed.healthy();
    bed.connections().pause(tenant.clinic(), tenant.connection(), false);
    bed.quiet(tenant);
    assertThat(bed.sweep(tenant).state()).isEqualTo(RunState.SUCCEEDED);
    bed.checker().holds(tenant);
  }

  @Test
  void aFirstLoadThatMetEmptyListsStillLoadsEverybodyLater() {
    Tenant tenant = bed.tenant(30);
    bed.set(tenant, Fault.of(FaultKind.EMPTY_LIST));
    bed.run(tenant);
    bed.healthy();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F12. */
  @Test
  void anErrorOnALaterPageKeepsWhatIsStoredAndTheRunGoesOnFromThere() {
    Tenant tenant = bed.tenant(450);
    bed.set(tenant, Fault.status(500).onPath("/patients\\?").fromCall(3));
    RunResult broken = bed.run(tenant);
    assertThat(broken.state()).isEqualTo(RunState.FAILED);
    assertThat(broken.removed()).isZero();
    assertThat(
            bed.number(
                "SELECT count(*) FROM sync_checkpoints WHERE mark IS NOT NULL AND connection_id = '"
                    + tenant.connection()
                    + "'"))
        .isZero();
    long stored =
        bed.number(
            "SELECT count(*) FROM records_patients WHERE tenant_id = '" + tenant.clinic() + "'");
    assertThat(stored).isBetween(190L, 200L);
    bed.healthy();
    long mark = bed.mark();
    bed.pass(Duration.ofMinutes(10));
    bed.run(tenant);
    assertThat(
            bed.callsSince(tenant, mark).stream()
                .filter(call -> call.operation().endsWith("/patients"))
                .count())
        .as("pages left of five")
        .isLessThanOrEqualTo(3);
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F14. */
  @Test
  void manyRecordsOfOneSecondAtAPagesEdgeAllArrive() {
    Tenant tenant = bed.loaded(300);
    bed.pass(Duration.ofMinutes(30));
    tenant
        .account()
        .edits()
        .updatePatient(tenant.account().ids("patients").getLast(), Map.of("last_name", "Before"));
    bed.pass(Duration.ofSeconds(5));
    tenant.account().edits().touchMany("patients", 250);
    RunResult result = bed.run(tenant);
    assertThat(result.updated()).isGreaterThanOrEqualTo(250);
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F15. */
  @Test
  void aRecordVisibleNinetySecondsLateIsPickedUp() {
    Tenant tenant = bed.loaded(20);
    bed.set(tenant, Fault.of(FaultKind.INVISIBLE).amount(90_000));
    new RandomEditor(tenant, bed.clock(), 15).edit(20);
    bed.healthy();
    bed.pass(Duration.ofSeconds(30));
    tenant
        .account()
        .edits()
        .updatePatient(tenant.account().ids("patients").getFirst(), Map.of("last_name", "Prompt"));
    bed.pass(Duration.ofSeconds(30));
    bed.run(tenant);
    assertThat(bed.checker().converged(tenant)).as("still hidden").isNotEmpty();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  /** F26. */
  @ParameterizedTest
  @ValueSource(strings = {"A\u0000B", "lone \uD800 surrogate"})
  void aPoisonedRecordStandsAlone(String poison) {
    Tenant tenant = bed.loaded(30);
    bed.pass(Duration.ofMinutes(30));
    String id = tenant.account().ids("patients").get(3);
    String fine = tenant.account().ids("patients").get(4);
    tenant.account().edits().set("patients", id, Map.of("last_name", poison));
    tenant.account().edits().updatePatient(fine, Map.of("last_name", "Fine"));
    tenant
        .account()
        .edits()
        .set(
            "patients",
            tenant.account().ids("patients").get(5),
            Map.of("address_1", "x".repeat(40_000)));
    RunResult result = bed.run(tenant);
    assertThat(result.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(
            bed.number(
                "SELECT count(*) FROM records_patients WHERE body->'name'->>'last' = 'Fine' AND tenant_id = '"
                    + tenant.clinic()
                    + "'"))
        .isEqualTo(1);
    tenant.account().edits().set("patients", id, Map.of("last_name", "Healed"));
    tenant
        .account()
        .edits()
        .set(
            "patients",
            tenant.account().ids("patients").get(5),
            Map.of("address_1", "1 Example St"));
    bed.quiet(tenant);
    assertThat(
            bed.number(
                "SELECT count(*) FROM records_quarantined WHERE tenant_id = '"
                    + tenant.clinic()
                    + "'"))
        .isZero();
    bed.checker().holds(tenant);
  }

  /** F26: damage on the way, not at the vendor; the record itself never changes. */
  @Test
  void anEntryDamagedOnItsWayIsQuarantinedAndReleased() {
    Tenant tenant = bed.loaded(30);
    bed.pass(Duration.ofMinutes(30));
    tenant.account().edits().touchMany("patients", 5);
    bed.set(tenant, Fault.of(FaultKind.POISON_RECORD).onPath("/patients\\?").amount(2));
    RunResult result = bed.run(tenant);
    assertThat(result.rejected()).isEqualTo(1);
    assertThat(
            bed.number(
                "SELECT count(*) FROM records_quarantined WHERE tenant_id = '"
                    + tenant.clinic()
                    + "'"))
        .isEqualTo(1);
    bed.healthy();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
    assertThat(
            bed.number(
                "SELECT count(*) FROM records_quarantined WHERE tenant_id = '"
                    + tenant.clinic()
                    + "'"))
        .isZero();
  }
}
