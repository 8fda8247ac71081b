package io.clinicsync.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The demo organisation: made at the first start, found again at the next. */
@Component
@Profile("local")
class Demo {

  /** A demo clinic and its simulated world. */
  private record DemoClinic(
      String name, long seed, int patients, ZoneId zone, String country, String currency) {}

  private static final List<DemoClinic> CLINICS =
      List.of(
          new DemoClinic("Harbour Physio", 60, 60, ZoneId.of("Australia/Sydney"), "AU", "AUD"),
          new DemoClinic("Northside Health", 1500, 1500, ZoneId.of("Europe/London"), "GB", "GBP"));

  private final DemoSettings settings;
  private final SandboxServer sandbox;
  private final Clinics clinics;
  private final Connections connections;
  private final GhlAccounts ghlAccounts;
  private final ApiKeys keys;
  private final DemoProgress progress;
  private final Environment environment;
  private final ObjectMapper json;

  Demo(
      DemoSettings settings,
      SandboxServer sandbox,
      Clinics clinics,
      Connections connections,
      GhlAccounts ghlAccounts,
      ApiKeys keys,
      DemoProgress progress,
      Environment environment,
      ObjectMapper json) {
    this.settings = settings;
    this.sandbox = sandbox;
    this.clinics = clinics;
    this.connections = connections;
    this.ghlAccounts = ghlAccounts;
    this.keys = keys;
    this.progress = progress;
    this.environment = environment;
    this.json = json.copy().enable(SerializationFeature.INDENT_OUTPUT);
  }

  // Before the scheduler plans its connections, so that the simulated worlds stand when they are
  // called.
  @EventListener(ApplicationReadyEvent.class)
  @Order(Ordered.HIGHEST_PRECEDENCE)
  void start() {
    Path file = Path.of(settings.data(), "demo.json");
    DemoFile demo = Files.exists(file) ? again(read(file)) : first();
    write(file, demo);
    progress.follow(demo);
  }

  private DemoFile first() {
    Instant now = sandbox.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    OrganisationId organisation = clinics.createOrganisation("Demo Agency");
    String organisationKey =
        keys.issue(organisation, "demo", Set.of(KeyScope.MANAGE, KeyScope.READ)).secret();
    List<DemoFile.DemoConnection> made = new ArrayList<>();
    for (DemoClinic wanted : CLINICS) {
      made.add(create(organisation, wanted, now));
    }
    return file(organisationKey, now, made);
  }

  private DemoFile.DemoConnection create(
      OrganisationId organisation, DemoClinic wanted, Instant now) {
    SandboxServer.Account emr = emrAccount(wanted, now);
    SandboxServer.Account ghl = sandbox.ghlLocation(wanted.name(), wanted.country(), wanted.zone());
    Clinic clinic =
        clinics.create(
            organisation, wanted.name(), wanted.zone(), wanted.country(), wanted.currency());
    ClinicId id = clinic.id();
    ghlAccounts.connect(id, ghl.id(), ghl.secret(), ghl.base());
    Map<String, String> credentials = Map.of("apiKey", emr.secret());
    Connection connection =
        connections.add(
            id,
            new Connections.NewConnection(
                "cliniko",
                "api-key",
                wanted.name() + " Cliniko",
                credentials,
                emr.base(),
                wanted.zone(),
                wanted.currency()));
    ConnectionId connectionId = connection.id();
    String apiKey =
        keys.issue(
                id,
                connectionId,
                "demo",
                Set.of(KeyScope.READ, KeyScope.BOOK, KeyScope.MANAGE),
                null)
            .secret();
    return new DemoFile.DemoConnection(
        wanted.name(),
        "cliniko",
        id.toString(),
        ghl.id(),
        ghl.secret(),
        connectionId.toString(),
        apiKey,
        emr.base().toString(),
        credentials);
  }

  /** The simulated vendors live in memory: a new start puts the same worlds where they were. */
  private DemoFile again(DemoFile known) {
    CLINICS.forEach(
        wanted -> {
          emrAccount(wanted, known.worldNow());
          sandbox.ghlLocation(wanted.name(), wanted.country(), wanted.zone());
        });
    return file(known.organisationKey(), known.worldNow(), known.connections());
  }

  private SandboxServer.Account emrAccount(DemoClinic wanted, Instant now) {
    return sandbox.clinikoAccount(
        wanted.name(), wanted.seed(), wanted.patients(), wanted.zone(), now);
  }

  private DemoFile file(String organisationKey, Instant now, List<DemoFile.DemoConnection> made) {
    String address = "http://localhost:" + environment.getProperty("local.server.port", "8080");
    return new DemoFile(
        address,
        organisationKey,
        now,
        new DemoFile.Sandbox(
            sandbox.base().toString(), sandbox.ghlBase().toString(), made.getFirst().ghlToken()),
        made);
  }

  private DemoFile read(Path file) {
    try {
      return json.readValue(file.toFile(), DemoFile.class);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The demo file cannot be read; delete the data folder to start over", failure);
    }
  }

  private void write(Path file, DemoFile demo) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path fresh = file.resolveSibling("demo.json.new");
      json.writeValue(fresh.toFile(), demo);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
