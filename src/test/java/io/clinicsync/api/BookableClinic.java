package io.clinicsync.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A clinic with a loaded Cliniko that may be booked in, and a key for it. */
final class BookableClinic {

  static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  private static final ObjectMapper JSON = new ObjectMapper();

  final ApiStage stage;
  final ApiClient organisation;
  final ApiClient caller;
  final ClinikoAccount cliniko;
  final String clinic;
  final String connection;

  BookableClinic(ApplicationContext context) {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    SandboxServer.Account account = stage.cliniko(12);
    cliniko = stage.sandbox().cliniko().account(account.id());
    connection =
        organisation
            .post("/api/v1/clinics/" + clinic + "/connections", ApiStage.connecting(account))
            .text("/id");
    read();
    stage.mayBook(organisation, clinic, connection);
    caller = stage.with(key("\"book\""));
  }

  ClinicId id() {
    return new ClinicId(UUID.fromString(clinic));
  }

  void read() {
    stage.runs().run(id(), new ConnectionId(UUID.fromString(connection))).orElseThrow();
  }

  /** Whoever has another key of the same connection. */
  ApiClient another(String scopes) {
    return stage.with(key(scopes));
  }

  /** Another key of the same connection. */
  String key(String scopes) {
    return organisation
        .post(
            "/api/v1/clinics/" + clinic + "/keys",
            "{\"name\": \"agent\", \"scopes\": ["
                + scopes
                + "], \"connection\": \""
                + connection
                + "\"}")
        .text("/secret");
  }

  /** Runs a statement in the clinic's scope; how many rows it changed. */
  int sql(String statement, Object... parameters) {
    return stage
        .bean(Tenancy.class)
        .inClinic(
            id(),
            () -> stage.bean(JdbcClient.class).sql(statement).params(List.of(parameters)).update());
  }

  JsonNode truth(String resource) {
    try {
      return JSON.readTree(cliniko.truth()).path(resource);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** One record as the EMR truly has it. */
  JsonNode truth(String resource, String id) {
    for (JsonNode each : truth(resource)) {
      if (each.path("id").asText().equals(id)) {
        return each;
      }
    }
    throw new IllegalStateException("no such record");
  }

  /** A patient who stands, as the EMR has them. */
  JsonNode patient(int number) {
    int met = 0;
    for (JsonNode each : truth("patients")) {
      if (!each.hasNonNull("archived_at") && !each.hasNonNull("deleted_at") && met++ == number) {
        return each;
      }
    }
    throw new IllegalStateException("no patient");
  }

  String treatment() {
    for (JsonNode each : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      if (each.path("seats").asInt() == 1 && each.path("bookable_online").asBoolean()) {
        return each.path("id").asText();
      }
    }
    throw new IllegalStateException("no treatment");
  }

  /** Open times of the next weeks, as the API says; asked again where the machine was too busy. */
  List<JsonNode> openings() {
    LocalDate day = LocalDate.now(SYDNEY).plusDays(2);
    String asked =
        "/api/v1/availability?limit=500&treatment="
            + treatment()
            + "&from="
            + day
            + "T00:00&to="
            + day.plusDays(14)
            + "T00:00";
    Answer found =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> caller.get(asked), answer -> answer.status() == 200);
    List<JsonNode> open = new ArrayList<>();
    found.body().path("openings").forEach(open::add);
    return open;
  }

  /** The time of an opening, as bodies name it. */
  static String time(JsonNode opening) {
    return """
        "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"\
        """
        .formatted(
            opening.path("practitioner").asText(),
            opening.path("treatment").asText(),
            opening.path("site").asText(),
            opening.path("starts_at").asText());
  }

  static List<Answer> together(List<Callable<Answer>> calls) throws Exception {
    List<Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> each : threads.invokeAll(calls)) {
        answers.add(each.get());
      }
    }
    return answers;
  }
}
