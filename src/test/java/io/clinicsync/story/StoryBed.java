package io.clinicsync.story;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.crm.Drain;
import io.clinicsync.imports.Import;
import io.clinicsync.imports.ImportWork;
import io.clinicsync.imports.Imports;
import io.clinicsync.insights.FactsKeeper;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.sandbox.ClinikoAccounts;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.promptemr.PromptEmrAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sync.RunResult;
import io.clinicsync.sync.Runs;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * Whole stories against the simulated vendors: a clinic, its Cliniko, its GoHighLevel, and the
 * application between them.
 */
@TestConfiguration(proxyBeanMethods = false)
class StoryBed {

  /** The sandbox's faults and clock, which all stories share: one class at a time. */
  static final String SANDBOX = "story sandbox";

  /**
   * Six in the morning in Sydney, between its two daylight-saving nights: nobody came in the last
   * hours, so that a run right after the first load is truly unchanged.
   */
  static final Instant DAWN = Instant.parse("2026-03-09T19:00:00Z");

  @Bean(destroyMethod = "close")
  SandboxServer storySandbox() {
    SandboxClock clock = new SandboxClock();
    clock.runFrom(DAWN);
    return SandboxServer.start(0, clock, 1_000);
  }

  @Bean
  @Primary
  Clock storyClock(SandboxServer sandbox) {
    return sandbox.clock();
  }

  @Bean
  Stage stage(
      SandboxServer sandbox,
      Clinics clinics,
      Connections connections,
      GhlAccounts ghlAccounts,
      Runs runs,
      FactsKeeper facts,
      DueMarkers due,
      Drain drain,
      Imports imports,
      ImportWork importWork,
      Entitlements entitlements) {
    return new Stage(
        sandbox,
        clinics,
        connections,
        ghlAccounts,
        runs,
        facts,
        due,
        drain,
        imports,
        importWork,
        entitlements);
  }

  /** Sets scenes up and lets the application work until nothing is left to do. */
  @Component
  record Stage(
      SandboxServer sandbox,
      Clinics clinics,
      Connections connections,
      GhlAccounts ghlAccounts,
      Runs runs,
      FactsKeeper facts,
      DueMarkers due,
      Drain drain,
      Imports imports,
      ImportWork importWork,
      Entitlements entitlements) {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A second EMR of a scene's clinic, with the same people when the seeds are the same. */
    Scene beside(Scene first, String emr, String way, long seed, int patients) {
      String name = "story-" + emr + "-" + COUNT.incrementAndGet();
      SandboxServer.EmrAccount opened =
          sandbox.open(
              emr,
              new EmrSimulator.Opening(
                  name, seed, patients, first.zone(), sandbox.clock().instant()));
      ConnectionId connection =
          connections
              .add(
                  first.clinic(),
                  new Connections.NewConnection(
                      emr,
                      way,
                      name,
                      opened.clinic().credentials().get(way),
                      opened.base(),
                      first.zone(),
                      "AUD"))
              .id();
      return new Scene(
          this,
          first.organisation(),
          first.clinic(),
          connection,
          name,
          first.locationId(),
          first.zone());
    }

    /** A clinic of any simulated EMR, where such clinics usually are. */
    Scene scene(String emr, String way, long seed, int patients) {
      return scene(emr, way, seed, patients, Map.of());
    }

    /** With more than the sandbox's credentials typed in. */
    Scene scene(String emr, String way, long seed, int patients, Map<String, String> more) {
      return scene(emr, way, seed, patients, more, true);
    }

    /**
     * @param handOver whether staff hand their files over at once, where an EMR is read from files
     */
    Scene scene(
        String emr,
        String way,
        long seed,
        int patients,
        Map<String, String> more,
        boolean handOver) {
      EmrSimulator simulator = sandbox.emr(emr);
      EmrSimulator.Home home = simulator.home();
      String name = "story-" + emr + "-" + COUNT.incrementAndGet();
      SandboxServer.EmrAccount opened =
          sandbox.open(
              emr,
              new EmrSimulator.Opening(
                  name, seed, patients, home.zone(), sandbox.clock().instant()));
      SandboxServer.Account ghl = sandbox.ghlLocation(name, home.country(), home.zone());
      OrganisationId organisation = clinics.createOrganisation(name);
      Clinic clinic =
          clinics.create(organisation, name, home.zone(), home.country(), home.currency());
      ghlAccounts.connect(clinic.id(), ghl.id(), ghl.secret(), ghl.base());
      Map<String, String> typed = new HashMap<>(opened.clinic().credentials().get(way));
      typed.putAll(more);
      Connections.NewConnection wanted =
          new Connections.NewConnection(
              emr, way, name, typed, opened.base(), home.zone(), home.currency());
      ConnectionId connection = connections.add(clinic.id(), wanted).id();
      Scene scene =
          new Scene(this, organisation, clinic.id(), connection, name, ghl.id(), home.zone());
      if (handOver && scene.emr() instanceof PromptEmrAccount) {
        scene.handOver("csv");
      }
      return scene;
    }

    Scene scene(long seed, int patients, ZoneId zone, String country) {
      String name = "story-" + COUNT.incrementAndGet();
      SandboxServer.Account emr =
          ClinikoAccounts.open(sandbox, name, seed, patients, zone, sandbox.clock().instant());
      SandboxServer.Account ghl = sandbox.ghlLocation(name, country, zone);
      OrganisationId organisation = clinics.createOrganisation(name);
      Clinic clinic = clinics.create(organisation, name, zone, country, "AUD");
      ghlAccounts.connect(clinic.id(), ghl.id(), ghl.secret(), ghl.base());
      ConnectionId connection =
          connections
              .add(
                  clinic.id(),
                  new Connections.NewConnection(
                      "cliniko",
                      "api-key",
                      name,
                      Map.of("apiKey", emr.secret()),
                      emr.base(),
                      zone,
                      "AUD"))
              .id();
      return new Scene(this, organisation, clinic.id(), connection, name, ghl.id(), zone);
    }
  }

