package io.clinicsync.api;

import static io.clinicsync.api.BridgedClinic.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.bridge.BridgeInTests;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlGrant;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.LogEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** What no webhook told of is found in the calendar; GoHighLevel sends none in these tests. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class CalendarLookTests {

  @Autowired private ApplicationContext context;

  private BridgedClinic clinic;

  @BeforeEach
  void aClinicWithBothItsVendors() {
    clinic = new BridgedClinic(context);
  }

  @AfterEach
  void healthy() {
    clinic.stage.sandbox().faults().clear();
  }

  /** Every row of the bridge with the transaction that wrote it. */
  private List<Map<String, Object>> written() {
    return clinic.rows(
        """
        SELECT 'a' AS kind, ghl_appointment_id AS id, xmin::text AS by FROM bridge_appointments
        UNION ALL SELECT 'l', ghl_appointment_id, xmin::text FROM bridge_looks
        UNION ALL SELECT 'c', id::text, xmin::text FROM bridge_calls
        UNION ALL SELECT 'm', calendar_id, xmin::text FROM bridge_calendars ORDER BY 1, 2
        """);
  }

  /** Looks once more, which makes one call to GoHighLevel, none to the EMR, and writes nothing. */
  private void looksInVain() {
    List<Map<String, Object>> before = written();
    long mark = clinic.mark();
    clinic.look();
    assertThat(clinic.stage.sandbox().log().since(mark))
        .filteredOn(each -> each.account().equals(clinic.location.id()))
        .filteredOn(each -> !isOfAContact(each))
        .extracting(LogEntry::kind)
        .containsExactly(LogEntry.Kind.READ);
    assertThat(clinic.stage.sandbox().log().since(mark))
        .filteredOn(each -> each.account().equals(clinic.clinic.cliniko.name()))
        .isEmpty();
    assertThat(written()).isEqualTo(before);
  }

  /** Facts that follow a booking are written to contacts meanwhile. */
  private static boolean isOfAContact(LogEntry entry) {
    return !entry.operation().contains("calendars");
  }

  @Test
  void withoutWebhooksWhatPeopleDoInTheCalendarReachesTheEmr() {
    clinic.mapCalendar();
    assertThat(BridgeInTests.looksAt(context, clinic.clinic.id())).isTrue();
    String appointment = clinic.inGhl(0);
    clinic.look();
    clinic.standsAt(0);
    looksInVain();

    clinic.moveInGhl(appointment, 2);
    clinic.look();
    clinic.standsAt(2);

    clinic.location.edits().setStatus(appointment, "cancelled");
    clinic.look();
    assertThat(clinic.standing()).isEmpty();
    looksInVain();

    String other = clinic.inGhl(1);
    clinic.look();
    clinic.standsAt(1);
    clinic.location.edits().deleteAppointment(other);
    clinic.look();
    assertThat(clinic.standing()).as("deleted for good").isEmpty();
    looksInVain();
    assertThat(clinic.get("hook-calls").body().path("items").findValuesAsText("code"))
        .containsExactly("cancelled", "booked", "cancelled", "rescheduled", "booked");
    assertThat(clinic.get("hook-calls").text("/items/0/path")).isEqualTo("calendar");
  }

  @Test
  void whatAWorkflowBroughtIsKnownAndALaterChangeIsFound() {
    clinic.mapCalendar();
    String appointment = clinic.inGhl(0);
    ok(clinic.call("/bookAppt", appointment));
    looksInVain();
    clinic.moveInGhl(appointment, 2);
    clinic.look();
    clinic.standsAt(2);
  }

  @Test
  void whatWeToldBackDoesNothing() {
    clinic.mapCalendar();
    clinic
        .stage
        .bean(GhlAccounts.class)
        .connect(
            clinic.clinic.id(),
            new GhlGrant(
                clinic.ghl.secret(),
                null,
                Duration.ofDays(1),
                Set.of(),
                false,
                clinic.ghl.id(),
                null,
                null),
            clinic.ghl.base());
    clinic.blockInEmr(0);
    String appointment = clinic.inGhl(0);
    clinic.look();
    assertThat(clinic.ghlStatus(appointment)).isEqualTo("cancelled");
    assertThat(clinic.location.truth()).contains("booking-refused");
    looksInVain();

    String moved = clinic.inGhl(1);
    clinic.look();
    clinic.standsAt(1);
    clinic.moveInGhl(moved, 0);
    clinic.look();
    clinic.standsAt(1);
    looksInVain();
  }

  @Test
  void whatWasThereBeforeTheCalendarWasMappedIsLeftUntilItChanges() {
    String old = clinic.inGhl(0);
    clinic.mapCalendar();
    looksInVain();
    assertThat(clinic.standing()).isEmpty();
    clinic.mapCalendar();
    clinic.moveInGhl(old, 2);
    clinic.look();
    clinic.standsAt(2);
  }

  @Test
  void aCalendarThatIsMappedAnewLosesNothing() {
    clinic.mapCalendar();
    clinic.inGhl(0);
    clinic.mapCalendar();
    clinic.look();
    clinic.standsAt(0);
  }

  @Test
  void whatCannotBeBookedIsJudgedOnceAndAgainWhenItChanges() {
    clinic.mapCalendar();
    String nameless = clinic.location.edits().createContact(Map.of("phone", "+61491570156"));
    String appointment = clinic.location.edits().book(nameless, clinic.start(0), clinic.end(0));
    clinic.look();
    assertThat(clinic.standing()).isEmpty();
    assertThat(clinic.ghlStatus(appointment)).as("nothing was refused").isEqualTo("confirmed");
    assertThat(clinic.rows("SELECT * FROM bridge_looks")).hasSize(1);
    looksInVain();

    clinic
        .location
        .edits()
        .editContact(
            nameless,
            Map.of("firstName", "Bo", "lastName", "Quill", "email", "bo.quill@example.org"));
    clinic.moveInGhl(appointment, 2);
    clinic.look();
    assertThat(clinic.get("hook-calls").body().path("items").findValuesAsText("code"))
        .startsWith("booked");
    clinic.standsAt(2);
  }

  @Test
  void whatCouldNotBeReadIsFoundByTheNextLook() {
    clinic.mapCalendar();
    String first = clinic.inGhl(0);
    clinic.stage.sandbox().faults().set(Fault.status(403).onAccount(clinic.location.id()));
    clinic.look();
    assertThat(written()).as("only the mapping").hasSize(1);
    clinic.stage.sandbox().faults().clear();
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.status(403)
                .onAccount(clinic.location.id())
                .onPath("/calendars/events/appointments"));
    clinic.look();
    assertThat(clinic.rows("SELECT * FROM bridge_looks")).isEmpty();
    clinic.stage.sandbox().faults().clear();
    clinic.look();
    clinic.standsAt(0);
    assertThat(clinic.ghlStatus(first)).isEqualTo("confirmed");
  }

  @Test
  void calendarsThatLeaveAnythingToAWorkflowAreNotLookedAt() {
    String calendar =
        clinic.path(
            "connections/"
                + clinic.clinic.connection
                + "/calendars/"
                + clinic.location.calendarId());
    String treatment = clinic.openings.getFirst().path("treatment").asText();
    clinic.clinic.organisation.put(calendar, "{\"treatment\": \"" + treatment + "\"}");
    clinic.inGhl(0);
    long mark = clinic.mark();
    clinic.look();
    assertThat(BridgeInTests.looksAt(context, clinic.clinic.id())).isFalse();

    clinic.mapCalendar();
    clinic.clinic.organisation.put(calendar, "{\"treatment\": \"" + treatment + "\"}");
    clinic.look();
    clinic.mapCalendar();
    clinic.clinic.organisation.delete(
        clinic.path("connections/" + clinic.clinic.connection + "/entitlements/booking"));
    clinic.look();
    assertThat(clinic.since(mark, LogEntry.Kind.READ, clinic.location.id()))
        .filteredOn(each -> !isOfAContact(each))
        .isEmpty();
    assertThat(clinic.standing()).isEmpty();
  }
}
