package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.records.Catalogues;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The last seat of a class in a simulated Cliniko, which lets any number of people join. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class ClassBookingTests {

  private static final String BOOKINGS = "/api/v1/bookings";
  private static final int SEATS = 3;

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private JsonNode group;

  @BeforeEach
  void aClassWithOneSeatLeft() {
    clinic = new BookableClinic(context);
    Catalogue.Offering offering = classOffered();
    Instant start =
        LocalDate.now(BookableClinic.SYDNEY)
            .plusDays(3)
            .atTime(22, 0)
            .atZone(BookableClinic.SYDNEY)
            .toInstant();
    String id =
        clinic
            .cliniko
            .edits()
            .openClass(
                offering.practitioner().id().value(),
                offering.site().id().value(),
                offering.treatment().id().value(),
                start,
                start.plus(Duration.ofHours(1)),
                SEATS);
    for (JsonNode each : clinic.truth("group_appointments")) {
      if (each.path("id").asText().equals(id)) {
        group = each;
      }
    }
    while (inside().size() < SEATS - 1) {
      staffJoin();
    }
  }

  @AfterEach
  void healthy() {
    clinic.stage.sandbox().faults().clear();
  }

  /** What several people can book at a time, from whom and where. */
  private Catalogue.Offering classOffered() {
    Catalogue catalogue =
        clinic
            .stage
            .bean(Tenancy.class)
            .inClinic(
                clinic.id(),
                () ->
                    clinic
                        .stage
                        .bean(Catalogues.class)
                        .find(clinic.id(), new ConnectionId(UUID.fromString(clinic.connection))))
            .orElseThrow();
    return catalogue.offerings().stream()
        .filter(
            each ->
                catalogue.treatments().stream()
                    .anyMatch(
                        one ->
                            one.ref().equals(each.treatment()) && one.active() && one.seats() > 1))
        .filter(
            each ->
                catalogue.practitioners().stream()
                    .anyMatch(one -> one.ref().equals(each.practitioner()) && one.active()))
        .filter(
            each ->
                catalogue.sites().stream()
                    .anyMatch(one -> one.ref().equals(each.site()) && one.active()))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isLive(JsonNode row) {
    return !row.hasNonNull("cancelled_at")
        && !row.hasNonNull("archived_at")
        && !row.hasNonNull("deleted_at");
  }

  private static String linked(JsonNode row, String member) {
    String address = row.path(member).path("links").path("self").asText();
    return address.substring(address.lastIndexOf('/') + 1);
  }

  /** Who has a seat in the class, as the EMR has it. */
  private List<String> inside() {
    List<String> inside = new ArrayList<>();
    for (JsonNode each : clinic.truth("attendees")) {
      if (linked(each, "booking").equals(group.path("id").asText()) && isLive(each)) {
        inside.add(linked(each, "patient"));
      }
    }
    return inside;
  }

  private void staffJoin() {
    String patient =
        clinic
            .cliniko
            .edits()
            .createPatient(Map.of("first_name", "Walk", "last_name", "In" + inside().size()));
    clinic.cliniko.edits().joinClass(group.path("id").asText(), patient);
  }

  private String patient(int number) {
    return clinic.patient(number).path("id").asText();
  }

  private String seatFor(int number) {
    return """
        {"patient": {"id": "%s"}, "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
        .formatted(
            patient(number),
            linked(group, "practitioner"),
            linked(group, "appointment_type"),
            linked(group, "business"),
            group.path("starts_at").asText());
  }

  private static void full(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(409);
    assertThat(answer.text("/code")).isEqualTo("class_full");
    assertThat(answer.text("/next_step")).isNotBlank();
  }

  private Fault fault(FaultKind kind, String method, String path) {
    return Fault.of(kind).onAccount(clinic.cliniko.name()).onMethod(method).onPath(path);
  }

  @Test
  void ofManyForTheLastSeatOneJoinsAndTheOthersHearThatItIsFull() throws Exception {
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int number = 0; number < 3; number++) {
      String body = seatFor(number);
      calls.add(() -> clinic.caller.post(BOOKINGS, body));
    }
    List<Answer> answers = BookableClinic.together(calls);
    assertThat(answers.stream().map(Answer::status).sorted()).containsExactly(201, 409, 409);
    answers.stream().filter(each -> each.status() == 409).forEach(ClassBookingTests::full);
    assertThat(inside()).hasSize(SEATS);
    assertThat(IntStream.range(0, 3).mapToObj(this::patient).filter(inside()::contains)).hasSize(1);
  }

  @Test
  void whenStaffFillTheLastSeatMeanwhileOursIsGivenBack() throws Exception {
    full(whileStaffFillIt("mine"));
    assertThat(inside()).as("the staff's alone").hasSize(SEATS).doesNotContain(patient(0));
    long mark = clinic.stage.sandbox().log().lastSeq();
    full(book("mine"));
    full(clinic.caller.post(BOOKINGS, seatFor(1)));
    assertThat(clinic.stage.sandbox().log().since(clinic.cliniko.name(), mark))
        .noneMatch(each -> each.operation().startsWith("POST"));
  }

  @Test
  void aSeatThatCannotBeGivenBackAtOnceIsGivenBackLater() throws Exception {
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(clinic.cliniko.name())
                .onMethod("PATCH")
                .onPath("attendees"));
    Answer open = whileStaffFillIt("mine");
    assertThat(open.status()).as(open.raw().body()).isEqualTo(202);
    assertThat(inside()).hasSize(SEATS + 1);
    clinic.stage.sandbox().faults().clear();
    String booking = open.text("/booking");
    clinic.stage.settle(clinic.clinic, clinic.caller, booking);
    assertThat(clinic.caller.get(BOOKINGS + "/" + booking).text("/result/code"))
        .isEqualTo("class_full");
    assertThat(inside()).hasSize(SEATS).doesNotContain(patient(0));
    full(book("mine"));
  }

  private Answer book(String key) {
    return clinic.caller.send(
        "POST", BOOKINGS, seatFor(0), "application/json", "Idempotency-Key", key);
  }

  /** Staff take the last seat after we counted it free and before our write arrives. */
  private Answer whileStaffFillIt(String key) throws Exception {
    clinic
        .stage
        .sandbox()
        .faults()
        .set(fault(FaultKind.LATENCY, "POST", "attendees").times(1).amount(2500));
    long mark = clinic.stage.sandbox().log().lastSeq();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> answer = threads.submit(() -> book(key));
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  clinic.stage.sandbox().log().since(clinic.cliniko.name(), mark).stream()
                      .anyMatch(
                          each ->
                              each.kind() == LogEntry.Kind.READ
                                  && each.operation().endsWith("/attendees")));
      staffJoin();
      return answer.get();
    }
  }
}
