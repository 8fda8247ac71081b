package io.clinicsync.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.clinicsync.canonical.ConnectionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A busy connection fills its own queue and nobody else's [R22]. */
class ConnectionTurnsTests {

  private static final ConnectionId BUSY = new ConnectionId(UUID.randomUUID());
  private static final ConnectionId NEIGHBOUR = new ConnectionId(UUID.randomUUID());

  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private String works() {
    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
    try {
      go.await();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    } finally {
      inside.decrementAndGet();
    }
    return "done";
  }

  private List<Future<String>> busy(ConnectionTurns turns, ExecutorService threads, int callers) {
    List<Future<String>> calls = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      calls.add(threads.submit(() -> turns.inTurn(BUSY, this::works)));
    }
    await().until(() -> inside.get() == 3);
    return calls;
  }

  @Test
  void threeAreWorkedOnAndAllOthersFollow() throws Exception {
    ConnectionTurns turns = new ConnectionTurns(3, 200, Duration.ofSeconds(30));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> calls = busy(turns, threads, 20);
      assertThat(turns.inTurn(NEIGHBOUR, () -> "at once")).isEqualTo("at once");
      go.countDown();
      for (Future<String> call : calls) {
        assertThat(call.get()).isEqualTo("done");
      }
    }
    assertThat(most).hasValue(3);
  }

  @Test
  void whoWaitsTooLongIsToldSoAndNothingIsDone() throws Exception {
    ConnectionTurns turns = new ConnectionTurns(3, 200, Duration.ofMillis(1));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      busy(turns, threads, 3);
      refused(turns);
      go.countDown();
    }
    assertThat(turns.inTurn(BUSY, () -> "again")).as("turns are given back").isEqualTo("again");
  }

  @Test
  void aLongQueueIsFull() throws Exception {
    ConnectionTurns turns = new ConnectionTurns(3, 1, Duration.ofMinutes(5));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      busy(turns, threads, 3);
      Future<String> waits = threads.submit(() -> turns.inTurn(BUSY, this::works));
      await().until(() -> turns.waiting(BUSY) == 1);
      assertThat(turns.isFull(BUSY)).isTrue();
      assertThat(turns.isFull(NEIGHBOUR)).isFalse();
      go.countDown();
      assertThat(waits.get()).isEqualTo("done");
    }
  }

  @Test
  void whoWaitsForSomethingElseHoldsUpNobody() throws Exception {
    ConnectionTurns turns = new ConnectionTurns(1, 200, Duration.ofSeconds(5));
    CountDownLatch aside = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        AutoCloseable _ = go::countDown) {
      Future<String> waits =
          threads.submit(
              () ->
                  turns.inTurn(
                      BUSY,
                      () -> {
                        turns.stepAside(
                            () -> {
                              aside.countDown();
                              works();
                            });
                        return "came back";
                      }));
      aside.await();
      assertThat(turns.inTurn(BUSY, () -> "meanwhile")).isEqualTo("meanwhile");
      go.countDown();
      assertThat(waits.get()).isEqualTo("came back");
    }
    assertThat(turns.inTurn(BUSY, () -> "one turn, as before")).isNotNull();
  }

  /** A turn that does not come back is not given back twice. */
  @Test
  void whoseTurnDoesNotComeBackIsToldSo() throws Exception {
    ConnectionTurns turns = new ConnectionTurns(1, 200, Duration.ofMillis(1));
    CountDownLatch taken = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThatThrownBy(
              () ->
                  turns.inTurn(
                      BUSY,
                      () -> {
                        turns.stepAside(
                            () -> {
                              var unused =
                                  threads.submit(
                                      () ->
                                          turns.inTurn(
                                              BUSY,
                                              () -> {
                                                taken.countDown();
                                                return works();
                                              }));
                              waitFor(taken);
                            });
                        return "never";
                      }))
          .isInstanceOf(Stopped.class);
      refused(turns);
      go.countDown();
    }
    assertThat(turns.inTurn(BUSY, () -> "free")).isEqualTo("free");
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static void refused(ConnectionTurns turns) {
    AtomicInteger worked = new AtomicInteger();
    assertThatThrownBy(() -> turns.inTurn(BUSY, worked::incrementAndGet))
        .isInstanceOfSatisfying(
            Stopped.class,
            stopped -> assertThat(stopped.answer().code()).isEqualTo(Code.RATE_LIMITED));
    assertThat(worked).hasValue(0);
  }
}
