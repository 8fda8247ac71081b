package io.clinicsync.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Breaker, bulkhead, read retry and retry budget, one set per quota; sets unused for an hour are
 * let go.
 */
final class Guards {

  private static final Duration KEPT = Duration.ofHours(1);

  private final CircuitBreakerRegistry breakers;
  private final BulkheadRegistry bulkheads;
  private final RetryRegistry retries;
  private final HttpSettings settings;
  private final Clock clock;
  private final LoadingCache<Key, Guard> guards;

  Guards(
      CircuitBreakerRegistry breakers,
      BulkheadRegistry bulkheads,
      RetryRegistry retries,
      HttpSettings settings,
      Clock clock) {
    this.breakers = breakers;
    this.bulkheads = bulkheads;
    this.retries = retries;
    this.settings = settings;
    this.clock = clock;
    this.guards =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .removalListener(
                (@Nullable Key key, @Nullable Guard guard, RemovalCause why) -> forget(key))
            .build(this::create);
  }

  private record Key(String name, int atOnce) {}

  /**
   * What stands around the calls of one quota.
   *
   * @param syncShare one place less than the bulkhead has, so that booking never waits behind slow
   *     background calls
   */
  record Guard(
      CircuitBreaker breaker,
      Bulkhead bulkhead,
      Semaphore syncShare,
      Retry retry,
      RetryBudget budget,
      AtomicInteger slowDowns) {}

  Guard of(Quota quota) {
    return guards.get(new Key(quota.key(), quota.atOnce()));
  }

  private Guard create(Key key) {
    CircuitBreakerConfig breaker =
        CircuitBreakerConfig.custom()
            .slidingWindowSize(20)
            .minimumNumberOfCalls(10)
            .failureRateThreshold(60)
            .permittedNumberOfCallsInHalfOpenState(1)
            .waitIntervalFunctionInOpenState(
                IntervalFunction.ofExponentialBackoff(
                    settings.breakerOpen(), 2, settings.breakerOpen().multipliedBy(10)))
            .clock(clock)
            .currentTimestampFunction(source -> source.millis(), TimeUnit.MILLISECONDS)
            .recordException(Guards::countsAgainstVendor)
            .recordResult(result -> result instanceof HttpAnswer answer && answer.status() >= 500)
            .writableStackTraceEnabled(false)
            .build();
    BulkheadConfig bulkhead =
        BulkheadConfig.custom()
            .maxConcurrentCalls(key.atOnce())
            .maxWaitDuration(Duration.ofSeconds(10))
            .writableStackTraceEnabled(false)
            .build();
    RetryConfig retry =
        RetryConfig.<Outcome>custom()
            .maxAttempts(2)
            .intervalFunction(
                IntervalFunction.ofExponentialRandomBackoff(settings.retryAfter(), 2, 0.5))
            .retryOnResult(Outcome::repeat)
            .retryOnException(failure -> false)
            .build();
    return new Guard(
        breakers.circuitBreaker(key.name(), breaker),
        bulkheads.bulkhead(key.name(), bulkhead),
        new Semaphore(Math.max(1, key.atOnce() - 1), true),
        retries.retry(key.name(), retry),
        new RetryBudget(),
        new AtomicInteger());
  }

  private static boolean countsAgainstVendor(Throwable failure) {
    return failure instanceof HttpFailure http
        && (http.kind() == HttpFailure.Kind.NO_ANSWER || http.kind() == HttpFailure.Kind.NOT_SENT);
  }

  private void forget(@Nullable Key key) {
    if (key != null) {
      breakers.remove(key.name());
      bulkheads.remove(key.name());
      retries.remove(key.name());
    }
  }
}
