package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** How a connector spends the vendor's limit. */
interface BudgetContract {

  TckStage stage();

  @Test
  default void syncNeverExceedsTheLimitAndBookingGetsThrough() {
    RateLimit limit = stage().way().limit();
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    ReadWindow window =
        patients.facts().byChange()
            ? new ReadWindow.ChangedSince(Instant.EPOCH)
            : new ReadWindow.Everything();
    // More than the limit's window holds, and enough where that is one call.
    int rounds = Math.max(50, limit.calls() + limit.calls() / 2);
    for (int i = 0; i < rounds; i++) {
      patients.read(stage().first().account(), window, null);
      if (i % 40 == 20) {
        Instant asked = stage().simulator().clock().instant();
        patients.read(stage().first().account().with(Urgency.BOOKING), window, null);
        assertThat(Duration.between(asked, stage().simulator().clock().instant()))
            .as("what booking waits beside a sync")
            .isLessThan(Duration.ofSeconds(2));
      }
    }
    List<FaultyProxy.Passed> calls = stage().proxy().journal();
    assertThat(calls).allMatch(call -> call.status() == 200);
    for (int first = 0; first + limit.calls() < calls.size(); first++) {
      assertThat(Duration.between(calls.get(first).at(), calls.get(first + limit.calls()).at()))
          .isGreaterThanOrEqualTo(limit.per());
    }
  }

  @Test
  default void nothingIsAskedBeforeAPauseIsOver() {
    RecordSource<?> source = stage().sources().getFirst();
    stage().proxy().answer(429, "application/json", "{}");
    if (!stage().isCalled()) {
      stage().readsWithoutACall();
      return;
    }
    for (int i = 0; i < 10; i++) {
      try {
        source.read(
            stage().first().account().with(Urgency.BOOKING), new ReadWindow.Everything(), null);
      } catch (io.clinicsync.emr.spi.EmrException expected) {
        assertThat(expected.retryAfter()).isPresent();
      }
    }
    assertThat(stage().proxy().journal()).hasSize(1);
  }

  @Test
  default void aFullReadCostsOneCallPerPage() {
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    TckStage.read(patients, stage().first().account(), new ReadWindow.Everything());
    int count = stage().first().truth().ids(RecordKind.PATIENT).size();
    int pages = Math.ceilDiv(count, patients.facts().pageSize());
    assertThat(stage().proxy().journal())
        .hasSizeLessThanOrEqualTo(stage().first().truth().mostCalls(pages));
  }

  @Test
  default void twentyWorkersWhoseSessionEndedSignInOnce() throws Exception {
    String signIn = stage().simulator().signInPath().orElse(null);
    if (signIn == null) {
      return;
    }
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    stage().first().truth().endSessions();
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        reads.add(
            workers.submit(
                () -> patients.read(stage().first().account(), new ReadWindow.Everything(), null)));
      }
      for (Future<?> read : reads) {
        read.get();
      }
    }
    assertThat(stage().proxy().journal())
        .filteredOn(call -> call.method().equals("POST") && call.url().contains(signIn))
        .hasSize(1);
  }
}
