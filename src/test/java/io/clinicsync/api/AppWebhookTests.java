package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.crm.Drain;
import io.clinicsync.ghl.GhlGrant;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.ghl.GhlWebhooks;
import io.clinicsync.sandbox.ghl.GhlWebhooks.Signed;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.Tenancy;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** GoHighLevel's signed app webhooks, over HTTP. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
@Order(14)
class AppWebhookTests {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");
  private static final KeyPair NEXT_KEY = keys("Ed25519");

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private ApiClient vendor;
  private ClinikoAccount cliniko;
  private GhlLocation location;
  private SandboxServer.Account ghl;
  private ClinicId clinic;
  private String connection;
  private String contact;
  private JsonNode treatment;
  private List<JsonNode> openings;

  @DynamicPropertySource
  static void trustsTheSandboxAndItsNextKey(DynamicPropertyRegistry settings) {
    settings.add(
        "clinicsync.ghl.webhooks.keys", () -> ApiStage.webhookKey() + "," + spki(NEXT_KEY));
    settings.add("clinicsync.ghl.client-id", () -> GhlSimulator.CLIENT_ID);
  }

  @BeforeEach
  void aClinicWithAMappedCalendar() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    String id = stage.clinic(organisation);
    clinic = new ClinicId(UUID.fromString(id));
    SandboxServer.Account account = stage.cliniko(12);
    cliniko = stage.sandbox().cliniko().account(account.id());
    ghl = stage.ghl();
    location = stage.sandbox().ghl().location(ghl.id());
    stage.bean(GhlAccounts.class).connect(clinic, ghl.id(), ghl.secret(), ghl.base());
    connection = organisation.post(path("connections"), ApiStage.connecting(account)).text("/id");
    stage.runs().run(clinic, new ConnectionId(UUID.fromString(connection))).orElseThrow();
    stage.mayBook(organisation, id, connection);
    vendor = stage.with(null);
    contact =
        location
            .edits()
            .createContact(
                Map.of(
                    "firstName", "Ana",
                    "lastName", "Sorel",
                    "email", "ana.sorel@example.org",
                    "phone", "+61491570006"));
    choose();
    map(openings.getFirst().path("practitioner").asText());
  }

  @AfterEach
  void healthy() {
    stage.sandbox().ghl().webhooks().sendTo(null);
    stage.sandbox().faults().clear();
  }

  private void map(@Nullable String practitioner) {
    ObjectNode meaning =
        JSON.createObjectNode()
            .put("treatment", treatment.path("id").asText())
            .put("practitioner", practitioner)
            .put("site", openings.getFirst().path("site").asText());
    assertThat(
            organisation
                .put(
                    path("connections/" + connection + "/calendars/" + location.calendarId()),
                    meaning.toString())
                .status())
        .isEqualTo(200);
  }

  private String path(String rest) {
    return "/api/v1/clinics/" + clinic.value() + "/" + rest;
  }

  /** Chooses a treatment that has open times, and three or more of one practitioner. */
  private void choose() {
    for (JsonNode each : organisation.get(path("catalogue/treatments")).body().path("items")) {
      if (each.path("seats").asInt() == 1 && each.path("bookable_online").asBoolean()) {
        treatment = each;
        openings = openings(each.path("id").asText());
        if (openings.size() > 2) {
          return;
        }
      }
    }
    throw new IllegalStateException(
        "no treatment with open times: "
            + organisation.get(path("catalogue/treatments")).raw().body());
  }

  private List<JsonNode> openings(String of) {
    LocalDate day = LocalDate.now(SYDNEY).plusDays(2);
    List<JsonNode> open = new ArrayList<>();
    for (JsonNode each :
        organisation
            .get(
                path("availability?treatment=")
                    + of
                    + "&from="
                    + day
                    + "T00:00&to="
                    + day.plusDays(20)
                    + "T00:00")
            .body()
            .path("openings")) {
      boolean fits =
          open.isEmpty()
              || (each.path("practitioner").equals(open.getFirst().path("practitioner"))
                  && !start(each).isBefore(end(open.getLast())));
      if (fits) {
        open.add(each);
      }
    }
    return open;
  }

  private static Instant start(JsonNode opening) {
    return Instant.parse(opening.path("starts_at").asText());
  }

  private static Instant end(JsonNode opening) {
    return Instant.parse(opening.path("ends_at").asText());
  }

  private String inGhl(int opening) {
    return location.edits().book(contact, start(openings.get(opening)), end(openings.get(opening)));
  }

  private GhlWebhooks webhooks() {
    return stage.sandbox().ghl().webhooks();
  }

  private Signed told(String type, String subject) {
    return webhooks().of(type, location, subject);
  }

  private Answer send(Signed webhook) {
    return vendor.send(
        "POST",
        "/ghl/webhooks",
        webhook.body(),
        "application/json",
        "X-GHL-Signature",
        webhook.signature());
  }

  private void taken(Signed webhook) {
    assertThat(send(webhook).status()).isEqualTo(200);
  }

  /** The same webhook with other members, signed anew. */
  private Signed with(Signed webhook, Map<String, String> members) {
    ObjectNode body = (ObjectNode) json(webhook.body());
    members.forEach(body::put);
    return webhooks().signed(body.toString());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String id(Signed webhook) {
    return json(webhook.body()).path("webhookId").asText();
  }

  private List<Map<String, Object>> events() {
    return stage
        .bean(Tenancy.class)
        .inClinic(
            clinic,
            () ->
                stage
                    .bean(JdbcClient.class)
                    .sql("SELECT * FROM bridge_events ORDER BY received_at")
                    .query()
                    .listOfRows());
  }

  private void inDatabase(String sql) {
    stage
        .bean(Tenancy.class)
        .inClinic(
            clinic,
            () -> {
              stage.bean(JdbcClient.class).sql(sql).update();
            });
  }

  /** Waits until it was acted on; what it came to. */
  private String outcome(Signed webhook) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () ->
                events().stream()
                    .filter(each -> each.get("webhook_id").equals(id(webhook)))
                    .filter(each -> each.get("state").equals("DONE"))
                    .map(each -> String.valueOf(each.get("code")))
                    .findFirst()
                    .orElse(""),
            code -> !code.isEmpty());
  }

  private String takenWith(Signed webhook) {
    taken(webhook);
    return outcome(webhook);
  }

  private List<JsonNode> emr() {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode each : json(cliniko.truth()).path("individual_appointments")) {
      if (!start(each).isBefore(Instant.now())
          && openings.stream().anyMatch(open -> start(open).equals(start(each)))) {
        rows.add(each);
      }
    }
    return rows.stream()
        .filter(
            each ->
                each.path("practitioner")
                    .toString()
                    .contains(openings.getFirst().path("practitioner").asText()))
        .toList();
  }

  private List<JsonNode> standing() {
    return emr().stream().filter(each -> !each.hasNonNull("cancelled_at")).toList();
  }

  private List<LogEntry> since(long mark, LogEntry.Kind kind, String account) {
    return stage.sandbox().log().since(mark).stream()
        .filter(each -> each.kind() == kind && each.account().equals(account))
        .toList();
  }

  private long mark() {
    return stage.sandbox().log().lastSeq();
  }

  private double counted(String outcome) {
    return context
        .getBean(MeterRegistry.class)
        .counter("clinicsync.ghl.webhooks", "outcome", outcome)
        .count();
  }

  @Test
  void whatPeopleDoInAMappedCalendarIsDoneInTheEmr() {
    webhooks().sendTo(URI.create("http://localhost:" + stage.port + "/ghl/webhooks"));
    String appointment = inGhl(0);
    awaits(() -> assertThat(standing()).hasSize(1));
    assertThat(start(standing().getFirst())).isEqualTo(start(openings.get(0)));

    location.edits().moveAppointment(appointment, start(openings.get(2)), end(openings.get(2)));
    awaits(
        () ->
            assertThat(standing())
                .hasSize(1)
                .allMatch(each -> start(each).equals(start(openings.get(2)))));

    location.edits().setStatus(appointment, "cancelled");
    awaits(() -> assertThat(standing()).isEmpty());

    String other = inGhl(1);
    awaits(() -> assertThat(standing()).hasSize(1));
    location.edits().deleteAppointment(other);
    awaits(() -> assertThat(standing()).isEmpty());
    assertThat(organisation.get(path("hook-calls")).body().path("items").findValuesAsText("code"))
        .containsExactly("cancelled", "booked", "cancelled", "rescheduled", "booked");
  }

  private static void awaits(org.awaitility.core.ThrowingRunnable what) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(what);
  }

  @Test
  void aRefusalIsToldToGhlAndItsEchoDoesNothing() {
    webhooks().sendTo(URI.create("http://localhost:" + stage.port + "/ghl/webhooks"));
    JsonNode open = openings.getFirst();
    cliniko
        .edits()
        .block(
            open.path("practitioner").asText(), open.path("site").asText(), start(open), end(open));
    long mark = mark();
    inGhl(0);
    awaits(
        () ->
            assertThat(events().stream().map(each -> String.valueOf(each.get("code"))))
                .as("the booking, and the echo of its cancellation")
                .hasSize(2)
                .contains("slot_taken")
                .doesNotContain("null"));
    assertThat(
            since(mark, LogEntry.Kind.WRITE, location.id()).stream()
                .filter(each -> each.operation().contains("note")))
        .as("one note")
        .hasSize(1);
    assertThat(location.truth()).contains("booking-refused");
    assertThat(standing()).isEmpty();
  }

  @Test
  void calendarsThatWereNotMappedAreNoneOfOurs() {
    map(null);
    String appointment = inGhl(0);
    long mark = mark();
    assertThat(takenWith(told("AppointmentCreate", appointment)))
        .as("the calendar leaves the practitioner to the workflow")
        .isEqualTo("not_mapped");
    organisation.delete(path("connections/" + connection + "/calendars/" + location.calendarId()));
    assertThat(takenWith(told("AppointmentUpdate", appointment))).isEqualTo("not_mapped");
    assertThat(
            since(mark, LogEntry.Kind.READ, location.id()).stream()
                .filter(each -> each.operation().contains("appointments")))
        .as("nothing was asked of GoHighLevel")
        .isEmpty();
    assertThat(since(mark, LogEntry.Kind.WRITE, cliniko.name())).isEmpty();

    JsonNode open = openings.getFirst();
    Answer booked =
        vendor.post(
            "/bookAppt",
            location
                .edits()
                .workflowPayload(
                    appointment,
                    Map.of(
                        "Treatment", treatment.path("id").asText(),
                        "Practitioner", open.path("practitioner").asText(),
                        "location_name", open.path("site").asText())));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(200);
    location.edits().moveAppointment(appointment, start(openings.get(2)), end(openings.get(2)));
    assertThat(takenWith(told("AppointmentUpdate", appointment)))
        .as("a bridged one is followed wherever it is")
        .isEqualTo("rescheduled");
    assertThat(start(standing().getFirst())).isEqualTo(start(openings.get(2)));
  }

  @Test
  void whatIsNotSignedByAKnownKeyIsRefusedAndDoesNothing() throws Exception {
    String appointment = inGhl(0);
    Signed genuine = told("AppointmentCreate", appointment);
    byte[] body = genuine.body().getBytes(StandardCharsets.UTF_8);
    double unsigned = counted("unsigned");
    double forged = counted("forged");
    long mark = mark();

    assertThat(vendor.post("/ghl/webhooks", genuine.body()).status()).isEqualTo(401);
    assertThat(signed(genuine.body(), "X-GHL-Signature", "N/A")).isEqualTo(401);
    assertThat(signed(genuine.body(), "X-GHL-Signature", " ")).isEqualTo(401);
    String rsa = sign("SHA256withRSA", keys("RSA"), body);
    assertThat(signed(genuine.body(), "X-WH-Signature", rsa)).as("older header").isEqualTo(401);
    assertThat(
            vendor
                .send(
                    "POST",
                    "/ghl/webhooks",
                    genuine.body(),
                    "application/json",
                    "X-GHL-Signature",
                    "N/A",
                    "X-WH-Signature",
                    rsa)
                .status())
        .isEqualTo(401);
    assertThat(counted("unsigned") - unsigned).isEqualTo(5);

    assertThat(signed(genuine.body(), "X-GHL-Signature", rsa)).as("algorithm").isEqualTo(401);
    assertThat(signed(genuine.body(), "X-GHL-Signature", sign("Ed25519", keys("Ed25519"), body)))
        .as("a stranger's key")
        .isEqualTo(401);
    assertThat(signed(genuine.body() + " ", "X-GHL-Signature", genuine.signature()))
        .as("one byte more")
        .isEqualTo(401);
    assertThat(signed(genuine.body(), "X-GHL-Signature", "no base64!")).isEqualTo(401);
    assertThat(
            vendor
                .send(
                    "POST",
                    "/ghl/webhooks",
                    genuine.body(),
                    "application/json",
                    "X-GHL-Signature",
                    genuine.signature(),
                    "X-GHL-Signature",
                    genuine.signature())
                .status())
        .as("two signatures")
        .isEqualTo(401);
    assertThat(counted("forged") - forged).isEqualTo(5);
    assertThat(events()).isEmpty();
    assertThat(since(mark, LogEntry.Kind.WRITE, cliniko.name())).isEmpty();
    assertThat(takenWith(genuine)).isEqualTo("booked");
  }

  private int signed(String body, String header, String signature) {
    return vendor
        .send("POST", "/ghl/webhooks", body, "application/json", header, signature)
        .status();
  }

  @Test
  void oldOnesAreRefusedUnlessTheyStillWait() {
    String appointment = inGhl(0);
    String threeHoursAgo = Instant.now().minus(Duration.ofHours(3)).toString();
    String almostTwo = Instant.now().minus(Duration.ofMinutes(118)).toString();
    Signed old = with(told("AppointmentCreate", appointment), Map.of("timestamp", threeHoursAgo));
    assertThat(send(old).status()).isEqualTo(401);
    assertThat(events()).isEmpty();

    Signed retried = with(told("AppointmentCreate", appointment), Map.of("timestamp", almostTwo));
    assertThat(takenWith(retried)).isEqualTo("booked");
    Signed replayed = with(retried, Map.of("timestamp", threeHoursAgo));
    assertThat(send(replayed).status()).as("acted on").isEqualTo(401);

    // Of calendars only: contacts are written meanwhile, whose failures would open the breaker.
    stage.sandbox().faults().set(Fault.status(503).onAccount(location.id()).onPath("/calendars"));
    location.edits().setStatus(appointment, "cancelled");
    Signed waiting = told("AppointmentUpdate", appointment);
    taken(waiting);
    awaits(() -> assertThat(events().getLast().get("code")).isEqualTo("ghl_unavailable"));
    taken(with(waiting, Map.of("timestamp", threeHoursAgo)));
    assertThat(standing()).hasSize(1);
    stage.sandbox().faults().clear();
    inDatabase("UPDATE bridge_events SET not_before = received_at WHERE state = 'WAITING'");
    context.getBean("appEventWorkers", ClinicWorkers.class).wake(clinic);
    assertThat(outcome(waiting)).isEqualTo("cancelled");
    assertThat(standing()).isEmpty();
    assertThat(events()).hasSize(2);
  }

  @Test
  void fiveDeliveriesAtOnceHaveOneEffect() throws Exception {
    String appointment = inGhl(0);
    Signed webhook = told("AppointmentCreate", appointment);
    Signed another = told("AppointmentUpdate", appointment);
    long mark = mark();
    List<Callable<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(() -> send(webhook).status());
      calls.add(() -> send(another).status());
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(calls)) {
        assertThat(each.get()).isEqualTo(200);
      }
    }
    outcome(webhook);
    outcome(another);
    assertThat(events()).hasSize(2);
    assertThat(
            since(mark, LogEntry.Kind.WRITE, cliniko.name()).stream()
                .filter(each -> each.operation().contains("individual")))
        .hasSize(1);
    assertThat(standing()).hasSize(1);
  }

  @Test
  void orderDoesNotMatter() {
    String appointment = inGhl(0);
    Signed created = told("AppointmentCreate", appointment);
    location.edits().moveAppointment(appointment, start(openings.get(2)), end(openings.get(2)));
    Signed moved = told("AppointmentUpdate", appointment);
    assertThat(takenWith(moved)).as("update before create").isEqualTo("booked");
    assertThat(takenWith(created)).as("stale after newer").isEqualTo("known");
    assertThat(start(standing().getFirst())).isEqualTo(start(openings.get(2)));

    Signed deleted;
    location.edits().deleteAppointment(appointment);
    deleted = told("AppointmentDelete", appointment);
    assertThat(takenWith(deleted)).isEqualTo("cancelled");
    assertThat(takenWith(told("AppointmentUpdate", appointment))).isEqualTo("known");
    assertThat(standing()).isEmpty();
  }

  @Test
  void aChangeOfTheKeyLosesNothing() throws Exception {
    String appointment = inGhl(0);
    double kept = counted("kept");
    List<Callable<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int number = i;
      calls.add(
          () -> {
            if (number == 20) {
              webhooks().rotate(NEXT_KEY);
            }
            return send(told("AppointmentUpdate", appointment)).status();
          });
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> each : threads.invokeAll(calls)) {
        assertThat(each.get()).isEqualTo(200);
      }
    }
    assertThat(webhooks().publicKey()).isEqualTo(spki(NEXT_KEY));
    assertThat(counted("kept") - kept).isEqualTo(60);
    awaits(
        () -> assertThat(events()).hasSize(60).allMatch(each -> each.get("state").equals("DONE")));
    assertThat(standing()).hasSize(1);
  }

  @Test
  void whatCannotBeKeptIsAskedForAgain() throws SQLException {
    String appointment = inGhl(0);
    Signed webhook = told("AppointmentCreate", appointment);
    try (Connection other = context.getBean("ownerDataSource", DataSource.class).getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE bridge_events IN ACCESS EXCLUSIVE MODE");
      Answer answer = send(webhook);
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.raw().headers().firstValue("Retry-After")).isPresent();
      other.rollback();
    }
    assertThat(events()).isEmpty();
    assertThat(takenWith(webhook)).isEqualTo("booked");
  }

  @Test
  void whatIsNotForUsIsAcknowledgedAndIgnored() {
    String appointment = inGhl(0);
    Signed genuine = told("AppointmentCreate", appointment);
    taken(with(genuine, Map.of("type", "InvoiceCreate")));
    taken(with(genuine, Map.of("type", "ContactDndUpdate")));
    taken(with(genuine, Map.of("locationId", "SomebodyElses0000000")));
    taken(with(genuine, Map.of("appId", "anotherApp")));
    taken(webhooks().signed("[1, 2]"));
    taken(webhooks().signed("{\"type\": \"AppointmentCreate\"}"));
    assertThat(events()).isEmpty();

    ObjectNode inner = (ObjectNode) json(genuine.body());
    String id = inner.remove("webhookId").asText();
    ObjectNode wrapped = JSON.createObjectNode().put("webhookId", id);
    wrapped.set("type", inner.remove("type"));
    wrapped.set("data", inner);
    assertThat(takenWith(webhooks().signed(wrapped.toString()))).isEqualTo("booked");
    assertThat(takenWith(told("INSTALL", ""))).isEqualTo("noted");
  }

  private List<Map<String, Object>> links() {
    return stage
        .bean(Tenancy.class)
        .inClinic(
            clinic,
            () ->
                stage
                    .bean(JdbcClient.class)
                    .sql("SELECT * FROM people_links ORDER BY patient_id")
                    .query()
                    .listOfRows());
  }

  private Map<String, Object> link(Object patient) {
    return links().stream()
        .filter(each -> each.get("patient_id").equals(patient))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whoseContactVanishedIsLookedForAnew() {
    awaits(
        () -> {
          stage.bean(Drain.class).work(clinic);
          assertThat(links()).isNotEmpty().allMatch(each -> !each.get("state").equals("CREATING"));
          assertThat(stage.bean(Drain.class).waiting(clinic)).isZero();
        });
    List<Map<String, Object>> linked =
        links().stream().filter(each -> each.get("state").equals("LINKED")).toList();
    Map<String, Object> first = linked.getFirst();
    String lost = String.valueOf(first.get("contact_id"));
    assertThat(takenWith(told("ContactDelete", contact))).isEqualTo("not_linked");
    assertThat(takenWith(told("ContactDelete", lost))).as("it is there").isEqualTo("still_there");
    assertThat(link(first.get("patient_id")).get("contact_id")).isEqualTo(lost);

    JsonNode was = json(location.contactTruth(lost));
    String survivor =
        location
            .edits()
            .createContact(
                Map.of(
                    "firstName", was.path("firstName").asText(),
                    "lastName", was.path("lastName").asText()));
    location.edits().mergeContacts(lost, survivor);
    assertThat(afterTheLag(told("ContactDelete", lost))).isEqualTo("looked_for_anew");
    awaits(
        () -> {
          stage.bean(Drain.class).work(clinic);
          assertThat(link(first.get("patient_id")))
              .containsEntry("state", "LINKED")
              .containsEntry("contact_id", survivor);
        });

    location.edits().deleteContact(survivor);
    assertThat(afterTheLag(told("ContactDelete", survivor))).isEqualTo("looked_for_anew");
    awaits(
        () -> {
          stage.bean(Drain.class).work(clinic);
          assertThat(link(first.get("patient_id")).get("state")).isNotIn("LINKED", "GONE");
        });
    assertThat(link(first.get("patient_id")).get("contact_id")).isNotEqualTo(survivor);
  }

  /** Search shows a merge's survivor late only; the minute until then is taken as over. */
  private String afterTheLag(Signed webhook) {
    taken(webhook);
    awaits(() -> assertThat(events().getLast().get("code")).isEqualTo("index_lag"));
    awaits(() -> assertThat(shownBySearch()).isTrue());
    inDatabase("UPDATE bridge_events SET not_before = received_at WHERE state = 'WAITING'");
    context.getBean("appEventWorkers", ClinicWorkers.class).wake(clinic);
    return outcome(webhook);
  }

  /** Whether every write is older than the simulated search lags. */
  private boolean shownBySearch() {
    return stage.sandbox().log().since(0).stream()
        .filter(each -> each.account().equals(location.id()))
        .filter(each -> each.kind() == LogEntry.Kind.EDIT)
        .allMatch(each -> each.at().isBefore(Instant.now().minusSeconds(4)));
  }

  private void connectByOAuth() {
    stage
        .bean(GhlAccounts.class)
        .connect(
            clinic,
            new GhlGrant(
                ghl.secret(), null, Duration.ofDays(1), Set.of(), false, ghl.id(), null, null),
            ghl.base());
  }

  @Test
  void whereTheAppWasTakenOutNothingIsSentUntilTheClinicConnectsAgain() {
    Signed ofAPrivateToken = told("UNINSTALL", "");
    assertThat(takenWith(ofAPrivateToken)).as("needs no app").isEqualTo("nothing_to_do");

    connectByOAuth();
    Signed late =
        with(
            told("UNINSTALL", ""),
            Map.of("timestamp", Instant.now().minus(Duration.ofMinutes(5)).toString()));
    assertThat(takenWith(late)).as("from before it was connected").isEqualTo("nothing_to_do");
    taken(with(told("UNINSTALL", ""), Map.of("appId", "anotherApp")));
    assertThat(organisation.get(path("ghl")).text("/state")).isEqualTo("healthy");

    assertThat(takenWith(told("UNINSTALL", ""))).isEqualTo("disconnected");
    Answer view = organisation.get(path("ghl"));
    assertThat(view.text("/state")).isEqualTo("action_needed");
    assertThat(view.text("/trouble/code")).isEqualTo("ghl_uninstalled");
    assertThat(organisation.get(path("errors")).body().findValuesAsText("code"))
        .contains("ghl_uninstalled");
    assertThat(stage.bean(GhlAccounts.class).find(clinic)).isEmpty();
    int links = links().size();
    long mark = mark();
    assertThat(stage.bean(Drain.class).work(clinic)).isZero();
    String appointment = inGhl(0);
    assertThat(takenWith(told("AppointmentCreate", appointment))).isEqualTo("not_connected");
    assertThat(since(mark, LogEntry.Kind.WRITE, location.id())).isEmpty();
    assertThat(since(mark, LogEntry.Kind.WRITE, cliniko.name())).isEmpty();
    assertThat(links()).as("nothing is deleted").hasSize(links);

    connectByOAuth();
    assertThat(organisation.get(path("ghl")).text("/state")).isEqualTo("healthy");
    assertThat(takenWith(told("AppointmentUpdate", appointment))).isEqualTo("booked");
  }

  @Test
  void whatASweepFindsIsActedOnAndWhatIsOldIsForgotten() {
    String appointment = inGhl(0);
    Signed webhook = told("AppointmentCreate", appointment);
    assertThat(takenWith(webhook)).isEqualTo("booked");
    inDatabase("UPDATE bridge_events SET received_at = received_at - interval '169 hours'");
    assertThat(takenWith(told("AppointmentUpdate", appointment))).isEqualTo("known");
    awaits(() -> assertThat(events()).hasSize(1));
  }

  private static KeyPair keys(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("RSA")) {
        generator.initialize(2048); // longer ones take seconds to make
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String spki(KeyPair keys) {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  private static String sign(String algorithm, KeyPair keys, byte[] body) throws Exception {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(keys.getPrivate());
    signer.update(body);
    return Base64.getEncoder().encodeToString(signer.sign());
  }
}
