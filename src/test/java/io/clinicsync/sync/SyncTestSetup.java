package io.clinicsync.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.TestDatabase;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.http.LocalPermits;
import io.clinicsync.http.Permits;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Quarantine;
import io.clinicsync.records.Records;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Virtual time, the simulated vendors and the test bed over both. */
@TestConfiguration(proxyBeanMethods = false)
public class SyncTestSetup {

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
  static StatementCount statementCount() {
    return new StatementCount();
  }

  @Bean
  Engines engines(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      SweepStore seen,
      Catalogues catalogues,
      Records records,
      PatientRecords patientRecords,
      Quarantine quarantine,
      DueMarkers due,
      SyncSettings settings,
      JdbcClient jdbc,
      ObjectMapper json,
      SandboxClock clock) {
    return new Engines(
        tenancy,
        clinics,
        connections,
        connectors,
        seen,
        catalogues,
        records,
        patientRecords,
        quarantine,
        due,
        settings,
        jdbc,
        json,
        clock);
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
