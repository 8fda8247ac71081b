package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.vault.OpenedSecrets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Opening credentials may ask a key service, so it is done while no transaction waits for it. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class OpenedCredentialsTests {

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private List<JsonNode> openings;
  private long before;

  @BeforeEach
  void aLoadedClinic() {
    clinic = new BookableClinic(context);
    openings = clinic.openings();
    before = OpenedSecrets.outside(clinic.id());
  }

  @AfterEach
  void healthy() {
    clinic.stage.sandbox().faults().clear();
  }

  private void onlyOutside() {
    assertThat(OpenedSecrets.within(clinic.id())).isZero();
    assertThat(OpenedSecrets.outside(clinic.id())).as("somebody looks").isGreaterThan(before);
  }

  private Answer book() {
    return clinic.caller.post(
        "/api/v1/bookings",
        "{\"patient\": {\"id\": \""
            + clinic.patient(0).path("id").asText()
            + "\"}, "
            + BookableClinic.time(openings.getFirst())
            + "}");
  }

  @Test
  void forReadingAndLookingForTimes() {
    clinic.read();
    clinic.openings();
    onlyOutside();
  }

  @Test
  void forHoldsBookingsMovesAndCancellations() {
    Answer held =
        clinic.caller.post("/api/v1/holds", "{" + BookableClinic.time(openings.getLast()) + "}");
    assertThat(held.status()).as(held.raw().body()).isEqualTo(201);
    Answer booked = book();
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    String booking = "/api/v1/bookings/" + booked.text("/booking");
    String other =
        openings.stream()
            .filter(
                each -> each.path("practitioner").equals(openings.getFirst().path("practitioner")))
            .skip(5)
            .findFirst()
            .orElseThrow()
            .path("starts_at")
            .asText();
    Answer moved =
        clinic.caller.post(booking + "/reschedule", "{\"starts_at\": \"" + other + "\"}");
    assertThat(moved.status()).as(moved.raw().body()).isEqualTo(200);
    assertThat(clinic.caller.post(booking + "/cancel", "{}").status()).isEqualTo(200);
    onlyOutside();
  }

  @Test
  void forFindingOutWhatBecameOfABooking() {
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(clinic.cliniko.name())
                .onMethod("GET")
                .onPath("/bookings")
                .fromCall(2));
    Answer open = book();
    assertThat(open.status()).as(open.raw().body()).isEqualTo(202);
    clinic.stage.sandbox().faults().clear();
    before = OpenedSecrets.outside(clinic.id());
    clinic.stage.settle(clinic.clinic, clinic.caller, open.text("/booking"));
    onlyOutside();
  }
}
