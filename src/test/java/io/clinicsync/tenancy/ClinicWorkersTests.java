package io.clinicsync.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClinicWorkersTests {

  /** R22: facts and pushes. */
  @Test
  void aClinicWokenAHundredTimesHasOneWorkerAndOthersHaveTheirs() throws InterruptedException {
    ClinicId large = new ClinicId(new UUID(0, 1));
    ClinicId other = new ClinicId(new UUID(0, 2));
    AtomicInteger working = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger turns = new AtomicInteger();
    AtomicInteger ofOther = new AtomicInteger();
    CountDownLatch letGo = new CountDownLatch(1);
    ClinicWorkers workers =
        new ClinicWorkers(
            "test",
            clinic -> {
              if (clinic.equals(other)) {
                ofOther.incrementAndGet();
                return;
              }
              most.accumulateAndGet(working.incrementAndGet(), Math::max);
              try {
                letGo.await();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
              working.decrementAndGet();
              turns.incrementAndGet();
            });
    workers.wake(large);
    await().atMost(Duration.ofSeconds(20)).until(() -> working.get() == 1);
    for (int times = 0; times < 99; times++) {
      workers.wake(large);
    }
    workers.wake(other);
    await().atMost(Duration.ofSeconds(20)).until(() -> ofOther.get() == 1);
    letGo.countDown();
    await().atMost(Duration.ofSeconds(20)).until(() -> turns.get() == 2 && working.get() == 0);
    assertThat(most.get()).isEqualTo(1);
  }
}
