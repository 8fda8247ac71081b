package io.clinicsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.springboot3.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot3.bulkhead.autoconfigure.BulkheadMetricsAutoConfiguration;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerMetricsAutoConfiguration;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class HttpConfigurationTests {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  MetricsAutoConfiguration.class,
                  SimpleMetricsExportAutoConfiguration.class,
                  CircuitBreakerAutoConfiguration.class,
                  CircuitBreakerMetricsAutoConfiguration.class,
                  BulkheadAutoConfiguration.class,
                  BulkheadMetricsAutoConfiguration.class,
                  RetryAutoConfiguration.class,
                  RetryMetricsAutoConfiguration.class))
          .withUserConfiguration(Settings.class, HttpConfiguration.class);

  @EnableConfigurationProperties(HttpSettings.class)
  static class Settings {}

  private static HttpCall call(URI uri) {
    Quota quota =
        new Quota(new UUID(3, 3), "test:metrics", 100, Duration.ofSeconds(1), null, 2, 10);
    return new HttpCall(
        quota,
        Lane.SYNC,
        "test.read",
        "GET",
        uri,
        Map.of(),
        null,
        true,
        Duration.ofSeconds(5),
        1000,
        answer -> Optional.empty());
  }

  @Test
  void eachQuotaHasMetricsOfItsBreakerBulkheadAndRetry() throws Exception {
    try (RawServer server = new RawServer(connection -> connection.answer(200, "", "{}"))) {
      runner
          .withPropertyValues("clinicsync.http.sandbox-hosts=localhost")
          .run(
              context -> {
                context.getBean(OutboundHttp.class).send(call(server.uri("/")));
                MeterRegistry meters = context.getBean(MeterRegistry.class);
                String key = new UUID(3, 3) + "/test:metrics";
                for (String meter :
                    new String[] {
                      "resilience4j.circuitbreaker.state",
                      "resilience4j.bulkhead.available.concurrent.calls",
                      "resilience4j.retry.calls"
                    }) {
                  assertThat(meters.find(meter).tag("name", key).meters()).as(meter).isNotEmpty();
                }
                assertThat(
                        meters
                            .get("clinicsync.http.calls")
                            .tag("operation", "test.read")
                            .timer()
                            .count())
                    .isOne();
              });
    }
  }

  @Test
  void withoutTheSettingNoSandboxIsCalled() {
    runner.run(
        context ->
            assertThatThrownBy(
                    () ->
                        context
                            .getBean(OutboundHttp.class)
                            .send(call(URI.create("http://localhost:1/"))))
                .isInstanceOf(HttpFailure.class)
                .hasMessageContaining("not a known one"));
  }
}
