package io.clinicsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LocalPermitsTests {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Quota QUOTA =
      new Quota(new UUID(1, 1), "test:1", 10, Duration.ofSeconds(10), null, 4, 3);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  @Test
  void aWaitingCallerGoesWhenItsPermitComesFree() {
    LocalPermits permits = new LocalPermits(now::get, time -> now.updateAndGet(t -> t.plus(time)));
    for (int i = 0; i < 30; i++) {
      permits.acquire(QUOTA, Lane.SYNC, Duration.ofMinutes(1));
    }
    assertThat(Duration.between(START, now.get()))
        .isBetween(Duration.ofSeconds(29), Duration.ofSeconds(35));
  }

  @Test
  void aCallerWithoutPatienceIsToldWhenToComeAgain() {
    LocalPermits permits = new LocalPermits(now::get, time -> now.updateAndGet(t -> t.plus(time)));
    permits.pauseUntil(QUOTA, START.plusSeconds(40));
    assertThatThrownBy(() -> permits.acquire(QUOTA, Lane.BOOKING, Duration.ofSeconds(5)))
        .isInstanceOfSatisfying(
            HttpFailure.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.NOT_SENT);
              assertThat(failure.retryAfter().orElseThrow())
                  .isBetween(Duration.ofSeconds(40), Duration.ofSeconds(41));
            });
    assertThat(now.get()).isEqualTo(START);
  }

  @Test
  void syncStandsBackWhileBookingWaits() throws Exception {
    CountDownLatch bookingWaits = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    LocalPermits permits =
        new LocalPermits(
            now::get,
            time -> {
              bookingWaits.countDown();
              goOn.await();
              now.updateAndGet(t -> t.plus(time));
            });
    permits.pauseUntil(QUOTA, START.plusSeconds(1));
    CompletableFuture<Void> booking =
        CompletableFuture.runAsync(
            () -> permits.acquire(QUOTA, Lane.BOOKING, Duration.ofSeconds(30)));
    bookingWaits.await();
    now.set(START.plusSeconds(5));
    assertThatThrownBy(() -> permits.acquire(QUOTA, Lane.SYNC, Duration.ZERO))
        .isInstanceOf(HttpFailure.class);
    goOn.countDown();
    booking.join();
    permits.acquire(QUOTA, Lane.SYNC, Duration.ofSeconds(30));
  }

  @Test
  void quotasOfDifferentTenantsDoNotTouch() {
    LocalPermits permits = new LocalPermits(now::get, time -> now.updateAndGet(t -> t.plus(time)));
    permits.pauseUntil(QUOTA, START.plusSeconds(400));
    Quota other = new Quota(new UUID(2, 2), "test:1", 10, Duration.ofSeconds(10), null, 4, 3);
    permits.acquire(other, Lane.SYNC, Duration.ZERO);
    assertThat(now.get()).isEqualTo(START);
  }
}