  /** One clinic with both its vendors. */
  record Scene(
      Stage stage,
      OrganisationId organisation,
      ClinicId clinic,
      ConnectionId connection,
      String emrAccount,
      String locationId,
      ZoneId zone) {

    /** The EMR account, whatever EMR it is of. */
    SimulatedClinic emr() {
      return stage.sandbox().emrs().stream()
          .flatMap(each -> each.clinics().stream())
          .filter(each -> each.name().equals(emrAccount))
          .findFirst()
          .orElseThrow();
    }

    /** Staff export every report and hand it over; its rows are taken. */
    List<Import> handOver(String format) {
      Connection to = stage.connections().find(clinic, connection).orElseThrow();
      List<Import> handed = new ArrayList<>();
      for (String kind : List.of("patients", "visits", "charges")) {
        byte[] file = ((PromptEmrAccount) emr()).report(kind, format, false);
        handed.add(stage.imports().take(to, new Imports.Upload(kind, file, now(), true, false)));
      }
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                stage.importWork().work(clinic);
                return handed.stream()
                    .allMatch(
                        each ->
                            stage.imports().find(to, each.id()).orElseThrow().finishedAt() != null);
              });
      return handed.stream()
          .map(each -> stage.imports().find(to, each.id()).orElseThrow())
          .toList();
    }

    /** Lets the connection book. */
    void mayBook() {
      stage
          .entitlements()
          .grant(
              clinic,
              connection,
              new Entitlements.Entitlement(Entitlements.Feature.BOOKING, Instant.EPOCH, null));
    }

    /** Runs the connection once and lets everything that follows from it happen. */
    RunResult sync() {
      RunResult result = stage.runs().run(clinic, connection).orElseThrow();
      settle();
      return result;
    }

    /** Lets the clock's work and the queues run dry. */
    void settle() {
      stage.facts().markDueByClock();
      AtomicInteger looks = new AtomicInteger();
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                stage.facts().work(clinic);
                stage.drain().work(clinic);
                // What waits for the search index waits by this clock, which needs not be real
                // time.
                if (looks.incrementAndGet() % 20 == 0) {
                  stage.sandbox().clock().advance(Duration.ofSeconds(15));
                }
                return !stage.due().clinicsWaiting().contains(clinic)
                    && stage.drain().waiting(clinic) == 0;
              });
    }

    JsonNode emrTruth() {
      return json(emr().truth());
    }

    JsonNode crmTruth() {
      return json(location().truth());
    }

    GhlLocation location() {
      return stage.sandbox().ghl().location(locationId);
    }

    Instant now() {
      return stage.sandbox().clock().instant();
    }

    long mark() {
      return stage.sandbox().log().lastSeq();
    }

    List<LogEntry> crmWritesSince(long mark) {
      return stage.sandbox().log().since(mark).stream()
          .filter(
              entry -> entry.kind() == LogEntry.Kind.WRITE && entry.account().equals(crmAccount()))
          .toList();
    }

    List<LogEntry> emrCallsSince(long mark) {
      return stage.sandbox().log().since(mark).stream()
          .filter(entry -> entry.account().equals(emrAccount) && entry.kind() != LogEntry.Kind.EDIT)
          .toList();
    }

    String crmAccount() {
      return locationId;
    }

    private static JsonNode json(String text) {
      try {
        return Stage.JSON.readTree(text);
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
