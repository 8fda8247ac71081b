package io.clinicsync.api;

import static io.clinicsync.api.BridgedClinic.ok;
import static io.clinicsync.api.BridgedClinic.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.booking.BookingSweep;
import io.clinicsync.booking.BusyConnection;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.tenancy.ClinicWorkers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.TestPropertySource;

/**
 * What becomes of GoHighLevel's appointments while it, or the EMR, fails; on a clock of its own.
 */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
@TestPropertySource(properties = "clinicsync.hooks.patience=1s")
@Order(16)
class HookFailureTests {

  /** More than the tries after which something is given up. */
  private static final int MANY = 40;

  /** Time that tests push forward. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Time {
    @Bean
    @Primary
    SandboxClock movableClock() {
      return new SandboxClock(Clock.systemUTC());
    }
  }

  @Autowired private ApplicationContext context;
  @Autowired private SandboxClock clock;

  private BridgedClinic clinic;

  @BeforeEach
  void aClinicWithBothItsVendors() {
    clinic = new BridgedClinic(context);
  }

  @AfterEach
  void healthy() {
    clinic.stage.sandbox().faults().clear();
    clock.reset();
  }

  private void fails(Fault fault) {
    clinic.stage.sandbox().faults().set(fault);
  }

  private void heals() {
    clinic.stage.sandbox().faults().clear();
  }

  private Fault ghl(Fault fault) {
    return fault.onAccount(clinic.location.id());
  }

  private Fault emr(Fault fault) {
    return fault.onAccount(clinic.clinic.cliniko.name());
  }

  private void later(Duration time) {
    clock.advance(time);
    clinic.work();
  }

  private static void await(org.awaitility.core.ThrowingRunnable what) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(what);
  }

  @Test
  void whatIsToldAgainWhileItCannotBeReadIsDoneOnceItCan() throws Exception {
    String appointment = clinic.inGhl(0);
    fails(
        emr(Fault.of(FaultKind.LATENCY).amount(6000))
            .onMethod("POST")
            .onPath("individual_appointments")
            .times(1));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> booking = threads.submit(() -> clinic.call("/bookAppt", appointment));
      // Before that it would be booked where it was moved to.
      await(
          () ->
              assertThat(clinic.rows("SELECT id FROM booking_attempts WHERE state = 'WRITING'"))
                  .hasSize(1));
      clinic.moveInGhl(appointment, 2);
      Future<Answer> moving = threads.submit(() -> clinic.call("/update_appt", appointment));
      await(() -> assertThat(clinic.bridged()).containsEntry("again", true));
      fails(ghl(Fault.status(503)).onMethod("GET").onPath("/calendars/events/appointments"));
      assertThat(ok(booking.get()).text("/code")).isEqualTo("booked");
      refused(moving.get(), 500, "in_progress");
    }
    clinic.standsAt(0);
    for (int tries = 0; tries < 3; tries++) {
      later(Duration.ofSeconds(30));
      assertThat(clinic.bridged()).containsEntry("again", true).containsEntry("stage", "DONE");
    }

    heals();
    later(Duration.ofMinutes(6));
    clinic.standsAt(2);
    assertThat(clinic.bridged()).containsEntry("again", false).containsEntry("code", "rescheduled");
    long mark = clinic.mark();
    later(Duration.ofMinutes(6));
    assertThat(clinic.emrWrites(mark)).as("once").isEmpty();
  }

  @Test
  void whatStandsInTheEmrIsNeverGivenUp() {
    String appointment = clinic.inGhl(0);
    ok(clinic.call("/bookAppt", appointment));
    clinic.moveInGhl(appointment, 2);
    fails(emr(Fault.status(503)));
    assertThat(clinic.call("/update_appt", appointment).status()).isEqualTo(500);
    for (int tries = 0; tries < MANY; tries++) {
      later(Duration.ofSeconds(21));
    }
    assertThat(clinic.bridged()).containsEntry("stage", "OPEN");
    assertThat((int) clinic.bridged().get("tries")).isGreaterThanOrEqualTo(30);
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("confirmed");
    assertThat(clinic.location.truth()).doesNotContain("booking-refused");

    heals();
    later(Duration.ofMinutes(6));
    clinic.standsAt(2);
  }

  @Test
  void aMoveThatWasRefusedAndCannotBeToldLeavesTheAppointmentWhereItIs() {
    String appointment = clinic.inGhl(0);
    ok(clinic.call("/bookAppt", appointment));
    clinic.blockInEmr(3);
    clinic.moveInGhl(appointment, 3);
    fails(ghl(Fault.status(503)).onMethod("PUT").onPath("/calendars"));
    refused(clinic.call("/update_appt", appointment), 422, "slot_taken");
    for (int tries = 0; tries < MANY; tries++) {
      later(Duration.ofSeconds(21));
    }
    clinic.standsAt(0);
    assertThat(clinic.openErrors()).contains("refusal_untold");

    heals();
    clinic.location.edits().setStatus(appointment, "cancelled");
    assertThat(ok(clinic.call("/cancel_appt", appointment)).text("/code")).isEqualTo("cancelled");
    assertThat(clinic.standing()).isEmpty();
    assertThat(clinic.openErrors()).doesNotContain("refusal_untold");
  }

  @Test
  void aRefusalThatGhlDoesNotTakeIsAnOpenErrorUntilItIsTold() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    fails(ghl(Fault.status(503)).onMethod("PUT").onPath("/calendars"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    assertThat(clinic.openErrors()).as("it is tried again first").doesNotContain("refusal_untold");
    for (int tries = 0; tries < 20; tries++) {
      later(Duration.ofSeconds(21));
    }
    assertThat(clinic.bridged()).containsEntry("stage", "REPORTING");
    for (int tries = 20; tries < MANY; tries++) {
      later(Duration.ofSeconds(21));
    }
    JsonNode error = clinic.get("errors").body().at("/items/0");
    assertThat(error.path("code").asText()).isEqualTo("refusal_untold");
    assertThat(error.path("connection").asText()).isEqualTo(clinic.clinic.connection);
    assertThat(error.path("affected").toString()).contains(appointment);

    int tries = (int) clinic.bridged().get("tries");
    for (int minutes = 0; minutes < 60; minutes++) {
      later(Duration.ofMinutes(1));
    }
    assertThat((int) clinic.bridged().get("tries") - tries).as("rarely").isBetween(3, 4);
    String since = error.path("first_seen").asText();
    assertThat(clinic.get("errors").body().at("/items/0/first_seen").asText()).isEqualTo(since);

    heals();
    long mark = clinic.mark();
    later(Duration.ofMinutes(16));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE").containsEntry("untold_at", null);
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
    assertThat(clinic.location.truth()).contains("booking-refused");
    assertThat(clinic.openErrors()).doesNotContain("refusal_untold");
    assertThat(clinic.standing()).isEmpty();
    later(Duration.ofMinutes(16));
    later(Duration.ofMinutes(16));
    toldOnce(mark);
  }

  /** Cancelled, tagged and noted, each by one call. */
  private void toldOnce(long mark) {
    assertThat(written(mark, "/calendars/events/appointments")).as("cancelled").isEqualTo(1);
    assertThat(written(mark, clinic.contact + "/tags")).as("tagged").isEqualTo(1);
    assertThat(written(mark, clinic.contact + "/notes")).as("noted").isEqualTo(1);
  }

