package io.clinicsync.http;

import io.clinicsync.secrecy.SecrecyInitializer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The real outgoing client without Spring, for tests of those who use it; it may call localhost
 * only.
 */
public final class TestHttp implements OutboundHttp, AutoCloseable {

  private final Wire wire;
  private final VendorHttp http;

  /**
   * Makes a client with its own breakers and permits.
   *
   * @param clock the time permits are counted in
   * @param sleeper lets that time pass
   */
  public TestHttp(Clock clock, LocalPermits.Sleeper sleeper) {
    HttpSettings settings =
        new HttpSettings(
            Duration.ofSeconds(5),
            Set.of("localhost"),
            Duration.ofSeconds(5),
            512,
            Duration.ofMillis(1),
            Duration.ofSeconds(30));
    wire = new Wire(settings, clock);
    Guards guards =
        new Guards(
            CircuitBreakerRegistry.ofDefaults(),
            BulkheadRegistry.ofDefaults(),
            RetryRegistry.ofDefaults(),
            settings,
            clock);
    http =
        new VendorHttp(
            wire,
            guards,
            new LocalPermits(clock, sleeper),
            List.of(),
            settings,
            1,
            clock,
            SecrecyInitializer.watched(new SimpleMeterRegistry()));
  }

  @Override
  public HttpAnswer send(HttpCall call) {
    return http.send(call);
  }

  @Override
  public void close() {
    wire.close();
  }
}
