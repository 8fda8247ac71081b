package io.clinicsync.api;

import static io.clinicsync.api.BridgedClinic.ok;
import static io.clinicsync.api.BridgedClinic.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.Faults;
import io.clinicsync.sandbox.server.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** What GoHighLevel does not show is cancelled only where it is certain that it was removed. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class OtherSubAccountTests {

  private static final String WAITING =
      "SELECT turn FROM bridge_appointments WHERE stage <> 'DONE' OR again";

  @Autowired private ApplicationContext context;

  private BridgedClinic clinic;

  @BeforeEach
  void aMappedCalendar() {
    clinic = new BridgedClinic(context);
    clinic.mapCalendar();
  }

  private void connect(SandboxServer.Account account) {
    clinic
        .stage
        .bean(GhlAccounts.class)
        .connect(clinic.clinic.id(), account.id(), account.secret(), account.base());
  }

  /** A workflow calls about an appointment that it may not find any more. */
  private Answer call(String location, String appointment) {
    return clinic.workflow.post(
        "/cancel_appt",
        """
        {"location": {"id": "%s"}, "calendar": {"appointmentId": "%s"}}"""
            .formatted(location, appointment));
  }

  /** Changes the bridge's rows, as a crash or an older version would have left them. */
  private void left(String sets) {
    assertThat(clinic.rows("UPDATE bridge_appointments SET " + sets + " RETURNING turn"))
        .isNotEmpty();
  }

  private void leftOpen() {
    left("stage = 'OPEN', due_at = now() - interval '1 minute'");
  }

  @Test
  void anotherSubAccountCancelsNothingInTheEmr() {
    String appointment = clinic.inGhl(0);
    clinic.look();
    clinic.standsAt(0);
    SandboxServer.Account other = clinic.stage.ghl();
    connect(other);
    clinic.look();
    clinic.standsAt(0);
    refused(call(other.id(), appointment), 404, "not_confirmed");
    clinic.standsAt(0);

    connect(clinic.ghl);
    clinic.location.edits().deleteAppointment(appointment);
    clinic.look();
    assertThat(clinic.standing()).as("removed where it was").isEmpty();
  }

  @Test
  void whatWasBegunInAnotherSubAccountWaitsUntilItIsConnectedAgain() {
    String appointment = clinic.inGhl(0);
    clinic.look();
    clinic.moveInGhl(appointment, 2);
    leftOpen();
    connect(clinic.stage.ghl());
    clinic.work();
    clinic.standsAt(0);
    assertThat(clinic.bridged()).containsEntry("stage", "OPEN");
    assertThat(clinic.get("errors").body().path("items"))
        .filteredOn(each -> each.path("code").asText().equals("sub_account_left"))
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.path("connection").asText()).isEqualTo(clinic.clinic.connection);
              assertThat(error.path("affected").toString()).contains(appointment);
              assertThat(error.path("next_step").asText()).isNotBlank();
            });

    connect(clinic.ghl);
    assertThat(clinic.openErrors()).doesNotContain("sub_account_left");
    leftOpen();
    clinic.work();
    clinic.standsAt(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stage = 'OPEN'",
        "stage = 'REPORTING', code = 'slot_taken', untold_at = now()",
        "stage = 'DONE', again = true"
      })
  void whatWasBegunInAnotherSubAccountEndsOnceItsTimeHasPassed(String begun) {
    clinic.inGhl(0);
    clinic.look();
    left(begun + ", due_at = now() - interval '1 minute'");
    connect(clinic.stage.ghl());
    clinic.work();
    assertThat(clinic.openErrors()).contains("sub_account_left");
    assertThat(clinic.rows(WAITING)).hasSize(1);

    left("ends_at = now() - interval '1 minute', due_at = now() - interval '1 minute'");
    assertThat(clinic.openErrors()).doesNotContain("sub_account_left");
    clinic.work();
    assertThat(clinic.rows(WAITING)).as("looked at no more").isEmpty();
    assertThat(clinic.bridged()).containsEntry("untold_at", null);
    clinic.standsAt(0);
  }

  @Test
  void withoutASubAccountItWaitsVisiblyAndEndsOnceItsTimeHasPassed() {
    clinic.inGhl(0);
    clinic.look();
    leftOpen();
    clinic.stage.bean(GhlAccounts.class).disconnect(clinic.clinic.id());
    clinic.work();
    assertThat(clinic.bridged()).containsEntry("stage", "OPEN").containsEntry("tries", 1);
    assertThat(clinic.openErrors()).contains("sub_account_left");

    // One that never said its time has two months.
    left("ends_at = NULL, due_at = now() - interval '1 minute'");
    clinic.work();
    assertThat(clinic.rows(WAITING)).hasSize(1);
    left("created_at = now() - interval '61 days', due_at = now() - interval '1 minute'");
    clinic.work();
    assertThat(clinic.rows(WAITING)).isEmpty();
    assertThat(clinic.openErrors()).doesNotContain("sub_account_left");
    clinic.standsAt(0);
  }

  @Test
  void whoseSubAccountIsNotKnownIsNotCancelledForBeingAbsent() {
    String appointment = clinic.inGhl(0);
    clinic.look();
    left("location_id = NULL");
    clinic.location.edits().deleteAppointment(appointment);
    clinic.look();
    refused(call(clinic.location.id(), appointment), 404, "not_confirmed");
    leftOpen();
    clinic.work();
    left("stage = 'DONE', again = true, due_at = now() - interval '1 minute'");
    clinic.work();
    assertThat(clinic.bridged()).containsEntry("again", false);
    clinic.standsAt(0);
  }

  @Test
  void aLookThatFindsItSaysWhoseItIs() {
    String appointment = clinic.inGhl(0);
    clinic.look();
    left("location_id = NULL");
    clinic.look();
    assertThat(clinic.bridged()).containsEntry("location_id", clinic.location.id());
    clinic.location.edits().deleteAppointment(appointment);
    clinic.look();
    assertThat(clinic.standing()).isEmpty();
  }

  @Test
  void whatIsGoneInGreatNumberIsNotCancelledAndAPersonIsTold() {
    List<String> booked = new ArrayList<>();
    for (int opening = 0; opening < 7; opening++) {
      booked.add(clinic.inGhl(opening));
    }
    clinic.look();
    assertThat(clinic.standing()).hasSize(7);
    booked.subList(1, 7).forEach(clinic.location.edits()::deleteAppointment);
    clinic.look();
    clinic.look();
    assertThat(clinic.standing()).hasSize(7);
    assertThat(clinic.openErrors()).contains("calendar_emptied");
    assertThat(clinic.get("errors").body().at("/items").toString())
        .contains(clinic.location.calendarId());

    ok(call(clinic.location.id(), booked.get(6)));
    assertThat(clinic.standing()).hasSize(6);
    clinic.look();
    clinic.standsAt(0);
    assertThat(clinic.openErrors()).doesNotContain("calendar_emptied");
  }

  /** Seven appointments are gone at once, and a look found it. */
  private void emptied() {
    for (int opening = 0; opening < 7; opening++) {
      clinic.inGhl(opening);
    }
    clinic.look();
    assertThat(clinic.standing()).hasSize(7);
    for (Map<String, Object> each :
        clinic.rows("SELECT ghl_appointment_id AS id FROM bridge_appointments")) {
      clinic.location.edits().deleteAppointment(each.get("id").toString());
    }
    clinic.look();
    assertThat(clinic.openErrors()).contains("calendar_emptied");
  }

  @Test
  void aCalendarThatListsNothingWhileItsAppointmentsAreThereChangesNothing() {
    for (int opening = 0; opening < 7; opening++) {
      clinic.inGhl(opening);
    }
    clinic.look();
    Faults faults = clinic.stage.sandbox().faults();
    faults.set(
        Fault.of(FaultKind.EMPTY_LIST)
            .onAccount(clinic.location.id())
            .onMethod("GET")
            .onPath("/calendars/events\\?"));
    long mark = clinic.mark();
    try {
      clinic.look();
    } finally {
      faults.clear();
    }
    assertThat(clinic.since(mark, LogEntry.Kind.READ, clinic.location.id()))
        .filteredOn(each -> each.operation().contains("/calendars/events/appointments/"))
        .as("each was asked for by itself")
        .hasSizeGreaterThanOrEqualTo(7);
    assertThat(clinic.standing()).hasSize(7);
    assertThat(clinic.openErrors()).doesNotContain("calendar_emptied");
  }

  @Test
  void anEmptiedCalendarIsNoErrorAnyMoreOnceItsConnectionTakesNoBookings() {
    emptied();
    clinic.clinic.organisation.delete(
        clinic.path("connections/" + clinic.clinic.connection + "/entitlements/booking"));
    clinic.look();
    assertThat(clinic.openErrors()).doesNotContain("calendar_emptied");
    assertThat(clinic.standing()).hasSize(7);

    clinic.stage.mayBook(
        clinic.clinic.organisation, clinic.clinic.clinic, clinic.clinic.connection);
    clinic.look();
    assertThat(clinic.openErrors()).as("looked at again").contains("calendar_emptied");
    clinic.stage.bean(GhlAccounts.class).disconnect(clinic.clinic.id());
    clinic.look();
    assertThat(clinic.openErrors()).as("no sub-account").doesNotContain("calendar_emptied");
    assertThat(clinic.standing()).hasSize(7);
  }

  @Test
  void anEmptiedCalendarIsNoErrorAnyMoreOnceItsMappingIsAWorkflowsOrGone() {
    emptied();
    String calendar =
        clinic.path(
            "connections/"
                + clinic.clinic.connection
                + "/calendars/"
                + clinic.location.calendarId());
    clinic.clinic.organisation.put(
        calendar,
        "{\"treatment\": \"" + clinic.openings.getFirst().path("treatment").asText() + "\"}");
    clinic.mapCalendar();
    assertThat(clinic.openErrors()).as("mapped anew").doesNotContain("calendar_emptied");
    clinic.look();
    assertThat(clinic.openErrors()).contains("calendar_emptied");
    clinic.clinic.organisation.delete(calendar);
    assertThat(clinic.openErrors()).doesNotContain("calendar_emptied");
    assertThat(clinic.standing()).hasSize(7);
  }
}
