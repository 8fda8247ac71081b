package io.clinicsync.http;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;

/**
 * Wires the outgoing client. Resilience4j's registries come from its Spring Boot starter, which
 * binds their metrics.
 */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

  @Bean(destroyMethod = "close")
  Wire wire(HttpSettings settings, ObjectProvider<Clock> clock) {
    return new Wire(settings, clock.getIfAvailable(Clock::systemUTC));
  }

  /** Used where no shared implementation exists. */
  @Bean
  @Fallback
  Permits localPermits(ObjectProvider<Clock> clock) {
    return new LocalPermits(clock.getIfAvailable(Clock::systemUTC), Thread::sleep);
  }

  @Bean
  OutboundHttp outboundHttp(
      Wire wire,
      Permits permits,
      List<KnownHosts> knownHosts,
      HttpSettings settings,
      @Value("${clinicsync.quota-factor:1}") double quotaFactor,
      ObjectProvider<Clock> clocks,
      CircuitBreakerRegistry breakers,
      BulkheadRegistry bulkheads,
      RetryRegistry retries,
      MeterRegistry meters) {
    Clock clock = clocks.getIfAvailable(Clock::systemUTC);
    Guards guards = new Guards(breakers, bulkheads, retries, settings, clock);
    return new VendorHttp(wire, guards, permits, knownHosts, settings, quotaFactor, clock, meters);
  }
}
