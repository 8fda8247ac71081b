package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** One appointment a day is enough for each practitioner here, whoever books it. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class DailyCapTests {

  private static final String BOOKINGS = "/api/v1/bookings";

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;

  /** Open times that do not overlap, by practitioner and day, of days on which nothing stands. */
  private List<List<JsonNode>> days;

  @BeforeEach
  void aClinicThatWantsOneADay() {
    clinic = new BookableClinic(context);
    Map<String, List<JsonNode>> open = new LinkedHashMap<>();
    Set<String> taken = taken();
    for (JsonNode each : clinic.openings()) {
      String day =
          day(each.path("practitioner").asText(), Instant.parse(each.path("starts_at").asText()));
      List<JsonNode> that = open.computeIfAbsent(day, none -> new ArrayList<>());
      if (!taken.contains(day)
          && (that.isEmpty()
              || !Instant.parse(each.path("starts_at").asText())
                  .isBefore(Instant.parse(that.getLast().path("ends_at").asText())))) {
        that.add(each);
      }
    }
    String practitioner =
        open.values().stream()
            .filter(each -> each.size() >= 2)
            .map(each -> each.getFirst().path("practitioner").asText())
            .findFirst()
            .orElseThrow();
    days =
        open.values().stream()
            .filter(each -> each.size() >= 2)
            .filter(each -> each.getFirst().path("practitioner").asText().equals(practitioner))
            .toList();
    assertThat(days).as("days on which nothing stands").hasSizeGreaterThan(2);
    assertThat(
            clinic
                .organisation
                .put(
                    "/api/v1/clinics/" + clinic.clinic + "/booking-policies",
                    """
                    {"bookable": true, "notice_minutes": 0, "horizon_days": 365, "buffer_before_minutes": 0,
                     "buffer_after_minutes": 0, "daily_cap": 1, "patients": "any", "register": true, "reschedule": true,
                     "cancel": true, "duplicates": true, "window_hours": 24, "inside_window": "allow"}""")
                .status())
        .isEqualTo(200);
  }

  private static String day(String practitioner, Instant start) {
    LocalDate day = start.atZone(BookableClinic.SYDNEY).toLocalDate();
    return practitioner + " " + day;
  }

  private Set<String> taken() {
    Set<String> taken = new HashSet<>();
    for (String table : List.of("individual_appointments", "group_appointments")) {
      for (JsonNode each : clinic.truth(table)) {
        String address = each.at("/practitioner/links/self").asText();
        taken.add(
            day(
                address.substring(address.lastIndexOf('/') + 1),
                Instant.parse(each.path("starts_at").asText())));
      }
    }
    return taken;
  }

  private JsonNode time(int day, int number) {
    return days.get(day).get(number);
  }

  private String body(int day, int number, int patient) {
    return "{\"patient\": {\"id\": \""
        + clinic.patient(patient).path("id").asText()
        + "\"}, "
        + BookableClinic.time(time(day, number))
        + "}";
  }

  private Answer book(int day, int number, int patient) {
    return clinic.caller.post(BOOKINGS, body(day, number, patient));
  }

  private Answer move(Answer booked, int day, int number) {
    return clinic.caller.post(
        BOOKINGS + "/" + booked.text("/booking") + "/reschedule",
        "{\"starts_at\": \"" + time(day, number).path("starts_at").asText() + "\"}");
  }

  private static Answer is(int status, Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    if (status == 409) {
      assertThat(answer.text("/code")).isEqualTo("slot_taken");
    }
    return answer;
  }

  @Test
  void whatStaffBookCountsAndWhatTheyCancelDoesNot() {
    JsonNode first = time(0, 0);
    String id =
        clinic
            .cliniko
            .edits()
            .book(
                clinic.patient(3).path("id").asText(),
                first.path("practitioner").asText(),
                first.path("site").asText(),
                first.path("treatment").asText(),
                Instant.parse(first.path("starts_at").asText()));
    clinic.read();
    Answer full = is(409, book(0, 1, 0));
    assertThat(full.body().path("alternatives")).isNotEmpty();
    assertThat(clinic.caller.get(BOOKINGS + "?limit=1").raw().body()).contains("daily cap");
    is(201, book(1, 0, 0));
    clinic.cliniko.edits().cancelAppointment(id, 50);
    clinic.read();
    is(201, book(0, 1, 0));
  }

  @Test
  void anAppointmentCountsOnTheDayItIsMovedToAndNoMoreOnTheOther() {
    Answer booked = is(201, book(0, 0, 0));
    is(409, book(0, 1, 1));
    is(200, move(booked, 0, 1));
    is(200, move(booked, 1, 0));
    is(409, book(1, 1, 1));
    Answer second = is(201, book(0, 0, 1));
    is(409, move(second, 1, 1));
    is(200, clinic.caller.post(BOOKINGS + "/" + booked.text("/booking") + "/cancel", "{}"));
    is(200, move(second, 1, 1));
  }

  @Test
  void ofManyForTheLastPlaceOfADayAtDifferentTimesOneWinsAndTheOthersHoldNothing()
      throws Exception {
    for (int day = 0; day < 3; day++) {
      List<Callable<Answer>> calls = new ArrayList<>();
      for (int number = 0; number < Math.min(6, days.get(day).size()); number++) {
        String body = body(day, number, number);
        calls.add(() -> clinic.caller.post(BOOKINGS, body));
      }
      List<Answer> answers = BookableClinic.together(calls);
      List<Answer> won = answers.stream().filter(each -> each.status() == 201).toList();
      assertThat(won).as("of " + answers.size()).hasSize(1);
      answers.stream().filter(each -> !won.contains(each)).forEach(each -> is(409, each));
      assertThat(clinic.sql("DELETE FROM booking_holds")).as("times still held").isZero();
    }
  }

  @Test
  void whatACallerHoldsHasItsPlaceAndIsBookedOnIt() {
    Answer hold =
        is(201, clinic.caller.post("/api/v1/holds", "{" + BookableClinic.time(time(0, 0)) + "}"));
    is(409, book(0, 1, 1));
    is(
        201,
        clinic.caller.post(
            BOOKINGS,
            "{\"hold\": \""
                + hold.text("/hold")
                + "\", \"patient\": {\"id\": \""
                + clinic.patient(0).path("id").asText()
                + "\"}}"));
    is(409, book(0, 1, 1));
  }

  @Test
  void whatWasSentAndIsNotSettledHasItsPlaceWithoutAHold() {
    is(201, book(0, 0, 0));
    clinic.sql(
        "DELETE FROM records_appointments WHERE id IN (SELECT appointment_id FROM booking_attempts)");
    clinic.sql(
        "UPDATE booking_attempts SET state = 'UNKNOWN', answer = NULL, settle_at = now() + interval '1 hour'");
    is(409, book(0, 1, 1));
    clinic.sql("UPDATE booking_attempts SET state = 'DONE', settle_at = NULL");
    is(201, book(0, 1, 1));
  }
}
