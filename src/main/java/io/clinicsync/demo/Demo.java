package io.clinicsync.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Authorisation;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.EmrDescriptor;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.vault.Owner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
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

  /** A demo clinic and its EMRs. */
  private record DemoClinic(String name, EmrSimulator.Home home, List<DemoEmr> emrs) {}

  /**
   * One EMR of a demo clinic. Equal seeds make equal people, so that households are met again in
   * other clinics, and in the second EMR of one.
   *
   * @param way null takes the most recommended one
   */
  private record DemoEmr(
      String emr, @Nullable String way, String account, long seed, int patients) {}

  private static final int PATIENTS = 60;

  // Fixed, because organisations can only be looked up by id.
  private static final OrganisationId ORGANISATION =
      new OrganisationId(
          UUID.nameUUIDFromBytes("clinicsync demo".getBytes(StandardCharsets.UTF_8)));

  private final DemoSettings settings;
  private final SandboxServer sandbox;
  private final Connectors connectors;
  private final Clinics clinics;
  private final Connections connections;
  private final Entitlements entitlements;
  private final GhlAccounts ghlAccounts;
  private final ApiKeys keys;
  private final DemoConsent consent;
  private final DemoExports exports;
  private final DemoProgress progress;
  private final Environment environment;
  private final ObjectMapper json;

  Demo(
      DemoSettings settings,
      SandboxServer sandbox,
      Connectors connectors,
      Clinics clinics,
      Connections connections,
      Entitlements entitlements,
      GhlAccounts ghlAccounts,
      ApiKeys keys,
      DemoConsent consent,
      DemoExports exports,
      DemoProgress progress,
      Environment environment,
      ObjectMapper json) {
    this.settings = settings;
    this.sandbox = sandbox;
    this.connectors = connectors;
    this.clinics = clinics;
    this.connections = connections;
    this.entitlements = entitlements;
    this.ghlAccounts = ghlAccounts;
    this.keys = keys;
    this.consent = consent;
    this.exports = exports;
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
    for (DemoClinic wanted : clinics()) {
      for (DemoEmr emr : wanted.emrs()) {
        made.add(connection(wanted, emr, worldNow, known));
        demo = write(file, file(organisationKey, worldNow, made));
      }
    }
    sandbox.ghl().webhooks().sendTo(URI.create(demo.address() + "/ghl/webhooks"));
    progress.follow(demo);
  }

  private static EmrSimulator.Home home(String zone, String country, String currency) {
    return new EmrSimulator.Home(ZoneId.of(zone), country, currency);
  }

  /**
   * Two of Cliniko's, one of every other EMR that is connected and simulated, and one that has two
   * EMRs with the same people.
   */
  private List<DemoClinic> clinics() {
    List<DemoClinic> clinics = new ArrayList<>();
    clinics.add(
        clinic("Harbour Physio", home("Australia/Sydney", "AU", "AUD"), "cliniko", PATIENTS));
    clinics.add(clinic("Northside Health", home("Europe/London", "GB", "GBP"), "cliniko", 1500));
    for (EmrSimulator emr : sandbox.emrs()) {
      if (!emr.id().equals("cliniko") && connectors.find(emr.id()).isPresent()) {
        clinics.add(clinic(emr.title() + " Demo", emr.home(), emr.id(), PATIENTS));
      }
    }
    if (connectors.find("jane").isPresent()) {
      clinics.add(
          new DemoClinic(
              "Two Systems Clinic",
              home("America/Vancouver", "CA", "CAD"),
              List.of(
                  new DemoEmr("cliniko", null, "Two Systems Cliniko", 33, 40),
                  new DemoEmr("jane", "web", "Two Systems Jane", 33, 40))));
    }
    return clinics;
  }

  private static DemoClinic clinic(String name, EmrSimulator.Home home, String emr, int patients) {
    return new DemoClinic(name, home, List.of(new DemoEmr(emr, null, name, patients, patients)));
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
      DemoClinic wanted, DemoEmr system, Instant worldNow, @Nullable DemoFile known) {
    SandboxServer.EmrAccount emr =
        sandbox.open(
            system.emr(),
            new EmrSimulator.Opening(
                system.account(),
                system.seed(),
                system.patients(),
                wanted.home().zone(),
                worldNow));
    ClinicId clinic = clinic(wanted).id();
    SandboxServer.Account ghl = subAccount(wanted, clinic);
    EmrDescriptor descriptor = connectors.require(system.emr()).descriptor();
    AccessWay way =
        system.way() == null ? descriptor.ways().getFirst() : descriptor.way(system.way());
    Map<String, String> credentials = emr.clinic().credentials().getOrDefault(way.id(), Map.of());
    Connections.NewConnection wish =
        new Connections.NewConnection(
            system.emr(),
            way.id(),
            wanted.name() + " " + descriptor.name(),
            credentials,
            emr.base(),
            wanted.home().zone(),
            wanted.home().currency());
    Connection made = connection(clinic, way, wish);
    if (way.auth() instanceof Auth.HandedOver) {
      exports.handOver(made, emr.clinic());
    }
    ConnectionId connection = made.id();
    return new DemoFile.DemoConnection(
        wanted.emrs().size() == 1 ? wanted.name() : wish.name(),
        system.emr(),
        clinic.toString(),
        ghl.id(),
        ghl.secret(),
        connection.toString(),
        key(clinic, connection, known),
        emr.base().toString(),
        credentials);
  }

  private SandboxServer.Account subAccount(DemoClinic wanted, ClinicId clinic) {
    SandboxServer.Account ghl =
        sandbox.ghlLocation(wanted.name(), wanted.home().country(), wanted.home().zone());
    Optional<GhlAccount> joined = ghlAccounts.find(clinic);
    if (joined.isEmpty() || !joined.get().base().equals(ghl.base())) {
      ghlAccounts.connect(clinic, ghl.id(), ghl.secret(), ghl.base());
    }
    return ghl;
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
                    wanted.home().zone(),
                    wanted.home().country(),
                    wanted.home().currency()));
  }

  private Connection connection(ClinicId clinic, AccessWay way, Connections.NewConnection wish) {
    Connection existing =
        connections.of(clinic).stream()
            .filter(connection -> connection.name().equals(wish.name()))
            .findFirst()
            .orElse(null);
    if (existing == null) {
      existing = connections.add(clinic, wish);
      if (way.needsSignedConsent()) {
        LocalDate today = LocalDate.ofInstant(sandbox.clock().instant(), wish.zone());
        connections.authorise(clinic, existing.id(), new Authorisation("Demo Owner", today));
      }
    } else if (!existing.base().equals(wish.base())) {
      // The sandbox listens on another port than last time.
      connections.replaceCredentials(existing, wish, null);
    }
    if (way.auth() instanceof Auth.OAuth2) {
      consent.give(existing);
    }
    if (!entitlements.allows(clinic, existing.id(), Entitlements.Feature.BOOKING)) {
      entitlements.grant(
          clinic,
          existing.id(),
          new Entitlements.Entitlement(
              Entitlements.Feature.BOOKING, sandbox.clock().instant(), null));
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
    keys.of(Owner.of(clinic)).stream()
        .filter(
            key -> key.live() && key.name().equals("demo") && connection.equals(key.connection()))
        .forEach(key -> keys.revoke(Owner.of(clinic), key.id()));
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
