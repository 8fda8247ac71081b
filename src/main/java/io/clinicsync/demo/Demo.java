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
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.vault.Owner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The demo organisation: made at the first start, found again at the next. Each step looks for what
 * it would make, so that a start cut off anywhere is completed by the one after it.
 */
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

  // Fixed, because organisations can only be looked up by id.
  private static final OrganisationId ORGANISATION =
      new OrganisationId(
          UUID.nameUUIDFromBytes("clinicsync demo".getBytes(StandardCharsets.UTF_8)));

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

  // Before the scheduler plans its connections, so that they are complete when they are planned.
  @EventListener(ApplicationReadyEvent.class)
  @Order(Ordered.HIGHEST_PRECEDENCE)
  void start() {
    Path file = Path.of(settings.data(), "demo.json");
    DemoFile known = Files.exists(file) ? read(file) : null;
    Instant worldNow =
        known == null
            ? sandbox.clock().instant().truncatedTo(ChronoUnit.SECONDS)
            : known.worldNow();
    clinics.createOrganisation(ORGANISATION, "Demo Agency");
    String organisationKey = organisationKey(known);
    List<DemoFile.DemoConnection> made = new ArrayList<>();
    // The secrets of keys are nowhere else, so the file is written before the next one is issued.
    DemoFile demo = write(file, file(organisationKey, worldNow, made));
    for (DemoClinic wanted : CLINICS) {
      made.add(connection(wanted, worldNow, known));
      demo = write(file, file(organisationKey, worldNow, made));
    }
    progress.follow(demo);
  }

  private String organisationKey(@Nullable DemoFile known) {
    if (known != null && keys.authenticate(known.organisationKey()).isPresent()) {
      return known.organisationKey();
    }
    withdraw(Owner.of(ORGANISATION));
    return keys.issue(ORGANISATION, "demo", Set.of(KeyScope.MANAGE, KeyScope.READ)).secret();
  }

  /** Ends demo keys whose secret was lost with a start that was cut off. */
  private void withdraw(Owner owner) {
    keys.of(owner).stream()
        .filter(key -> key.live() && key.name().equals("demo"))
        .forEach(key -> keys.revoke(owner, key.id()));
  }

  private DemoFile.DemoConnection connection(
      DemoClinic wanted, Instant worldNow, @Nullable DemoFile known) {
    SandboxServer.Account emr =
        sandbox.clinikoAccount(
            wanted.name(), wanted.seed(), wanted.patients(), wanted.zone(), worldNow);
    SandboxServer.Account ghl = sandbox.ghlLocation(wanted.name(), wanted.country(), wanted.zone());
    ClinicId clinic = clinic(wanted).id();
    Optional<GhlAccount> joined = ghlAccounts.find(clinic);
    if (joined.isEmpty() || !joined.get().base().equals(ghl.base())) {
      ghlAccounts.connect(clinic, ghl.id(), ghl.secret(), ghl.base());
    }
    ConnectionId connection = connection(clinic, wanted, emr).id();
    return new DemoFile.DemoConnection(
        wanted.name(),
        "cliniko",
        clinic.toString(),
        ghl.id(),
        ghl.secret(),
        connection.toString(),
        key(clinic, connection, known),
        emr.base().toString(),
        Map.of("apiKey", emr.secret()));
  }

  private Clinic clinic(DemoClinic wanted) {
    return clinics.of(ORGANISATION).stream()
        .filter(clinic -> clinic.name().equals(wanted.name()))
        .findFirst()
        .orElseGet(
            () ->
                clinics.create(
                    ORGANISATION,
                    wanted.name(),
                    wanted.zone(),
                    wanted.country(),
                    wanted.currency()));
  }

  private Connection connection(ClinicId clinic, DemoClinic wanted, SandboxServer.Account emr) {
    Map<String, String> credentials = Map.of("apiKey", emr.secret());
    String name = wanted.name() + " Cliniko";
    Connection existing =
        connections.of(clinic).stream()
            .filter(connection -> connection.name().equals(name))
            .findFirst()
            .orElse(null);
    if (existing == null) {
      return connections.add(
          clinic,
          new Connections.NewConnection(
              "cliniko",
              "api-key",
              name,
              credentials,
              emr.base(),
              wanted.zone(),
              wanted.currency()));
    }
    if (!existing.base().equals(emr.base())) {
      // The sandbox listens on another port than last time.
      connections.replaceCredentials(existing, credentials, emr.base(), null);
    }
    return existing;
  }

  private String key(ClinicId clinic, ConnectionId connection, @Nullable DemoFile known) {
    if (known != null) {
      for (DemoFile.DemoConnection one : known.connections()) {
        if (one.connectionId().equals(connection.toString())
            && keys.authenticate(one.apiKey()).isPresent()) {
          return one.apiKey();
        }
      }
    }
    withdraw(Owner.of(clinic));
    Set<KeyScope> scopes = Set.of(KeyScope.READ, KeyScope.BOOK, KeyScope.MANAGE);
    return keys.issue(clinic, connection, "demo", scopes, null).secret();
  }

  private DemoFile file(
      String organisationKey, Instant worldNow, List<DemoFile.DemoConnection> made) {
    String address = "http://localhost:" + environment.getProperty("local.server.port", "8080");
    return new DemoFile(
        address,
        organisationKey,
        worldNow,
        new DemoFile.Sandbox(
            sandbox.base().toString(),
            sandbox.ghlBase().toString(),
            made.isEmpty() ? "" : made.getFirst().ghlToken()),
        List.copyOf(made));
  }

  private DemoFile read(Path file) {
    try {
      return json.readValue(file.toFile(), DemoFile.class);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The demo file cannot be read; delete the data folder to start over", failure);
    }
  }

  private DemoFile write(Path file, DemoFile demo) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path fresh = file.resolveSibling("demo.json.new");
      json.writeValue(fresh.toFile(), demo);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return demo;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
