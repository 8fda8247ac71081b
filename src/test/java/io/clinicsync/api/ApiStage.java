package io.clinicsync.api;

import io.clinicsync.access.ApiKeys;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.sandbox.ClinikoAccounts;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sync.Runs;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An application with simulated vendors beside it, and everything a test needs to call it. */
final class ApiStage {

  /** Held by tests that spoil the answers of the one sandbox all of them share. */
  static final String FAULTS = "api-sandbox-faults";

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final SandboxServer SANDBOX = SandboxServer.start(0, new SandboxClock(), 1000);

  private final ApplicationContext context;
  final int port;

  ApiStage(ApplicationContext context) {
    this.context = context;
    this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  SandboxServer sandbox() {
    return SANDBOX;
  }

  /** The key its GoHighLevel signs app webhooks with. */
  static String webhookKey() {
    return SANDBOX.ghl().webhooks().publicKey();
  }

  /** A new organisation with a key that may do everything. */
  ApiClient organisation() {
    OrganisationId organisation =
        context.getBean(Clinics.class).createOrganisation("Org " + COUNT.incrementAndGet());
    return new ApiClient(
        port,
        context
            .getBean(ApiKeys.class)
            .issue(organisation, "test", EnumSet.allOf(KeyScope.class))
            .secret());
  }

  ApiClient with(String key) {
    return new ApiClient(port, key);
  }

  /** A new clinic of that organisation; its id. */
  String clinic(ApiClient organisation) {
    return organisation
        .post(
            "/api/v1/clinics",
            """
            {"name": "Harbour Physio", "zone": "Australia/Sydney", "country": "AU", "currency": "AUD"}""")
        .text("/id");
  }

  /** What the sweep does once it is time. */
  void settle(String clinic, ApiClient caller, String booking) {
    ClinicId id = new ClinicId(UUID.fromString(clinic));
    bean(Tenancy.class)
        .inClinic(
            id,
            () -> {
              bean(JdbcClient.class)
                  .sql("UPDATE booking_attempts SET settle_at = created_at WHERE id = ?")
                  .param(UUID.fromString(booking))
                  .update();
            });
    context.getBean("settlingWorkers", ClinicWorkers.class).wake(id);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> caller.get("/api/v1/bookings/" + booking).text("/state").equals("done"));
  }

  /** Lets a connection book. */
  void mayBook(ApiClient organisation, String clinic, String connection) {
    organisation.put(
        "/api/v1/clinics/" + clinic + "/connections/" + connection + "/entitlements/booking", "{}");
  }

  SandboxServer.Account cliniko(int patients) {
    int number = COUNT.incrementAndGet();
    return ClinikoAccounts.open(
        SANDBOX,
        "Account " + number,
        number,
        patients,
        ZoneId.of("Australia/Sydney"),
        Instant.now());
  }

  SandboxServer.Account ghl() {
    return SANDBOX.ghlLocation(
        "Location " + COUNT.incrementAndGet(), "AU", ZoneId.of("Australia/Sydney"));
  }

  /** The body that connects an account. */
  static String connecting(SandboxServer.Account account) {
    return """
        {"emr": "cliniko", "way": "api-key", "name": "Cliniko", "credentials": {"apiKey": "%s"}, "sandbox": "%s"}"""
        .formatted(account.secret(), account.base());
  }

  Runs runs() {
    return context.getBean(Runs.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }
}
