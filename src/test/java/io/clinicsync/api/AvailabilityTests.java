package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which of the EMR's open times are offered. */
@ApplicationTest
class AvailabilityTests {

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  @Autowired private ApplicationContext context;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;

  private ApiStage stage;
  private ApiClient organisation;
  private ApiClient caller;
  private String clinic;
  private String connection;

  @BeforeEach
  void aLoadedClinic() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    SandboxServer.Account account = stage.cliniko(12);
    connection =
        organisation
            .post("/api/v1/clinics/" + clinic + "/connections", ApiStage.connecting(account))
            .text("/id");
    stage
        .runs()
        .run(new ClinicId(UUID.fromString(clinic)), new ConnectionId(UUID.fromString(connection)))
        .orElseThrow();
    stage.mayBook(organisation, clinic, connection);
    caller =
        stage.with(
            organisation
                .post(
                    "/api/v1/clinics/" + clinic + "/keys",
                    "{\"name\": \"agent\", \"scopes\": [\"book\"], \"connection\": \""
                        + connection
                        + "\"}")
                .text("/secret"));
  }

  private List<JsonNode> openings(String treatment) {
    LocalDate day = LocalDate.now(SYDNEY).plusDays(1);
    Answer found =
        caller.get(
            "/api/v1/availability?limit=500&treatment="
                + treatment
                + "&from="
                + day
                + "T00:00&to="
                + day.plusDays(14)
                + "T00:00");
    assertThat(found.status()).as(found.raw().body()).isEqualTo(200);
    List<JsonNode> all = new ArrayList<>();
    found.body().path("openings").forEach(all::add);
    return all;
  }

  /** Two treatments that have open times. */
  private List<String> treatments() {
    List<String> open = new ArrayList<>();
    for (JsonNode each : caller.get("/api/v1/catalogue/treatments").body().path("items")) {
      String id = each.path("id").asText();
      if (open.size() < 2 && each.path("seats").asInt() == 1 && !openings(id).isEmpty()) {
        open.add(id);
      }
    }
    assertThat(open).hasSize(2);
    return open;
  }

  private void decide(String treatment, boolean bookable, int noticeMinutes, int horizonDays) {
    Answer decided =
        organisation.put(
            "/api/v1/clinics/" + clinic + "/booking-policies?connection=" + connection,
            """
            {"treatment": "%s", "bookable": %s, "notice_minutes": %d, "horizon_days": %d, "buffer_before_minutes": 0,
             "buffer_after_minutes": 0, "daily_cap": 0, "patients": "any", "register": true, "reschedule": true,
             "cancel": true, "duplicates": true, "window_hours": 24, "inside_window": "allow"}"""
                .formatted(treatment, bookable, noticeMinutes, horizonDays));
    assertThat(decided.status()).as(decided.raw().body()).isEqualTo(200);
  }

  private static Instant start(JsonNode opening) {
    return OffsetDateTime.parse(opening.path("starts_at").asText()).toInstant();
  }

  @Test
  void aTimeThatIsBeingBookedIsOfferedToNobodyElse() {
    String treatment = treatments().getFirst();
    JsonNode wanted = openings(treatment).getFirst();
    String practitioner = wanted.path("practitioner").asText();
    tenancy.inClinic(
        new ClinicId(UUID.fromString(clinic)),
        () ->
            jdbc.sql(
                    """
                    INSERT INTO booking_holds (tenant_id, connection_id, attempt_id, what, span, expires_at)
                    VALUES (?, ?, ?, ?, tstzrange(?, ?), now() + interval '3 minutes')
                    """)
                .params(
                    UUID.fromString(clinic),
                    UUID.fromString(connection),
                    UUID.randomUUID(),
                    "practitioner:" + practitioner,
                    start(wanted).atOffset(java.time.ZoneOffset.UTC),
                    start(wanted).plusSeconds(60).atOffset(java.time.ZoneOffset.UTC))
                .update());
    List<JsonNode> left = openings(treatment);
    assertThat(left).isNotEmpty().doesNotContain(wanted);
    assertThat(left)
        .filteredOn(each -> each.path("practitioner").asText().equals(practitioner))
        .as("the practitioner's other times")
        .isNotEmpty();
  }

  @Test
  void eachTreatmentFollowsItsOwnPolicy() {
    List<String> both = treatments();
    int others = openings(both.get(1)).size();
    decide(both.getFirst(), true, (int) Duration.ofDays(4).toMinutes(), 9);
    Instant now = Instant.now();
    assertThat(openings(both.getFirst()))
        .isNotEmpty()
        .allSatisfy(
            each ->
                assertThat(start(each))
                    .isBetween(
                        now.plus(Duration.ofDays(4)), now.plus(Duration.ofDays(9).plusMinutes(1))));
    decide(both.getFirst(), false, 0, 365);
    assertThat(openings(both.getFirst())).as("not bookable").isEmpty();
    assertThat(openings(both.get(1))).as("the other treatment").hasSize(others);
  }
}
