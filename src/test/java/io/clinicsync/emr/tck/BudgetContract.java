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
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a connector spends the vendor's limit. */
interface BudgetContract {

  TckStage stage();

  @Test
  default void syncNeverExceedsTheLimitAndBookingGetsThrough() {
    RateLimit limit = stage().connector().descriptor().ways().getFirst().limit();
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    Instant longAgo = Instant.EPOCH;
    int rounds = limit.calls() + limit.calls() / 2;
    for (int i = 0; i < rounds; i++) {
      patients.read(stage().first().account(), new ReadWindow.ChangedSince(longAgo), null);
      if (i % 40 == 20) {
        Instant asked = stage().simulator().clock().instant();
        patients.read(
            stage().first().account().with(Urgency.BOOKING),
            new ReadWindow.ChangedSince(longAgo),
            null);
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
    // One more where a page edge falls into a second that fills a page.
    assertThat(stage().proxy().journal()).hasSizeLessThanOrEqualTo(pages + 1);
  }
}
