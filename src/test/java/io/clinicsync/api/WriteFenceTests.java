package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.LogEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Whoever lost the hold of a time while the EMR was slow writes nothing any more. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class WriteFenceTests {

  private static final String BOOKINGS = "/api/v1/bookings";
  private static final String EXPIRED = "expires_at = now() - interval '1 second'";
  private static final String ANOTHERS = "attempt_id = gen_random_uuid()";

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private List<JsonNode> openings;

  @BeforeEach
  void aLoadedClinic() {
    clinic = new BookableClinic(context);
    openings = clinic.openings();
  }

  @AfterEach
  void healthy() {
    clinic.stage.sandbox().faults().clear();
  }

  private Answer book(JsonNode opening, String key) {
    String body =
        "{\"patient\": {\"id\": \""
            + clinic.patient(0).path("id").asText()
            + "\"}, "
            + BookableClinic.time(opening)
            + "}";
    return clinic.caller.send("POST", BOOKINGS, body, "application/json", "Idempotency-Key", key);
  }

  /** A call whose hold is lost while the EMR's diary is being read. */
  private Answer losing(String what, Callable<Answer> call) throws Exception {
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.of(FaultKind.LATENCY)
                .onAccount(clinic.cliniko.name())
                .onMethod("GET")
                .onPath("/bookings")
                .times(1)
                .amount(2500));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> answer = threads.submit(call);
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  clinic.sql(
                          "UPDATE booking_holds SET " + what + " WHERE what LIKE 'practitioner:%'")
                      == 1);
      return answer.get();
    } finally {
      clinic.stage.sandbox().faults().clear();
    }
  }

  private List<LogEntry> writesSince(long mark) {
    return clinic.stage.sandbox().log().since(clinic.cliniko.name(), mark).stream()
        .filter(each -> !each.operation().startsWith("GET"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {EXPIRED, ANOTHERS})
  void aBookingWhoseHoldIsLostIsNotSent(String lost) throws Exception {
    long mark = clinic.stage.sandbox().log().lastSeq();
    Answer answer = losing(lost, () -> book(openings.getFirst(), "slow"));
    assertThat(answer.text("/code")).as(answer.raw().body()).isEqualTo("unknown");
    assertThat(writesSince(mark)).isEmpty();
    String booking = answer.text("/booking");
    clinic.stage.settle(clinic.clinic, clinic.caller, booking);
    assertThat(clinic.caller.get(BOOKINGS + "/" + booking).text("/result/code"))
        .isEqualTo("emr_unavailable");
    assertThat(writesSince(mark)).isEmpty();
    clinic.sql("DELETE FROM booking_holds");
    assertThat(book(openings.getFirst(), "slow").status())
        .as("the key is free again")
        .isEqualTo(201);
  }

  @Test
  void aMoveWhoseHoldIsLostIsNotSent() throws Exception {
    Answer booked = book(openings.getFirst(), "first");
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    String to =
        openings.stream()
            .filter(
                each -> each.path("practitioner").equals(openings.getFirst().path("practitioner")))
            .toList()
            .getLast()
            .path("starts_at")
            .asText();
    long mark = clinic.stage.sandbox().log().lastSeq();
    Answer moved =
        losing(
            EXPIRED,
            () ->
                clinic.caller.post(
                    BOOKINGS + "/" + booked.text("/booking") + "/reschedule",
                    "{\"starts_at\": \"" + to + "\"}"));
    assertThat(moved.text("/code")).as(moved.raw().body()).isEqualTo("unknown");
    assertThat(writesSince(mark)).isEmpty();
  }
}
