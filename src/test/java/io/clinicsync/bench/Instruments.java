package io.clinicsync.bench;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** What the benchmarks put into the application to measure it. */
@TestConfiguration(proxyBeanMethods = false)
class Instruments {

  @Bean
  static StatementCounter statementCounter() {
    return new StatementCounter();
  }

  @Bean
  @Primary
  BenchClock benchClock() {
    return new BenchClock();
  }
}
