package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.KeyScope;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

/**
 * What an EMR registers nobody without is asked for first: the time a caller holds stays theirs and
 * the EMR hears of nothing.
 */
@ApplicationTest
@Import(StoryBed.class)
@ResourceLock(StoryBed.SANDBOX)
class AskedBeforeHeldTests {

  private static final String PERSON =
      """
      {"first_name": "Ilse", "last_name": "Vandoorne", "phone": "+61491570006", "register": true%s}""";

  @Autowired private Stage stage;
  @Autowired private ApiKeys keys;
  @LocalServerPort private int port;

  private Scene scene;
  private ApiClient caller;

  private void open(String emr, String way) {
    scene = stage.scene(emr, way, 71, 20);
    scene.sync();
    scene.mayBook();
    caller =
        new ApiClient(
            port,
            keys.issue(
                    scene.clinic(),
                    scene.connection(),
                    "agent",
                    Set.of(KeyScope.BOOK, KeyScope.READ),
                    null)
                .secret());
  }

  private JsonNode opening() {
    for (JsonNode treatment : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      JsonNode open =
          caller
              .get(
                  "/api/v1/availability?treatment="
                      + treatment.path("id").asText()
                      + "&from="
                      + scene.now().plus(Duration.ofDays(2))
                      + "&to="
                      + scene.now().plus(Duration.ofDays(9)))
              .body()
              .path("openings");
      if (treatment.path("seats").asInt() == 1 && !open.isEmpty()) {
        return open.path(0);
      }
    }
    throw new AssertionError("nothing is open");
  }

  private static String time(JsonNode opening) {
    return """
        "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"\
        """
        .formatted(
            opening.path("practitioner").asText(),
            opening.path("treatment").asText(),
            opening.path("site").asText(),
            opening.path("starts_at").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "nookal, api-key, birth_date, 1990-04-02",
    "practicebetter, client-credentials, email, ilse.vandoorne@example.org"
  })
  void whatIsMissingCostsNobodyTheTimeTheyHold(String emr, String way, String field, String value) {
    open(emr, way);
    JsonNode opening = opening();
    Answer held = caller.post("/api/v1/holds", "{" + time(opening) + "}");
    assertThat(held.status()).as(held.raw().body()).isEqualTo(201);
    String body = "{\"hold\": \"" + held.text("/hold") + "\", \"patient\": " + PERSON + "}";
    long mark = scene.mark();
    Answer asked = caller.post("/api/v1/bookings", body.formatted(""));
    assertThat(asked.status()).as(asked.raw().body()).isEqualTo(422);
    assertThat(asked.text("/code")).isEqualTo("needs_info");
    assertThat(asked.text("/field")).isEqualTo("patient." + field);
    assertThat(asked.text("/next_step")).isNotBlank();
    assertThat(scene.emrCallsSince(mark)).noneMatch(each -> each.kind() == LogEntry.Kind.WRITE);
    Answer booked =
        caller.post("/api/v1/bookings", body.formatted(", \"" + field + "\": \"" + value + "\""));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(booked.text("/appointment/starts_at")).isEqualTo(opening.path("starts_at").asText());
  }

  @Test
  void whatIsMissingHoldsNoTimeAndSendsNothing() {
    open("nookal", "api-key");
    JsonNode opening = opening();
    long mark = scene.mark();
    Answer asked =
        caller.post(
            "/api/v1/bookings",
            "{\"patient\": " + PERSON.formatted("") + ", " + time(opening) + "}");
    assertThat(asked.text("/field")).as(asked.raw().body()).isEqualTo("patient.birth_date");
    assertThat(
            caller
                .get("/api/v1/bookings?limit=1")
                .body()
                .at("/items/0/trace")
                .findValuesAsText("step"))
        .contains("patient")
        .doesNotContain("hold", "diary");
    assertThat(scene.emrCallsSince(mark)).noneMatch(each -> each.kind() == LogEntry.Kind.WRITE);
  }
}