  @Test
  void whatWasHalfToldIsToldToItsEndAndNoPartTwice() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    long mark = clinic.mark();
    fails(ghl(Fault.status(422)).onMethod("POST").onPath("/tags"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
    assertThat(clinic.location.truth()).doesNotContain("booking-refused");
    assertThat(clinic.openErrors()).contains("refusal_untold");
    later(Duration.ofMinutes(16));
    assertThat(clinic.bridged()).containsEntry("stage", "REPORTING").containsEntry("tries", 2);

    heals();
    later(Duration.ofMinutes(16));
    assertThat(clinic.openErrors()).doesNotContain("refusal_untold");
    later(Duration.ofMinutes(16));
    assertThat(clinic.location.truth()).contains("booking-refused");
    toldOnce(mark);
  }

  @Test
  void whereNobodyIsThereAnyMoreNothingStaysUntold() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    fails(ghl(Fault.status(404)).onMethod("POST").onPath("/tags"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    assertThat(clinic.bridged()).containsEntry("stage", "DONE").containsEntry("untold_at", null);
    assertThat(clinic.openErrors()).doesNotContain("refusal_untold");
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
  }

  @Test
  void whatGhlRefusesToBeToldIsAnOpenErrorAtOnceAndToldOnceItTakesIt() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    fails(ghl(Fault.status(422)).onMethod("PUT").onPath("/calendars"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    assertThat(clinic.openErrors()).contains("refusal_untold");
    assertThat(clinic.bridged()).containsEntry("stage", "REPORTING").containsEntry("tries", 1);
    heals();
    later(Duration.ofMinutes(16));
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
    assertThat(clinic.openErrors()).doesNotContain("refusal_untold");
  }

  @Test
  void whatCouldNotBeToldUntilItsTimeHasPassedIsToldNoMore() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    fails(ghl(Fault.status(422)).onMethod("PUT").onPath("/calendars"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    later(Duration.between(clock.instant(), clinic.end(0)).plusMinutes(1));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE");
    assertThat(clinic.openErrors()).doesNotContain("refusal_untold");
  }

  @Test
  void whatIsGivenUpIsToldHoweverLongItWasTried() {
    String appointment = clinic.inGhl(0);
    fails(emr(Fault.status(503)));
    fails(ghl(Fault.status(503)).onMethod("PUT").onPath("/calendars"));
    assertThat(clinic.call("/bookAppt", appointment).status()).isEqualTo(500);
    for (int tries = 0; tries < MANY && clinic.bridged().get("stage").equals("OPEN"); tries++) {
      later(Duration.ofSeconds(21));
    }
    for (int tries = 0; tries < 5; tries++) {
      assertThat(clinic.bridged())
          .containsEntry("code", "emr_unavailable")
          .containsEntry("stage", "REPORTING");
      later(Duration.ofSeconds(21));
    }

    heals();
    later(Duration.ofMinutes(6));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE").containsEntry("untold_at", null);
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
    assertThat(clinic.standing()).isEmpty();
  }

  /** Waiting for GoHighLevel is no reason to give up at the EMR's first failure. */
  @Test
  void whoWaitedForGhlIsBookedOnceTheEmrAnswers() {
    String appointment = clinic.inGhl(0);
    fails(emr(Fault.status(503)));
    assertThat(clinic.call("/bookAppt", appointment).status()).isEqualTo(500);
    fails(ghl(Fault.status(503)).onMethod("GET").onPath("/calendars"));
    for (int tries = 0; tries < MANY; tries++) {
      later(Duration.ofSeconds(21));
    }
    assertThat((int) clinic.bridged().get("tries")).isGreaterThan(30);

    heals();
    fails(emr(Fault.status(503)));
    later(Duration.ofMinutes(6));
    assertThat(clinic.bridged()).containsEntry("stage", "OPEN");
    assertThat(clinic.ghlStatus(appointment)).isNotEqualTo("cancelled");

    heals();
    later(Duration.ofMinutes(6));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE").containsEntry("code", "booked");
  }

  /** However long its clinic is too busy, a booking is later and not refused. */
  @Test
  void aBusyClinicsBookingIsLaterAndNeverGivenUp() {
    String appointment = clinic.inGhl(0);
    ConnectionId connection = new ConnectionId(UUID.fromString(clinic.clinic.connection));
    try (BusyConnection busy = new BusyConnection(context, connection)) {
      refused(clinic.call("/bookAppt", appointment), 500, "rate_limited");
      for (int tries = 0; tries < MANY; tries++) {
        later(Duration.ofSeconds(21));
      }
      assertThat(clinic.bridged()).containsEntry("stage", "OPEN").containsEntry("emr_tries", 0);
      assertThat(clinic.ghlStatus(appointment)).isNotEqualTo("cancelled");
    }
    later(Duration.ofMinutes(6));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE").containsEntry("code", "booked");
  }

  /** What stands in the EMR is not forgotten while the clinic may not book. */
  @Test
  void aCancellationWaitsUntilTheClinicMayBookAgain() {
    String appointment = clinic.inGhl(0);
    assertThat(clinic.call("/bookAppt", appointment).status()).isEqualTo(200);
    clinic.location.edits().setStatus(appointment, "cancelled");
    fails(emr(Fault.status(503)));
    assertThat(clinic.call("/cancel_appt", appointment).status()).isEqualTo(500);
    clinic.mayBook("{\"from\": \"2020-01-01T00:00:00Z\", \"until\": \"2020-02-01T00:00:00Z\"}");
    heals();
    later(Duration.ofMinutes(6));
    assertThat(clinic.standing()).hasSize(1);
    assertThat(clinic.bridged()).containsEntry("stage", "OPEN");

    clinic.mayBook("{}");
    later(Duration.ofMinutes(61));
    assertThat(clinic.standing()).isEmpty();
    assertThat(clinic.bridged()).containsEntry("stage", "DONE");
  }

  @Test
  void aTagThatFailsComesLaterAndTheNoteOnce() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    long mark = clinic.mark();
    fails(ghl(Fault.status(503)).onMethod("POST").onPath("/tags"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
    assertThat(clinic.location.truth()).doesNotContain("booking-refused", "This time is taken.");
    later(Duration.ofSeconds(30));
    assertThat(clinic.bridged()).containsEntry("stage", "REPORTING");

    heals();
    // Longer than a breaker stays open.
    later(Duration.ofMinutes(6));
    later(Duration.ofMinutes(6));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE");
    assertThat(clinic.location.truth()).contains("booking-refused");
    assertThat(written(mark, clinic.contact + "/tags")).isEqualTo(1);
    assertThat(written(mark, clinic.contact + "/notes")).isEqualTo(1);
    assertThat(written(mark, "/calendars/events/appointments")).as("cancelled once").isEqualTo(1);
  }

  @Test
  void aNoteWhoseAnswerIsLostIsNotWrittenTwice() {
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    fails(ghl(Fault.of(FaultKind.LOST_ANSWER)).onMethod("POST").onPath("/notes"));
    refused(clinic.call("/bookAppt", appointment), 422, "slot_taken");
    heals();
    later(Duration.ofMinutes(6));
    later(Duration.ofMinutes(6));
    assertThat(clinic.bridged()).containsEntry("stage", "DONE");
    assertThat(clinic.location.truth().split("Free instead", -1)).as("one note").hasSize(2);
  }

  private long written(long mark, String what) {
    return clinic.ghlWrites(mark).stream().filter(each -> each.operation().contains(what)).count();
  }

  @Test
  void whileABookingIsOpenAnEmrThatFailsIsAskedAgainEveryTwentySeconds() {
    String appointment = clinic.inGhl(0);
    fails(emr(Fault.status(503)).onMethod("GET").onPath("/bookings").fromCall(2));
    refused(clinic.call("/bookAppt", appointment), 500, "unknown");
    clock.advance(Duration.ofMinutes(2));
    assertThat(BookingSweep.settle(context, clinic.clinic.id())).isEqualTo("UNKNOWN");
    for (int looks = 0; looks < 3; looks++) {
      assertThat(BookingSweep.isDue(context, clinic.clinic.id())).as("not at once").isFalse();
      clock.advance(Duration.ofSeconds(21));
      assertThat(BookingSweep.isDue(context, clinic.clinic.id())).as("soon").isTrue();
      assertThat(BookingSweep.settle(context, clinic.clinic.id())).isEqualTo("UNKNOWN");
    }

    heals();
    // Longer than a breaker stays open.
    clock.advance(Duration.ofMinutes(6));
    assertThat(BookingSweep.settle(context, clinic.clinic.id())).isEqualTo("DONE");
    clinic.standsAt(0);
  }

  @Test
  void whatIsCancelledWhileItsBookingIsOpenIsCancelledInTheEndToo() {
    String appointment = clinic.inGhl(0);
    fails(emr(Fault.status(503)).onMethod("GET").onPath("/bookings").fromCall(2));
    refused(clinic.call("/bookAppt", appointment), 500, "unknown");
    clinic.location.edits().setStatus(appointment, "cancelled");
    refused(clinic.call("/cancel_appt", appointment), 500, "in_progress");
    later(Duration.ofSeconds(30));
    assertThat(clinic.standing()).as("not settled, so not touched").hasSize(1);

    heals();
    clock.advance(Duration.ofMinutes(2));
    context.getBean("settlingWorkers", ClinicWorkers.class).wake(clinic.clinic.id());
    await(
        () ->
            assertThat(clinic.rows("SELECT state FROM booking_attempts"))
                .extracting(each -> each.get("state"))
                .containsOnly("DONE"));
    later(Duration.ofSeconds(30));
    assertThat(clinic.standing()).isEmpty();
    assertThat(ok(clinic.call("/cancel_appt", appointment)).text("/code")).isEqualTo("cancelled");
    assertThat(clinic.rows("SELECT * FROM bridge_appointments")).hasSize(1);
    assertThat(List.of(clinic.ghlStatus(appointment))).containsExactly("cancelled");
  }
}
