package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.booking.BookingRequests.Cancel;
import io.clinicsync.booking.BookingRequests.Reschedule;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.booking.Bookings;
import io.clinicsync.booking.Code;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.BookingGateway.Cancellation.Reason;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Bookings in an EMR that holds a time before it is booked. */
@ApplicationTest
@Import(StoryBed.class)
@ResourceLock(StoryBed.SANDBOX)
@Order(18)
class JaneBookingStoryTests {

  @Autowired private Stage stage;
  @Autowired private Bookings bookings;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;

  @Autowired
  @Qualifier("settlingWorkers")
  private ClinicWorkers settling;

  private Scene scene;
  private Connection connection;
  private Instant start;

  @BeforeEach
  void aLoadedClinic() {
    scene = stage.scene("jane", "web", 17, 20);
    scene.sync();
    scene.mayBook();
    connection = stage.connections().find(scene.clinic(), scene.connection()).orElseThrow();
    // Outside the hours of the practice, so that nothing invented stands there.
    start =
        scene
            .now()
            .atZone(scene.zone())
            .truncatedTo(ChronoUnit.DAYS)
            .plusDays(5)
            .plusHours(6)
            .toInstant();
  }

  @AfterEach
  void healthy() {
    stage.sandbox().faults().clear();
  }

  private Book wish(Instant at, int patient) {
    JsonNode truth = scene.emrTruth();
    JsonNode staff = truth.path("staff_members").get(0);
    List<String> patients = new ArrayList<>();
    truth
        .path("patients")
        .forEach(
            each -> {
              if (!each.hasNonNull("_archived_at") && !each.path("deceased").asBoolean()) {
                patients.add(each.path("id").asText());
              }
            });
    return new Book(
        new Who(patients.get(patient), null, null, null, null, null, false),
        staff.path("id").asText(),
        treatment(truth, staff),
        staff.path("location_ids").get(0).asText(),
        null,
        null,
        null,
        at,
        at.plus(Duration.ofMinutes(30)),
        null);
  }

  private static String treatment(JsonNode truth, JsonNode staff) {
    for (JsonNode each : truth.path("treatments")) {
      boolean offered = false;
      for (JsonNode id : staff.path("all_treatment_ids")) {
        offered |= id.equals(each.path("id"));
      }
      if (offered && each.path("capacity").asInt() == 1 && !each.hasNonNull("archived_at")) {
        return each.path("id").asText();
      }
    }
    throw new IllegalStateException("no treatment");
  }

  private static Asked key(String name) {
    return new Asked(new UUID(9, 9), name);
  }

  private List<JsonNode> at(Instant when, String state) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode each : scene.emrTruth().path("appointments")) {
      if (OffsetDateTime.parse(each.path("start_at").asText()).toInstant().equals(when)
          && each.path("state").asText().equals(state)) {
        found.add(each);
      }
    }
    return found;
  }

  /** The sweep comes by, as late after the write as this. */
  private void settle(BookingAnswer answer, Duration late) {
    tenancy.inClinic(
        scene.clinic(),
        () -> {
          jdbc.sql(
                  "UPDATE booking_attempts SET settle_at = created_at,"
                      + " sent_at = sent_at - make_interval(secs => ?) WHERE id = ?")
              .params(late.toSeconds(), answer.attempt())
              .update();
        });
    settling.wake(scene.clinic());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                bookings.find(scene.clinic(), answer.attempt(), null).orElseThrow().answer()
                    != null);
  }

  private void failing(Fault fault) {
    stage
        .sandbox()
        .faults()
        .set(fault.onAccount(scene.emrAccount()).onMethod("PUT").onPath("/book"));
  }

  @Test
  void oneTimeIsOneAppointmentUnderOneIdUntilItIsCancelled() {
    BookingAnswer booked = bookings.book(connection, wish(start, 0), key("one"));
    assertThat(booked.code()).isEqualTo(Code.BOOKED);
    assertThat(bookings.book(connection, wish(start, 1), key("two")).code())
        .isEqualTo(Code.SLOT_TAKEN);
    assertThat(at(start, "booked")).hasSize(1);
    String id = booked.appointment().id();
    Instant later = start.plus(Duration.ofHours(1));
    BookingAnswer moved =
        bookings.reschedule(
            connection, new Reschedule(id, later, null, null, null, null, false), key("three"));
    assertThat(moved.code()).isEqualTo(Code.RESCHEDULED);
    assertThat(moved.appointment().id()).isEqualTo(id);
    assertThat(at(start, "booked")).isEmpty();
    BookingAnswer cancelled =
        bookings.cancel(connection, new Cancel(id, Reason.SICK, null, false, false), key("four"));
    assertThat(cancelled.code()).isEqualTo(Code.CANCELLED);
    assertThat(at(later, "cancelled")).hasSize(1);
    assertThat(at(start, "reserved")).isEmpty();
  }

  @Test
  void aBookingWhoseAnswerIsLostIsFoundAndStaysTheOnlyOne() {
    failing(Fault.of(FaultKind.LOST_ANSWER));
    BookingAnswer answer = bookings.book(connection, wish(start, 0), key("lost"));
    assertThat(answer.code()).isEqualTo(Code.UNKNOWN);
    stage.sandbox().faults().clear();
    settle(answer, Duration.ZERO);
    BookingAnswer again = bookings.book(connection, wish(start, 0), key("lost"));
    assertThat(again.code()).isEqualTo(Code.BOOKED);
    assertThat(at(start, "booked"))
        .singleElement()
        .matches(each -> each.path("id").asText().equals(again.appointment().id()));
  }

  @Test
  void aHoldThatWasNeverBookedIsLetGoAndTheTimeCanBeBookedAnew() {
    failing(Fault.status(503));
    BookingAnswer answer = bookings.book(connection, wish(start, 0), key("down"));
    assertThat(answer.code()).isEqualTo(Code.UNKNOWN);
    assertThat(at(start, "reserved")).hasSize(1);
    stage.sandbox().faults().clear();
    settle(answer, Duration.ofSeconds(91));
    assertThat(at(start, "reserved")).isEmpty();
    assertThat(at(start, "booked")).isEmpty();
    assertThat(bookings.book(connection, wish(start, 0), key("down")).code())
        .isEqualTo(Code.BOOKED);
    assertThat(at(start, "booked")).hasSize(1);
  }

  @Test
  void whatIsRefusedAfterTheHoldLeavesNothing() {
    failing(Fault.status(422));
    assertThat(bookings.book(connection, wish(start, 0), key("no")).code()).isEqualTo(Code.FAILED);
    assertThat(at(start, "reserved")).isEmpty();
    assertThat(at(start, "never_booked")).hasSize(1);
  }
}
