package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Times that are held for a caller before it knows the patient, over HTTP. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class HoldTests {

  private static final String HOLDS = "/api/v1/holds";
  private static final String BOOKINGS = "/api/v1/bookings";

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private ApiClient caller;
  private List<JsonNode> openings;

  @BeforeEach
  void aLoadedClinic() {
    clinic = new BookableClinic(context);
    caller = clinic.caller;
    openings = apart(clinic.openings());
  }

  /** Open times none of which overlaps another of the same practitioner. */
  private static List<JsonNode> apart(List<JsonNode> open) {
    List<JsonNode> apart = new ArrayList<>();
    for (JsonNode each : open) {
      Instant start = Instant.parse(each.path("starts_at").asText());
      if (apart.stream()
          .noneMatch(
              other ->
                  other.path("practitioner").equals(each.path("practitioner"))
                      && start.isBefore(Instant.parse(other.path("ends_at").asText())))) {
        apart.add(each);
      }
    }
    return apart;
  }

  private Answer hold(int number, String more) {
    return caller.post(HOLDS, "{" + BookableClinic.time(openings.get(number)) + more + "}");
  }

  private String held(int number) {
    Answer held = hold(number, "");
    assertThat(held.status()).as(held.raw().body()).isEqualTo(201);
    return held.text("/hold");
  }

  private String patient(int number) {
    return "\"patient\": {\"id\": \"" + clinic.patient(number).path("id").asText() + "\"}";
  }

  private String bookHeld(String hold, int number) {
    return "{\"hold\": \"" + hold + "\", " + patient(number) + "}";
  }

  private String bookOpen(int opening, int number) {
    return "{" + patient(number) + ", " + BookableClinic.time(openings.get(opening)) + "}";
  }

  private static void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.text("/code")).isEqualTo(code);
    assertThat(answer.text("/next_step")).isNotBlank();
  }

  private boolean isOffered(int number) {
    JsonNode wanted = openings.get(number);
    return clinic.openings().stream()
        .anyMatch(
            each ->
                each.path("practitioner").equals(wanted.path("practitioner"))
                    && each.path("starts_at").equals(wanted.path("starts_at")));
  }

  @Test
  void aHeldTimeIsTheCallersAloneAndIsBookedByItsId() {
    Instant before = Instant.now();
    Answer held = hold(0, "");
    assertThat(held.status()).as(held.raw().body()).isEqualTo(201);
    assertThat(held.text("/starts_at")).isEqualTo(openings.getFirst().path("starts_at").asText());
    assertThat(held.text("/ends_at")).isEqualTo(openings.getFirst().path("ends_at").asText());
    assertThat(held.text("/practitioner"))
        .isEqualTo(openings.getFirst().path("practitioner").asText());
    assertThat(Duration.between(before, Instant.parse(held.text("/expires_at"))))
        .isBetween(Duration.ofSeconds(170), Duration.ofSeconds(200));
    assertThat(isOffered(0)).isFalse();
    Answer other = caller.post(BOOKINGS, bookOpen(0, 1));
    refused(other, 409, "slot_taken");
    assertThat(other.body().path("alternatives")).isNotEmpty();
    refused(hold(0, ""), 409, "slot_taken");

    Answer booked = caller.post(BOOKINGS, bookHeld(held.text("/hold"), 0));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(booked.text("/appointment/starts_at")).isEqualTo(held.text("/starts_at"));
    assertThat(booked.text("/appointment/practitioner")).isEqualTo(held.text("/practitioner"));
    assertThat(clinic.cliniko.truth("individual_appointments", booked.text("/appointment/id")))
        .isNotNull();
    Answer again = caller.post(BOOKINGS, bookHeld(held.text("/hold"), 0));
    assertThat(again.status()).as("the same call").isEqualTo(201);
    assertThat(again.text("/booking")).isEqualTo(booked.text("/booking"));
    refused(caller.post(BOOKINGS, bookHeld(held.text("/hold"), 1)), 409, "hold_expired");
    refused(caller.post(BOOKINGS, bookOpen(0, 1)), 409, "slot_taken");
  }

  @Test
  void ofTwoBookingsOfOneHoldOneWins() throws Exception {
    String hold = held(0);
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String body = bookHeld(hold, i);
      calls.add(() -> caller.post(BOOKINGS, body));
    }
    List<Integer> statuses =
        BookableClinic.together(calls).stream().map(Answer::status).sorted().toList();
    assertThat(statuses).containsExactly(201, 409, 409, 409, 409, 409);
  }

  /** Only the turn about the id keeps the two apart: each has a time of its own. */
  @Test
  void oneIdOfTheCallersIsOneAppointmentAlsoForTwoHeldTimesAtOnce() throws Exception {
    int later = 1;
    while (openings.get(later).path("starts_at").equals(openings.getFirst().path("starts_at"))) {
      later++;
    }
    List<String> holds = List.of(held(0), held(later));
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.of(FaultKind.LATENCY)
                .onAccount(clinic.cliniko.name())
                .onMethod("POST")
                .amount(700));
    List<Callable<Answer>> calls = new ArrayList<>();
    for (String hold : holds) {
      String body = bookHeld(hold, 0).replaceFirst("}$", ", \"external_id\": \"visit-8\"}");
      calls.add(() -> caller.post(BOOKINGS, body));
    }
    List<Answer> answers = BookableClinic.together(calls);
    clinic.stage.sandbox().faults().clear();
    assertThat(answers.stream().filter(each -> each.status() == 201)).hasSize(1);
    assertThat(answers.stream().filter(each -> each.status() != 201))
        .singleElement()
        .satisfies(each -> refused(each, 422, "failed"));
    List<String> held =
        Stream.of(0, later).map(each -> openings.get(each).path("starts_at").asText()).toList();
    List<JsonNode> standing = new ArrayList<>();
    for (JsonNode each : clinic.truth("individual_appointments")) {
      if (held.contains(each.path("starts_at").asText())
          && each.at("/patient/links/self")
              .asText()
              .endsWith("/" + clinic.patient(0).path("id").asText())
          && !each.hasNonNull("cancelled_at")
          && !each.hasNonNull("archived_at")) {
        standing.add(each);
      }
    }
    assertThat(standing).as("in the EMR").hasSize(1);
  }

  @Test
  void ofManyHoldersOfOneTimeOneWins() throws Exception {
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(() -> hold(0, ""));
    }
    List<Answer> answers = BookableClinic.together(calls);
    assertThat(answers.stream().filter(each -> each.status() == 201)).hasSize(1);
    answers.stream()
        .filter(each -> each.status() != 201)
        .forEach(each -> refused(each, 409, "slot_taken"));
  }

  @Test
  void aHoldThatIsOverOrSomebodyElsesBooksNothing() {
    String hold = held(0);
    ApiClient other = clinic.stage.with(clinic.key("\"book\""));
    Answer foreign = other.post(BOOKINGS, bookHeld(hold, 0));
    Answer unknown = other.post(BOOKINGS, bookHeld(UUID.randomUUID().toString(), 0));
    refused(foreign, 404, "not_found");
    assertThat(foreign.withoutRequestId()).isEqualTo(unknown.withoutRequestId());
    assertThat(other.delete(HOLDS + "/" + hold).status()).isEqualTo(404);

    clinic.sql("UPDATE booking_holds SET expires_at = now() - interval '1 second'");
    clinic.sql("UPDATE booking_kept_times SET expires_at = now() - interval '1 second'");
    refused(caller.post(BOOKINGS, bookHeld(hold, 0)), 409, "hold_expired");
    assertThat(isOffered(0)).isTrue();
    assertThat(caller.post(BOOKINGS, bookOpen(0, 1)).status()).isEqualTo(201);
    refused(caller.post(BOOKINGS, bookHeld(hold, 0)), 409, "hold_expired");
  }

  @Test
  void whatIsLetGoIsFreeForOthersAtOnce() {
    String hold = held(0);
    assertThat(caller.delete(HOLDS + "/" + hold).status()).isEqualTo(204);
    assertThat(caller.delete(HOLDS + "/" + hold).status()).isEqualTo(404);
    assertThat(isOffered(0)).isTrue();
    String other = held(0);
    Answer booked = caller.post(BOOKINGS, bookHeld(other, 0));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(caller.delete(HOLDS + "/" + other).status()).isEqualTo(204);
    refused(caller.post(BOOKINGS, bookOpen(0, 1)), 409, "slot_taken");
  }

  @Test
  void whoIsNotKnownYetCanBeNamedAgainWithoutLosingTheTime() {
    String hold = held(0);
    String stranger =
        "{\"hold\": \"%s\", \"patient\": {\"first_name\": \"Ilse\", \"last_name\": \"Vandoorne\"%s}}";
    refused(caller.post(BOOKINGS, stranger.formatted(hold, "")), 422, "needs_info");
    String address = ", \"email\": \"ilse.vandoorne@example.org\"";
    refused(caller.post(BOOKINGS, stranger.formatted(hold, address)), 404, "not_found");
    assertThat(isOffered(0)).isFalse();
    Answer booked =
        caller.post(BOOKINGS, stranger.formatted(hold, address + ", \"register\": true"));
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
  }

  @Test
  void aTimeIsCheckedAsForABooking() {
    JsonNode opening = openings.getFirst();
    clinic
        .cliniko
        .edits()
        .book(
            clinic.patient(0).path("id").asText(),
            opening.path("practitioner").asText(),
            opening.path("site").asText(),
            opening.path("treatment").asText(),
            Instant.parse(opening.path("starts_at").asText()));
    Answer taken = hold(0, "");
    refused(taken, 409, "slot_taken");
    assertThat(taken.body().path("alternatives")).isNotEmpty();
    String policy =
        """
        {"treatment": "%s", "bookable": true, "notice_minutes": 86400, "horizon_days": 365, "buffer_before_minutes": 0,
         "buffer_after_minutes": 0, "daily_cap": 0, "patients": "returning_only", "register": true, "reschedule": true,
         "cancel": true, "duplicates": true, "window_hours": 24, "inside_window": "allow"}"""
            .formatted(opening.path("treatment").asText());
    String policies = "/api/v1/clinics/" + clinic.clinic + "/booking-policies";
    assertThat(clinic.organisation.put(policies, policy).status()).isEqualTo(200);
    refused(hold(1, ""), 422, "policy_blocked");
    clinic.organisation.put(policies, policy.replace("86400", "0"));
    assertThat(hold(1, "").status()).as("who it is for is not known yet").isEqualTo(201);
    refused(hold(2, ", \"minutes\": 6"), 400, "invalid_request");
    refused(hold(2, ", \"minutes\": 0"), 400, "invalid_request");
    refused(
        caller.post(HOLDS, "{\"treatment\": \"Levitation\", \"starts_at\": \"2027-03-10T14:30Z\"}"),
        404,
        "not_found");
    Answer twice =
        caller.post(
            BOOKINGS,
            bookOpen(3, 0).replaceFirst("\\{", "{\"hold\": \"" + UUID.randomUUID() + "\", "));
    refused(twice, 400, "invalid_request");
    assertThat(twice.body().path("fields")).hasSize(4);
    Answer neither = caller.post(BOOKINGS, "{" + patient(0) + "}");
    refused(neither, 400, "invalid_request");
    assertThat(neither.body().path("fields")).hasSize(2);
    assertThat(
            clinic
                .organisation
                .delete(
                    "/api/v1/clinics/"
                        + clinic.clinic
                        + "/connections/"
                        + clinic.connection
                        + "/entitlements/booking")
                .status())
        .isEqualTo(204);
    refused(hold(4, ""), 403, "not_enabled");
  }

  @Test
  void aKeyHoldsTwentyTimesAtMostAlsoAtOnce() throws Exception {
    assertThat(openings).hasSizeGreaterThan(26);
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 26; i++) {
      int number = i;
      calls.add(() -> hold(number, ""));
    }
    Set<String> holds = new HashSet<>();
    for (Answer each : BookableClinic.together(calls)) {
      if (each.status() == 201) {
        holds.add(each.text("/hold"));
      } else {
        refused(each, 409, "too_many_holds");
      }
    }
    assertThat(holds).hasSize(20);
    assertThat(clinic.sql("UPDATE booking_holds SET expires_at = expires_at")).isEqualTo(20);
    assertThat(caller.delete(HOLDS + "/" + holds.iterator().next()).status()).isEqualTo(204);
    assertThat(hold(26, "").status()).isEqualTo(201);
    refused(hold(25, ""), 409, "too_many_holds");
    assertThat(
            clinic
                .stage
                .with(clinic.key("\"book\""))
                .post(HOLDS, "{" + BookableClinic.time(openings.getLast()) + "}")
                .status())
        .as("another key")
        .isEqualTo(201);
  }
}
