package io.clinicsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clinicsync.secrecy.LogTap;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VendorHttpTests {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Quota QUOTA =
      new Quota(new UUID(1, 1), "test:1", 6000, Duration.ofSeconds(1), null, 4, 0);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final Clock clock = new MovedClock(now);
  private final HttpSettings settings =
      new HttpSettings(
          Duration.ofSeconds(2),
          Set.of("localhost"),
          Duration.ofMillis(300),
          512,
          Duration.ofMillis(1),
          Duration.ofSeconds(30));
  private final RawServer server = new RawServer(connection -> connection.answer(200, "", "{}"));
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final Wire wire = new Wire(settings, clock);
  private final VendorHttp http = http(1);

  private VendorHttp http(double factor) {
    LocalPermits permits =
        new LocalPermits(clock, time -> now.updateAndGet(before -> before.plus(time)));
    Guards guards =
        new Guards(
            breakers, BulkheadRegistry.ofDefaults(), RetryRegistry.ofDefaults(), settings, clock);
    KnownHosts known = () -> List.of(Pattern.compile("^api\\.[a-z]{2}\\d\\.vendor\\.example$"));
    return new VendorHttp(
        wire, guards, permits, List.of(known), settings, factor, clock, new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    wire.close();
  }

  /** Shows the time a test set. */
  private static final class MovedClock extends Clock {

    private final AtomicReference<Instant> now;

    MovedClock(AtomicReference<Instant> now) {
      this.now = now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now.get();
    }
  }

  private HttpCall read(URI uri, Duration deadline) {
    return call(uri, deadline, true, answer -> Optional.empty());
  }

  private HttpCall call(
      URI uri,
      Duration deadline,
      boolean repeatable,
      Function<HttpAnswer, Optional<Duration>> waitAsked) {
    return new HttpCall(
        QUOTA,
        Lane.SYNC,
        "test.read",
        "GET",
        uri,
        Map.of("Authorization", "Basic canary-key"),
        null,
        repeatable,
        deadline,
        10_000,
        waitAsked);
  }

  private HttpFailure failure(HttpCall call) {
    return catchThrowableOfType(HttpFailure.class, () -> http.send(call));
  }

  private HttpAnswer get() {
    return http.send(read(server.uri("/"), LONG));
  }

  private HttpFailure failingGet() {
    return failure(read(server.uri("/"), LONG));
  }

  @Test
  void aCompleteAnswerComesBackWhateverItsStatus() {
    server.script(
        connection ->
            connection.answer(
                404, "Date: Sun, 01 Mar 2026 10:00:05 GMT\r\n", "<html>not here</html>"));
    HttpAnswer answer = get();
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).isEqualTo("<html>not here</html>");
    assertThat(answer.vendorNow()).contains(START.plusSeconds(5));
  }

  @Test
  void aSlowDripIsGivenUpAndItsConnectionFreed() throws Exception {
    CountDownLatch clientGone = new CountDownLatch(1);
    server.script(
        connection ->
            connection
                .write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                .drip(clientGone, 20));
    long began = System.nanoTime();
    HttpFailure failure = failingGet();
    assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.NO_ANSWER);
    assertThat(failure).hasMessageContaining("too slowly");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(clientGone.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theDeadlineCoversTheBodyAndFreesTheConnection() throws Exception {
    CountDownLatch clientGone = new CountDownLatch(1);
    server.script(
        connection ->
            connection
                .write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                .drip(clientGone, 10));
    HttpFailure failure = failure(read(server.uri("/"), Duration.ofMillis(150)));
    assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.NO_ANSWER);
    assertThat(failure).hasMessageContaining("deadline of 150 ms");
    assertThat(clientGone.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theDeadlineHoldsWhenNotEvenHeadersCome() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    server.script(
        connection -> {
          end.await(10, TimeUnit.SECONDS);
          return false;
        });
    HttpFailure failure = failure(read(server.uri("/"), Duration.ofMillis(200)));
    end.countDown();
    assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.NO_ANSWER);
  }

  @Test
  void aBodyCutShortIsNoAnswer() {
    server.script(
        connection -> {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":");
          return false;
        });
    assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.NO_ANSWER);
  }

  @Test
  void aCutChunkedBodyIsNoAnswer() {
    server.script(
        connection -> {
          connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"half\":");
          return false;
        });
    assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.NO_ANSWER);
  }

  @Test
  void aResetIsNoAnswerAndTheJdkDoesNotRepeatItOnItsOwn() {
    server.script(RawServer.Connection::reset);
    assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.NO_ANSWER);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aBodyAboveTheCapIsRefused() {
    server.script(connection -> connection.answer(200, "", "x".repeat(10_001)));
    assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.UNUSABLE);
  }

  @Test
  void anEndlessBodyIsCutOffAtTheCap() {
    server.script(
        connection -> {
          connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          while (true) {
            connection.write("400\r\n" + "x".repeat(0x400) + "\r\n");
          }
        });
    assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.UNUSABLE);
  }

  @Test
  void gzipIsUnpacked() {
    server.script(connection -> gzipped(connection, "{\"a\":1}"));
    assertThat(get().text()).isEqualTo("{\"a\":1}");
    assertThat(server.requests().getFirst()).containsIgnoringCase("accept-encoding: gzip");
  }

  @Test
  void aGzipBombIsRefused() {
    server.script(connection -> gzipped(connection, "0".repeat(5_000_000)));
    assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.UNUSABLE);
  }

  private static boolean gzipped(RawServer.Connection connection, String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    connection.write(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
            + packed.size()
            + "\r\n\r\n");
    connection.write(packed.toByteArray());
    return true;
  }

  @Test
  void aRedirectIsNotFollowed() {
    server.script(connection -> connection.answer(302, "Location: /elsewhere\r\n", ""));
    assertThat(get().status()).isEqualTo(302);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void onlyKnownHostsOverTlsAreCalled() {
    for (String address :
        List.of(
            "https://api.au1.vendor.example.evil.example/x",
            "http://api.au1.vendor.example/x",
            "https://api.au1.vendor.example:8443/x",
            "https://user@api.au1.vendor.example/x",
            "https://127.0.0.1/x")) {
      HttpFailure failure = failure(read(URI.create(address), LONG));
      assertThat(failure.kind()).as(address).isEqualTo(HttpFailure.Kind.NOT_SENT);
      assertThat(failure).hasMessageContaining("not a known one");
    }
  }

  @Test
  void aRefusedConnectionWasNeverSent() throws IOException {
    // A port that is taken and does not listen; one that was merely let go may be another's by now.
    try (Socket taken = new Socket()) {
      taken.bind(new InetSocketAddress("localhost", 0));
      URI uri = URI.create("http://localhost:" + taken.getLocalPort() + "/");
      assertThat(failure(read(uri, LONG)).kind()).isEqualTo(HttpFailure.Kind.NOT_SENT);
    }
  }

  @Test
  void readsAreRepeatedWithinATenthOfAllCalls() {
    AtomicInteger served = new AtomicInteger();
    server.script(
        connection -> connection.answer(served.incrementAndGet() % 3 == 0 ? 503 : 200, "", "{}"));
    int calls = 300;
    for (int i = 0; i < calls; i++) {
      get();
    }
    assertThat(server.requests().size() - calls).isBetween(20, 30);
  }

  @Test
  void writesAreNeverRepeated() {
    for (int i = 0; i < 20; i++) {
      get();
    }
    server.script(RawServer.Connection::reset);
    failure(call(server.uri("/"), LONG, false, answer -> Optional.empty()));
    assertThat(server.requests()).hasSize(21);
  }

  @Test
  void theBreakerOpensAndProbesWithOneCall() {
    server.script(connection -> connection.answer(500, "", ""));
    for (int i = 0; i < 10; i++) {
      get();
    }
    int before = server.requests().size();
    for (int i = 0; i < 50; i++) {
      assertThat(failingGet().kind()).isEqualTo(HttpFailure.Kind.NOT_SENT);
    }
    assertThat(server.requests()).hasSize(before);

    now.updateAndGet(time -> time.plusSeconds(31));
    get();
    failingGet();
    assertThat(server.requests()).as("one probe").hasSize(before + 1);

    server.script(connection -> connection.answer(200, "", "{}"));
    now.updateAndGet(time -> time.plusSeconds(61));
    get();
    get();
    assertThat(breakers.circuitBreaker(QUOTA.key()).getState())
        .isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void refusalsDoNotOpenTheBreaker() {
    server.script(connection -> connection.answer(422, "", ""));
    for (int i = 0; i < 40; i++) {
      assertThat(get().status()).isEqualTo(422);
    }
  }

  @Test
  void aStormOf429SendsNothingBeforeTheReset() {
    server.script(connection -> connection.answer(429, "Retry-After: 30\r\n", ""));
    HttpFailure first =
        failure(call(server.uri("/"), LONG, true, answer -> Optional.of(Duration.ofSeconds(90))));
    assertThat(first.kind()).isEqualTo(HttpFailure.Kind.SLOW_DOWN);
    assertThat(first.retryAfter()).contains(Duration.ofSeconds(90));
    for (int second = 0; second < 89; second++) {
      HttpFailure waiting = failure(read(server.uri("/"), Duration.ofMillis(200)));
      assertThat(waiting.kind()).isEqualTo(HttpFailure.Kind.NOT_SENT);
      assertThat(waiting.retryAfter()).isPresent();
      now.updateAndGet(time -> time.plusSeconds(1));
    }
    assertThat(server.requests()).hasSize(1);
    now.set(START.plusSeconds(91));
    server.script(connection -> connection.answer(200, "", "{}"));
    assertThat(get().status()).isEqualTo(200);
  }

  @Test
  void a429WithoutAnyHintPausesLongerEachTime() {
    server.script(connection -> connection.answer(429, "", ""));
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 8; i++) {
      Duration wait = failingGet().retryAfter().orElseThrow();
      // Half of the pause is fixed, and the whole of it never exceeds two minutes.
      assertThat(wait).isGreaterThanOrEqualTo(Duration.ofSeconds(Math.min(60, 1L << i)));
      longest = wait;
      now.updateAndGet(time -> time.plus(wait).plusMillis(1));
    }
    assertThat(longest).isLessThanOrEqualTo(Duration.ofMinutes(2));
    assertThat(server.requests()).hasSize(8);
  }

  @Test
  void logsAndFailuresShowNoHeaderQueryOrBody() throws Exception {
    HttpCall call = read(server.uri("/x?email=canary-query"), LONG);
    StringBuilder all = new StringBuilder();
    List<String> lines =
        LogTap.during(
            () -> {
              server.script(
                  connection -> connection.answer(200, "X-Canary: canary-head\r\n", "canary-body"));
              all.append(http.send(call));
              server.script(
                  connection -> {
                    connection.write("canary-garbage\r\n\r\n");
                    return false;
                  });
              for (Throwable each = failure(call); each != null; each = each.getCause()) {
                all.append(each).append('\n');
              }
            });
    all.append(call).append(lines);
    assertThat(all.toString()).contains("test.read 200").doesNotContain("canary");
  }

  @Test
  void bookingFindsAPlaceBesideHangingBackgroundCalls() throws Exception {
    CountDownLatch hanging = new CountDownLatch(QUOTA.atOnce() - 1);
    CountDownLatch end = new CountDownLatch(1);
    server.script(
        connection -> {
          if (server.requests().getLast().startsWith("GET /fast")) {
            return connection.answer(200, "", "{}");
          }
          hanging.countDown();
          end.await(20, TimeUnit.SECONDS);
          return false;
        });
    for (int i = 0; i < 12; i++) {
      Thread.ofVirtual().start(() -> failure(read(server.uri("/slow"), LONG)));
    }
    assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
    HttpCall slow = read(server.uri("/fast"), Duration.ofSeconds(5));
    HttpCall booking =
        new HttpCall(
            QUOTA,
            Lane.BOOKING,
            "test.book",
            "GET",
            slow.uri(),
            Map.of(),
            null,
            true,
            slow.deadline(),
            1000,
            slow.waitAsked());
    assertThat(http.send(booking).status()).isEqualTo(200);
    end.countDown();
  }

  @Test
  void aSandboxMayGrantMoreThanTheVendor() {
    assertThat(QUOTA.times(10).calls()).isEqualTo(60_000);
    assertThat(QUOTA.times(0.0001).calls()).isEqualTo(1);
    assertThat(http(3).send(read(server.uri("/"), LONG)).status()).isEqualTo(200);
  }
}
