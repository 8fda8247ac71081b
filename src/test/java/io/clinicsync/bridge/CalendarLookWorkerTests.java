package io.clinicsync.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a clinic's calendars are looked at. */
class CalendarLookWorkerTests {

  @Test
  void everyClinicHasOneMinuteOfTen() {
    int[] turns = new int[10];
    for (int number = 0; number < 1000; number++) {
      ClinicId clinic = new ClinicId(UUID.randomUUID());
      int met = 0;
      for (int minute = 0; minute < 10; minute++) {
        Instant late = Instant.EPOCH.plus(Duration.ofMinutes(27_000_003 + minute)).plusSeconds(59);
        if (CalendarLookWorker.isTurn(clinic, late)) {
          met++;
          turns[minute]++;
        }
      }
      assertThat(met).isEqualTo(1);
    }
    assertThat(Arrays.stream(turns).min().orElseThrow()).isGreaterThan(50);
  }
}
