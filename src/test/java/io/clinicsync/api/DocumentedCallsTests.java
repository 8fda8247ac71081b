package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The commands and bodies of the documentation, run against a clinic on Cliniko. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class DocumentedCallsTests {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?s)curl (?<options>[^\\n]*?)\"?\\$AT(?<path>/[^\\s\"]*)\"?(?<rest>[^\\n]*)\\n(?<body>.*?\\n    END\\n)?");
  private static final Pattern HEADER = Pattern.compile("-H \"([A-Za-z-]+): ([^\"]*)\"");

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void aLoadedClinic() {
    clinic = new BookableClinic(context);
    List<JsonNode> openings = clinic.openings();
    JsonNode first = openings.getFirst();
    JsonNode later =
        openings.stream()
            .filter(each -> each.path("practitioner").equals(first.path("practitioner")))
            .skip(5)
            .findFirst()
            .orElseThrow();
    LocalDate day = LocalDate.now(BookableClinic.SYDNEY).plusDays(2);
    variables.put("START", first.path("starts_at").asText());
    variables.put("OTHER_START", later.path("starts_at").asText());
    variables.put("PRACTITIONER", name("practitioners", first.path("practitioner").asText()));
    // Some of this clinic's treatments share their name.
    variables.put("TREATMENT", first.path("treatment").asText());
    variables.put("TREATMENT_ID", first.path("treatment").asText());
    variables.put("SITE", name("sites", first.path("site").asText()));
    variables.put("FROM", day + "T00:00");
    variables.put("TO", day.plusDays(7) + "T00:00");
  }

  private String name(String kind, String id) {
    for (JsonNode each : clinic.caller.get("/api/v1/catalogue/" + kind).body().path("items")) {
      if (each.path("id").asText().equals(id)) {
        return each.path("name").asText();
      }
    }
    throw new IllegalStateException(kind);
  }

  private String filled(String text) {
    Matcher variable = Pattern.compile("\\$([A-Z_]+)").matcher(text);
    return variable.replaceAll(
        found -> {
          String value = variables.get(found.group(1));
          assertThat(value).as("$" + found.group(1)).isNotNull();
          return Matcher.quoteReplacement(value);
        });
  }

  /** Runs the commands between the marks; how many there were. */
  private int run(String part) throws IOException {
    String page = Files.readString(Path.of("docs/book-in-ten-minutes.md"));
    int start = page.indexOf("<!-- run: " + part + " -->");
    assertThat(start).isPositive();
    Matcher command = COMMAND.matcher(page.substring(start, page.indexOf("<!-- end -->", start)));
    int count = 0;
    while (command.find()) {
      count++;
      boolean sends = command.group("rest").contains("<<END");
      String sent = String.valueOf(command.group("body"));
      String body = sends ? filled(sent.substring(0, sent.lastIndexOf("    END\n"))) : null;
      Matcher header = HEADER.matcher(command.group("options"));
      String[] headers =
          header.find() ? new String[] {header.group(1), header.group(2)} : new String[0];
      String path = filled(command.group("path"));
      if (!sends) {
        // Without a body of its own it must not take the next command's.
        command.region(command.end("rest"), command.regionEnd());
      }
      Answer answer =
          clinic.caller.send(sends ? "POST" : "GET", path, body, "application/json", headers);
      assertThat(answer.status()).as(path + " " + answer.raw().body()).isBetween(200, 201);
      if (sends && answer.body().has("booking")) {
        variables.put("BOOKING", answer.text("/booking"));
      }
      if (answer.body().has("hold")) {
        variables.put("HOLD", answer.text("/hold"));
      }
    }
    return count;
  }

  @Test
  void theTenMinutesThroughTheApiWork() throws IOException {
    assertThat(run("api")).isEqualTo(12);
  }

  @Test
  void theTenMinutesThroughTheRoutesOfClinikoWork() throws IOException {
    assertThat(run("cliniko")).isEqualTo(3);
    int cancelled = 0;
    for (JsonNode each : clinic.truth("individual_appointments")) {
      cancelled += each.path("cancellation_note").asText().startsWith("has a cold") ? 1 : 0;
    }
    assertThat(cancelled).isEqualTo(1);
  }

  @Test
  void theBodiesOfTheMigrationPageBookMoveAndCancelInCliniko() throws IOException {
    JsonNode bodies =
        JSON.readTree(Files.readString(Path.of("src/main/resources/openapi/route-bodies.json")));
    ObjectNode book = bodies.path("/api-book-appointment").path("Cliniko").deepCopy();
    ObjectNode custom = (ObjectNode) book.path("customData");
    JsonNode treatment = null;
    for (JsonNode each : clinic.caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      treatment = each.path("id").asText().equals(variables.get("TREATMENT_ID")) ? each : treatment;
    }
    assertThat(treatment).isNotNull();
    custom.put("staff_member", variables.get("PRACTITIONER"));
    custom.put("appt_type_name", treatment.path("name").asText());
    custom.put("appt_type_category", treatment.path("category").asText(""));
    custom.put("appt_type_duration", treatment.path("minutes").asText());
    custom.put("business_name", variables.get("SITE"));
    ObjectNode calendar = (ObjectNode) book.path("calendar");
    calendar.put("startTime", variables.get("START"));
    calendar.put("endTime", end(variables.get("START"), treatment));
    Answer booked = clinic.caller.post("/api-book-appointment", book.toString());
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(200);

    ObjectNode update = bodies.path("/api-update-appointment").path("Cliniko").deepCopy();
    ObjectNode to = (ObjectNode) update.path("calendar");
    to.put("startTime", variables.get("OTHER_START"));
    to.put("endTime", end(variables.get("OTHER_START"), treatment));
    Answer moved = clinic.caller.post("/api-update-appointment", update.toString());
    assertThat(moved.status()).as(moved.raw().body()).isEqualTo(200);
    assertThat(moved.text("/appointment/id")).isEqualTo(booked.text("/appointment/id"));

    Answer cancelled =
        clinic.caller.post(
            "/api-cancel-appointment",
            bodies.path("/api-cancel-appointment").path("Cliniko").toString());
    assertThat(cancelled.status()).as(cancelled.raw().body()).isEqualTo(200);
    assertThat(cancelled.text("/appointment/id")).isEqualTo(booked.text("/appointment/id"));
  }

  private static String end(String start, JsonNode treatment) {
    return java.time.Instant.parse(start)
        .plus(java.time.Duration.ofMinutes(treatment.path("minutes").asLong()))
        .toString();
  }
}
