package io.clinicsync.http;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts known hosts, breaker, bulkhead, permits and read retries around {@link Wire}. */
final class VendorHttp implements OutboundHttp {

  private static final Logger LOG = LoggerFactory.getLogger(VendorHttp.class);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(2);
  private static final Duration SHORTEST_BACKOFF = Duration.ofSeconds(1);

  private final Wire wire;
  private final Guards guards;
  private final Permits permits;
  private final List<Pattern> knownHosts;
  private final HttpSettings settings;
  private final double quotaFactor;
  private final Clock clock;
  private final MeterRegistry meters;

  VendorHttp(
      Wire wire,
      Guards guards,
      Permits permits,
      List<KnownHosts> knownHosts,
      HttpSettings settings,
      double quotaFactor,
      Clock clock,
      MeterRegistry meters) {
    this.wire = wire;
    this.guards = guards;
    this.permits = permits;
    this.knownHosts = knownHosts.stream().flatMap(each -> each.patterns().stream()).toList();
    this.settings = settings;
    this.quotaFactor = quotaFactor;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public HttpAnswer send(HttpCall call) {
    boolean sandbox = checkHost(call);
    Quota quota = sandbox ? scaled(call.quota()) : call.quota();
    Guards.Guard guard = guards.of(quota);
    guard.budget().earn();
    long end = System.nanoTime() + call.deadline().toNanos();
    if (!call.repeatable()) {
      return attempt(call, quota, guard, end).orThrow();
    }
    @Nullable Outcome[] first = new Outcome[1];
    return guard
        .retry()
        .executeSupplier(
            () -> {
              Outcome outcome = attempt(call, quota, guard, end);
              Outcome before = first[0];
              if (before != null) {
                // A second try that could not leave says less than how the first one ended.
                return outcome.neverLeft() ? before : outcome;
              }
              first[0] = outcome;
              boolean again = outcome.mayPass() && guard.budget().spend();
              return again ? outcome.repeated() : outcome;
            })
        .orThrow();
  }

  private boolean checkHost(HttpCall call) {
    URI uri = call.uri();
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    if (settings.isSandbox(host)) {
      return true;
    }
    boolean known =
        "https".equalsIgnoreCase(uri.getScheme())
            && (uri.getPort() == -1 || uri.getPort() == 443)
            && uri.getUserInfo() == null
            && knownHosts.stream().anyMatch(pattern -> pattern.matcher(host).matches());
    if (!known) {
      throw new HttpFailure(
          HttpFailure.Kind.NOT_SENT,
          call.operation() + ": the host is not a known one",
          null,
          null);
    }
    return false;
  }

  private Quota scaled(Quota quota) {
    return quotaFactor == 1 ? quota : quota.times(quotaFactor);
  }

  private Outcome attempt(HttpCall call, Quota quota, Guards.Guard guard, long end) {
    try {
      return Outcome.of(guarded(call, quota, guard, end));
    } catch (HttpFailure failure) {
      return Outcome.of(failure);
    }
  }

  private HttpAnswer guarded(HttpCall call, Quota quota, Guards.Guard guard, long end) {
    CircuitBreaker breaker = guard.breaker();
    if (!breaker.tryAcquirePermission()) {
      throw notSent(call, "the breaker is open", settings.breakerOpen());
    }
    boolean used = false;
    try {
      enter(call, guard, end);
      try {
        permits.acquire(quota, call.lane(), patience(call, end));
        used = true;
        return measured(call, quota, guard, wireTime(call, end));
      } finally {
        leave(call, guard);
      }
    } finally {
      if (!used) {
        breaker.releasePermission();
      }
    }
  }

  private static void enter(HttpCall call, Guards.Guard guard, long end) {
    boolean sync = call.lane() == Lane.SYNC;
    try {
      long patience = patience(call, end).toNanos();
      if (sync && !guard.syncShare().tryAcquire(patience, TimeUnit.NANOSECONDS)) {
        throw notSent(call, "too many calls at once", SHORTEST_BACKOFF);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw notSent(call, "interrupted", SHORTEST_BACKOFF);
    }
    if (!guard.bulkhead().tryAcquirePermission()) {
      if (sync) {
        guard.syncShare().release();
      }
      throw notSent(call, "too many calls at once", SHORTEST_BACKOFF);
    }
  }

  private static void leave(HttpCall call, Guards.Guard guard) {
    guard.bulkhead().onComplete();
    if (call.lane() == Lane.SYNC) {
      guard.syncShare().release();
    }
  }

  private static HttpFailure notSent(HttpCall call, String why, Duration retryAfter) {
    return new HttpFailure(
        HttpFailure.Kind.NOT_SENT, call.operation() + ": " + why, retryAfter, null);
  }

  /**
   * Somebody who waits gets one deadline for queue and wire; background work may queue for as long
   * again.
   */
  private static Duration patience(HttpCall call, long end) {
    return call.lane().isWaitedFor() ? left(end) : call.deadline();
  }

  private static Duration wireTime(HttpCall call, long end) {
    return call.lane().isWaitedFor() ? left(end) : call.deadline();
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
  }

  private HttpAnswer measured(HttpCall call, Quota quota, Guards.Guard guard, Duration deadline) {
    long began = System.nanoTime();
    try {
      HttpAnswer answer = wire.exchange(call, deadline);
      guard.breaker().onResult(System.nanoTime() - began, TimeUnit.NANOSECONDS, answer);
      record(call, Integer.toString(answer.status()), began, answer.body().length);
      if (answer.status() == 429) {
        throw slowDown(call, quota, guard, answer);
      }
      guard.slowDowns().set(0);
      return answer;
    } catch (HttpFailure failure) {
      if (failure.kind() != HttpFailure.Kind.SLOW_DOWN) {
        guard.breaker().onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, failure);
        record(call, failure.kind().name(), began, 0);
      }
      throw failure;
    }
  }

  private void record(HttpCall call, String outcome, long began, int bytes) {
    long nanos = System.nanoTime() - began;
    meters
        .timer("clinicsync.http.calls", "operation", call.operation(), "outcome", outcome)
        .record(nanos, TimeUnit.NANOSECONDS);
    LOG.debug("{} {} {} ms {} bytes", call.operation(), outcome, nanos / 1_000_000, bytes);
  }

  /**
   * The longest of what the vendor asks for, its {@code Retry-After} and our own growing pause
   * [R16].
   */
  private HttpFailure slowDown(HttpCall call, Quota quota, Guards.Guard guard, HttpAnswer answer) {
    Duration wait = backoff(guard.slowDowns().getAndIncrement());
    wait = longer(wait, call.waitAsked().apply(answer));
    wait = longer(wait, retryAfter(answer));
    permits.pauseUntil(quota, clock.instant().plus(wait));
    return new HttpFailure(
        HttpFailure.Kind.SLOW_DOWN, call.operation() + ": asked to slow down", wait, null);
  }

  private static Duration backoff(int before) {
    long most = LONGEST_BACKOFF.toMillis();
    long full = Math.min(most, SHORTEST_BACKOFF.toMillis() * 2 << Math.min(before, 10));
    return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
  }

  private static Duration longer(Duration one, Optional<Duration> other) {
    return other.filter(asked -> asked.compareTo(one) > 0).orElse(one);
  }

  /** Seconds or a date; a date counts from the vendor's own clock where it tells it. */
  private Optional<Duration> retryAfter(HttpAnswer answer) {
    return answer.header("Retry-After").map(String::strip).flatMap(value -> parse(value, answer));
  }

  private Optional<Duration> parse(String value, HttpAnswer answer) {
    if (value.matches("\\d{1,7}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(answer.vendorNow().orElse(clock.instant()), until));
    } catch (DateTimeParseException unreadable) {
      return Optional.empty();
    }
  }
}
