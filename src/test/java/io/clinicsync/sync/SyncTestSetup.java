package io.clinicsync.sync;

import io.clinicsync.TestDatabase;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.http.LocalPermits;
import io.clinicsync.http.Permits;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import java.time.Instant;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** Virtual time, the simulated vendors and the test bed over both. */
@TestConfiguration(proxyBeanMethods = false)
class SyncTestSetup {

  @Bean
  @Primary
  SandboxClock sandboxClock() {
    SandboxClock clock = new SandboxClock();
    clock.freezeAt(Instant.parse("2026-06-10T01:00:00Z"));
    return clock;
  }

  @Bean
  SandboxServer sandboxServer(SandboxClock clock) {
    return SandboxServer.start(0, clock, 1);
  }

  @Bean
  @Primary
  Permits virtualPermits(SandboxClock clock) {
    return new LocalPermits(clock, clock::advance);
  }

  @Bean
  SyncTestBed syncTestBed(
      Runs runs,
      Sweeps sweeps,
      Clinics clinics,
      Connections connections,
      SandboxServer sandbox,
      TestDatabase database) {
    return new SyncTestBed(runs, sweeps, clinics, connections, sandbox, database);
  }
}
