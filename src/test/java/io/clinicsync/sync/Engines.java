package io.clinicsync.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Quarantine;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Builds further engines over the same database, as other nodes have them, with parts replaced. */
record Engines(
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
    Clock clock) {

  SyncStore store() {
    return new SyncStore(jdbc, json, clock);
  }

  PageStore pages(SyncStore store) {
    return new PageStore(tenancy, store, records, quarantine, new RecentVersions(), settings, jdbc);
  }

  Runs runs(SyncStore store, WindowReader windows) {
    return runs(store, windows, settings);
  }

  Runs runs(SyncStore store, WindowReader windows, SyncSettings with) {
    return new Runs(
        tenancy,
        clinics,
        connections,
        connectors,
        store,
        windows,
        new FirstLoad(tenancy, store, windows, due, with, clock),
        new Latecomers(tenancy, beside(store, with), patientRecords, new RecentVersions()),
        new TouchedReads(beside(store, with), clock),
        catalogues,
        due,
        with,
        clock,
        new RunOutcomes(tenancy, store, connections, with, clock));
  }

  private PagesBeside beside(SyncStore store, SyncSettings with) {
    return new PagesBeside(tenancy, store, records, quarantine, new RecentVersions(), with);
  }

  /** Another node. */
  Runs runs(PageStore pages) {
    return runs(store(), new WindowReader(pages, settings));
  }

  Sweeps sweeps(SyncStore store, WindowReader windows) {
    return new Sweeps(
        tenancy,
        clinics,
        connections,
        connectors,
        store,
        seen,
        windows,
        records,
        new RecentVersions(),
        settings,
        clock);
  }

  SyncSettings slicedBy(Duration slice) {
    return new SyncSettings(
        settings.shortest(),
        settings.longest(),
        settings.settle(),
        settings.lease(),
        slice,
        settings.catalogueEvery(),
        settings.sweepEvery(),
        settings.removalFloor(),
        settings.removalShare(),
        settings.perClinic(),
        settings.runsKept());
  }
}
