package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.jane.JaneAccount;
import io.clinicsync.sandbox.jane.JaneHooks;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Signing in at an EMR's own page, and its webhooks from then on, over HTTP: genuine ones lead to a
 * reading of what they name, whatever their number and order; others have no effect (F19 to F21).
 */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class VendorHookTests {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  @Autowired private ApplicationContext context;
  @Autowired private Tenancy tenancy;
  @Autowired private PatientRecords records;
  @Autowired private JdbcClient jdbc;

  private final HttpClient browser = HttpClient.newHttpClient();
  private ApiClient organisation;
  private ApiStage stage;
  private JaneAccount jane;
  private ClinicId clinic;
  private ConnectionId connection;
  private String path;
  private String credentials;
  private String address;

  @BeforeEach
  void aSignedInConnectionWithAnAddress() throws Exception {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    SandboxServer.EmrAccount opened =
        stage
            .sandbox()
            .open(
                "jane",
                new EmrSimulator.Opening(
                    "Hooked " + COUNT.incrementAndGet(),
                    70 + COUNT.get(),
                    12,
                    ZoneId.of("America/Vancouver"),
                    Instant.now()));
    jane = (JaneAccount) opened.clinic();
    String id = stage.clinic(organisation);
    clinic = new ClinicId(UUID.fromString(id));
    Answer made =
        organisation.post(
            "/api/v1/clinics/" + id + "/connections",
            """
            {"emr": "jane", "way": "api", "name": "Jane", "credentials": %s, "sandbox": "%s"}"""
                .formatted(JSON.writeValueAsString(jane.credentials().get("api")), opened.base()));
    assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
    assertThat(made.text("/state")).isEqualTo("action_needed");
    assertThat(made.text("/trouble/code")).isEqualTo("sign_in_needed");
    connection = new ConnectionId(UUID.fromString(made.text("/id")));
    path = "/api/v1/clinics/" + id + "/connections/" + connection;
    credentials = JSON.writeValueAsString(jane.credentials().get("api"));
    assertThat(stage.runs().run(clinic, connection)).as("a run before the sign-in").isEmpty();
    signIn();
    assertThat(stage.runs().run(clinic, connection).orElseThrow().failedSources()).isEmpty();
    Answer hook = organisation.post(path + "/webhook-address", null);
    assertThat(hook.status()).as(hook.raw().body()).isEqualTo(201);
    assertThat(hook.body().path("registered").asBoolean()).isTrue();
    address = hook.text("/addresses/0/url");
  }

  private void signIn() throws IOException, InterruptedException {
    Answer page = organisation.post(path + "/sign-in", null);
    assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
    URI back = URI.create(allow(page.text("/url")).headers().firstValue("Location").orElseThrow());
    HttpResponse<String> done =
        browser.send(HttpRequest.newBuilder(back).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(done.body()).contains("Connected");
    HttpResponse<String> again =
        browser.send(HttpRequest.newBuilder(back).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(again.body()).as("a state is used once").contains("Not connected");
  }

  private HttpResponse<Void> allow(String page) throws IOException, InterruptedException {
    return browser.send(
        HttpRequest.newBuilder(URI.create(page))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("allow=yes"))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private int post(JaneHooks.SignedCall call, String to) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(to))
            .POST(HttpRequest.BodyPublishers.ofByteArray(call.body()));
    call.headers().forEach(request::header);
    try {
      return browser.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private JaneHooks.SignedCall notice(String topic, String appointment) {
    return new JaneHooks(jane).signed(topic, appointment, jane.exclusively(jane::moment));
  }

  private Map<String, Appointment> appointments() {
    return tenancy.inClinic(
        clinic,
        () ->
            records
                .histories(
                    clinic,
                    connection,
                    records.patients(clinic, connection, "", 200).stream()
                        .map(Patient::ref)
                        .map(ref -> new EmrId(ref.id().value()))
                        .collect(Collectors.toSet()))
                .stream()
                .flatMap(history -> history.appointments().stream())
                .collect(Collectors.toMap(each -> each.ref().id().value(), each -> each)));
  }

  private Appointment someAhead() {
    return appointments().values().stream()
        .filter(each -> each.status().isLive() && each.startsAt().isAfter(Instant.now()))
        .findFirst()
        .orElseThrow();
  }

  private long notices() {
    return tenancy.inClinic(
        clinic, () -> jdbc.sql("SELECT count(*) FROM sync_notices").query(Long.class).single());
  }

  private String cancelAtJane(String appointment) {
    return jane.exclusively(
        () ->
            jane.edit(
                JSON.createObjectNode().put("edit", "cancel").put("id", internal(appointment))));
  }

  /** The simulator's own id of what its API shows under another. */
  private String internal(String apiId) {
    try {
      for (JsonNode row : JSON.readTree(jane.truth()).path("appointments")) {
        String id = row.path("id").asText();
        if (jane.uuid("appointments", id).equals(apiId)) {
          return id;
        }
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    throw new IllegalArgumentException("no appointment " + apiId);
  }

  @Test
  void aNoticeDeliveredFiveTimesAtOnceHasOneEffect() throws Exception {
    Appointment before = someAhead();
    String id = before.ref().id().value();
    cancelAtJane(id);
    JaneHooks.SignedCall call = notice("APPOINTMENT_CANCELLED", internal(id));
    List<Future<Integer>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 5; i++) {
        answers.add(threads.submit(() -> post(call, address)));
      }
    }
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(200);
    }
    assertThat(notices()).isEqualTo(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> appointments().get(id).status() == Appointment.Status.CANCELLED);
  }

  @Test
  void staleNewsAfterNewerNewsChangesNothingBack() {
    Appointment before = someAhead();
    String id = before.ref().id().value();
    JaneHooks.SignedCall older = notice("APPOINTMENT_BOOKED", internal(id));
    cancelAtJane(id);
    assertThat(post(notice("APPOINTMENT_CANCELLED", internal(id)), address)).isEqualTo(200);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> appointments().get(id).status() == Appointment.Status.CANCELLED);
    assertThat(post(older, address)).isEqualTo(200);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 0);
    assertThat(appointments().get(id).status()).isEqualTo(Appointment.Status.CANCELLED);
  }

  private long waiting() {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT count(*) FROM sync_notices WHERE state = 'WAITING'")
                .query(Long.class)
                .single());
  }

  @Test
  void whatIsForgedOrForeignHasNoEffect() {
    String id = internal(someAhead().ref().id().value());
    JaneHooks.SignedCall genuine = notice("APPOINTMENT_CANCELLED", id);
    byte[] changed =
        new String(genuine.body(), StandardCharsets.UTF_8)
            .replace("CANCELLED", "BOOKED")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(post(new JaneHooks.SignedCall(genuine.headers(), changed), address))
        .as("another body under a genuine signature")
        .isEqualTo(401);
    assertThat(post(new JaneHooks.SignedCall(Map.of(), genuine.body()), address))
        .as("no signature")
        .isEqualTo(401);
    assertThat(post(genuine, address.substring(0, address.length() - 3) + "abc"))
        .as("an address of nobody")
        .isEqualTo(404);
    assertThat(post(genuine, address.replace("/jane/", "/cliniko/")))
        .as("another EMR's address")
        .isEqualTo(404);
    assertThat(notices()).isZero();
  }

  @Test
  void anAddressIsExchangedWithoutAGapAndTheOneBeforeLastEnds() {
    String id = internal(someAhead().ref().id().value());
    String second = organisation.post(path + "/webhook-address", null).text("/addresses/0/url");
    assertThat(post(notice("APPOINTMENT_BOOKED", id), address)).isNotEqualTo(404);
    assertThat(post(notice("APPOINTMENT_BOOKED", id), second)).isEqualTo(200);
    organisation.post(path + "/webhook-address", null);
    assertThat(post(notice("APPOINTMENT_BOOKED", id), address)).isEqualTo(404);
  }

  @Test
  void anAddressTheEmrDoesNotTakeEndsNoneThatItHas() {
    String id = internal(someAhead().ref().id().value());
    stage
        .sandbox()
        .faults()
        .set(
            Fault.status(403).onAccount(jane.name()).onMethod("POST").onPath("webhooks$").times(2));
    assertThat(organisation.post(path + "/webhook-address", null).status()).isEqualTo(422);
    assertThat(organisation.post(path + "/webhook-address", null).status()).isEqualTo(422);
    assertThat(post(notice("APPOINTMENT_BOOKED", id), address)).isEqualTo(200);
  }

  @Test
  void theEmrIsLeftWithOneAddressOfOurs() throws Exception {
    String second = organisation.post(path + "/webhook-address", null).text("/addresses/0/url");
    List<String> registered = new ArrayList<>();
    JSON.readTree(jane.truth())
        .path("webhooks")
        .forEach(each -> registered.add(each.path("target_url").asText()));
    assertThat(registered).hasSize(4).containsOnly(second);
  }

  @Test
  void aSignInWhoseKeyEndedConnectsNothing() throws Exception {
    Answer key =
        organisation.post(
            "/api/v1/clinics/" + clinic + "/keys",
            "{\"name\": \"leaver\", \"scopes\": [\"manage\"]}");
    String page = stage.with(key.text("/secret")).post(path + "/sign-in", null).text("/url");
    organisation.delete("/api/v1/clinics/" + clinic + "/keys/" + key.text("/id"));
    URI back = URI.create(allow(page).headers().firstValue("Location").orElseThrow());
    HttpResponse<String> done =
        browser.send(HttpRequest.newBuilder(back).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(done.body()).contains("Not connected");
  }

  @Test
  void freshCredentialsAskForASignInAndThenWorkGoesOn() throws Exception {
    Answer replaced =
        organisation.put(path + "/credentials", "{\"credentials\": " + credentials + "}");
    assertThat(replaced.status()).as(replaced.raw().body()).isEqualTo(200);
    assertThat(replaced.text("/trouble/code")).isEqualTo("sign_in_needed");
    assertThat(isKept()).as("a session only a person can bring back").isFalse();
    assertThat(stage.runs().run(clinic, connection)).isEmpty();
    signIn();
    assertThat(stage.runs().run(clinic, connection).orElseThrow().failedSources()).isEmpty();
    String id = internal(someAhead().ref().id().value());
    assertThat(post(notice("APPOINTMENT_BOOKED", id), address)).isEqualTo(200);
  }

  @Test
  void aPauseEndsNoGrant() {
    organisation.post(path + "/pause", null);
    assertThat(isKept()).isTrue();
    organisation.delete(path + "/credentials");
    assertThat(isKept()).isFalse();
  }

  private boolean isKept() {
    return stage.bean(Connections.class).toKeep().stream()
        .anyMatch(each -> each.connection().equals(connection));
  }
}
