package io.clinicsync.api;

import static io.clinicsync.api.MirroredCalendar.awaits;
import static io.clinicsync.api.MirroredCalendar.end;
import static io.clinicsync.api.MirroredCalendar.span;
import static io.clinicsync.api.MirroredCalendar.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.ghl.GhlWebhooks.Signed;
import io.clinicsync.sandbox.server.LogEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The EMR's diary in GoHighLevel's calendars, over HTTP. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
@Order(17)
class MirrorTests {

  @Autowired private ApplicationContext context;

  private MirroredCalendar calendar;

  @DynamicPropertySource
  static void trustsTheSandbox(DynamicPropertyRegistry settings) {
    settings.add("clinicsync.ghl.webhooks.keys", ApiStage::webhookKey);
    settings.add("clinicsync.ghl.client-id", () -> GhlSimulator.CLIENT_ID);
  }

  @BeforeEach
  void aClinicWithACalendar() {
    calendar = new MirroredCalendar(context);
  }

  @Test
  void whatIsTakenInTheEmrIsNotOfferedInTheCalendar() {
    assertThat(calendar.offered(0)).isNotEmpty();
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    assertThat(calendar.blocked()).contains(span(calendar.openings.getFirst()));
    assertThat(calendar.offered(0)).isEmpty();

    String booking = calendar.book(1, "bea");
    awaits(() -> assertThat(calendar.offered(1)).as("booked by the API").isEmpty());
    String appointment = calendar.bookedByStaff(2);
    calendar.clinic.read();
    awaits(() -> assertThat(calendar.offered(2)).as("booked by staff").isEmpty());
    calendar.shown();

    calendar.move(booking, 3);
    awaits(() -> assertThat(calendar.offered(3)).isEmpty());
    assertThat(calendar.offered(1)).as("free again by a move").isNotEmpty();
    calendar.clinic.cliniko.edits().moveAppointment(appointment, start(calendar.openings.get(1)));
    calendar.clinic.read();
    awaits(() -> assertThat(calendar.offered(2)).as("moved by staff").isNotEmpty());
    assertThat(calendar.offered(1)).isEmpty();
    calendar.shown();

    calendar.cancel(booking);
    awaits(() -> assertThat(calendar.offered(3)).as("cancelled by the API").isNotEmpty());
    calendar.clinic.cliniko.edits().archiveAppointment(appointment);
    calendar.clinic.read();
    awaits(() -> assertThat(calendar.offered(1)).as("removed by staff").isNotEmpty());
    calendar.shown();
  }

  @Test
  void blocksNameNobody() {
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    assertThat(calendar.location.edits().blocks())
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.title()).matches("Busy \\[EMR [a-z0-9]{8,}]"));
    assertThat(calendar.location.truth()).contains("\"blocks\"");
    assertThat(calendar.ours()).extracting(each -> each.title()).doesNotHaveDuplicates();
  }

  @Test
  void aClassIsOneBlockHoweverManyComeToItAndNoneWhereItsSeatsAreSold() {
    JsonNode group = aClassAhead();
    calendar.clinic.read();
    calendar.practitioner = last(group.at("/practitioner/links/self"));
    calendar.map(true);
    calendar.shown();
    List<String> attendees =
        List.of(joined(group, newPatient("Cleo")), joined(group, newPatient("Dina")));
    calendar.clinic.read();
    calendar.shown();
    assertThat(calendar.blocked()).containsOnlyOnce(span(group));
    calendar.clinic.cliniko.edits().leaveClass(attendees.getFirst());
    calendar.clinic.read();
    calendar.shown();
    assertThat(calendar.blocked()).contains(span(group));

    calendar.map(true, last(group.at("/appointment_type/links/self")));
    awaits(() -> assertThat(calendar.blocked()).doesNotContain(span(group)));
    calendar.map(true);
    calendar.shown();
    assertThat(calendar.blocked()).contains(span(group));
  }

  private String joined(JsonNode group, String patient) {
    return calendar.clinic.cliniko.edits().joinClass(group.path("id").asText(), patient);
  }

  private String newPatient(String name) {
    return calendar
        .clinic
        .cliniko
        .edits()
        .createPatient(Map.of("first_name", name, "last_name", "Quill"));
  }

  private static String last(JsonNode link) {
    return link.asText().substring(link.asText().lastIndexOf('/') + 1);
  }

  /** A class that somebody already comes to, put into next week. */
  private JsonNode aClassAhead() {
    Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofDays(7));
    for (JsonNode each : calendar.clinic.truth("group_appointments")) {
      if (!each.hasNonNull("archived_at") && !each.hasNonNull("deleted_at")) {
        String id = each.path("id").asText();
        calendar
            .clinic
            .cliniko
            .edits()
            .set(
                "group_appointments",
                id,
                Map.of("starts_at", start, "ends_at", start.plus(Duration.ofMinutes(50))));
        return calendar.clinic.truth("group_appointments", id);
      }
    }
    throw new IllegalStateException("nobody gives classes");
  }

  @Test
  void anAppointmentOfGoHighLevelIsNotMirroredWhileItStandsThere() {
    calendar.map(true);
    calendar.shown();
    List<String> before = calendar.blocked();
    String contact =
        calendar
            .location
            .edits()
            .createContact(
                Map.of("firstName", "Ana", "lastName", "Sorel", "email", "ana@example.org"));
    String appointment =
        calendar
            .location
            .edits()
            .book(contact, start(calendar.openings.get(0)), end(calendar.openings.get(0)));
    assertThat(told("AppointmentCreate", appointment)).isEqualTo("booked");
    calendar.compare();
    assertThat(calendar.taken()).contains(span(calendar.openings.get(0)));
    assertThat(calendar.blocked()).isEqualTo(before);

    // It takes the time of its own calendar only.
    for (String elsewhere : List.of("calendar_id = 'other'", "location_id = 'other'")) {
      calendar.rows("UPDATE bridge_appointments SET " + elsewhere + " RETURNING turn");
      calendar.hasten();
      calendar.shown();
      calendar.rows(
          "UPDATE bridge_appointments SET calendar_id = '%s', location_id = '%s' RETURNING turn"
              .formatted(calendar.location.calendarId(), calendar.location.id()));
      calendar.hasten();
      assertThat(calendar.blocked()).isEqualTo(before);
    }

    // Staff move it in the EMR: GoHighLevel shows it where it was.
    String inTheEmr =
        String.valueOf(
            calendar
                .rows("SELECT appointment_id FROM bridge_appointments")
                .getFirst()
                .get("appointment_id"));
    calendar.clinic.cliniko.edits().moveAppointment(inTheEmr, start(calendar.openings.get(1)));
    calendar.clinic.read();
    calendar.shown();
    assertThat(calendar.offered(1)).isEmpty();
  }

  /** Delivers a signed app webhook; what it came to. */
  private String told(String type, String subject) {
    Signed webhook =
        calendar.clinic.stage.sandbox().ghl().webhooks().of(type, calendar.location, subject);
    Answer answer =
        calendar
            .clinic
            .stage
            .with(null)
            .send(
                "POST",
                "/ghl/webhooks",
                webhook.body(),
                "application/json",
                "X-GHL-Signature",
                webhook.signature());
    assertThat(answer.status()).isEqualTo(200);
    awaits(() -> assertThat(lastEvent()).containsEntry("state", "DONE"));
    return String.valueOf(lastEvent().get("code"));
  }

  private Map<String, Object> lastEvent() {
    return calendar
        .rows("SELECT * FROM bridge_events ORDER BY received_at DESC LIMIT 1")
        .getFirst();
  }

  @Test
  void ourOwnBlocksAreNobodysAppointments() {
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    String block = calendar.block(0).id();
    String persons =
        calendar
            .location
            .edits()
            .block("Lunch", start(calendar.openings.get(2)), end(calendar.openings.get(2)));
    long mark = calendar.mark();
    assertThat(told("AppointmentCreate", block)).isEqualTo("own_block");
    assertThat(told("AppointmentUpdate", block)).isEqualTo("own_block");
    assertThat(calendar.calls(mark)).as("our echo costs nothing").isEmpty();
    assertThat(told("AppointmentCreate", persons)).isEqualTo("no_contact");
    // Told of before its making was answered, it is known by having no contact.
    calendar.clinic.sql("UPDATE bridge_blocks SET event_id = NULL WHERE event_id = ?", block);
    assertThat(told("AppointmentCreate", block)).isEqualTo("no_contact");
    assertThat(
            calendar.clinic.stage.sandbox().log().since(mark).stream()
                .filter(each -> each.kind() == LogEntry.Kind.WRITE)
                .filter(each -> each.account().equals(calendar.clinic.cliniko.name())))
        .isEmpty();
    assertThat(calendar.rows("SELECT * FROM bridge_appointments")).isEmpty();
  }

  @Test
  void switchedOffAllOfOursIsGoneAndNothingElse() {
    MirroredCalendar other = new MirroredCalendar(context);
    other.book(0, "eve");
    other.map(true);
    other.shown();
    List<String> theirs = other.blocked();
    String lunch =
        calendar
            .location
            .edits()
            .block("Lunch", start(calendar.openings.get(3)), end(calendar.openings.get(3)));
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    long mark = other.mark();

    calendar.map(false);
    awaits(() -> assertThat(calendar.ours()).isEmpty());
    awaits(() -> assertThat(calendar.rows("SELECT * FROM bridge_mirrors")).isEmpty());
    assertThat(calendar.rows("SELECT * FROM bridge_blocks")).isEmpty();
    assertThat(calendar.location.edits().blocks())
        .extracting(each -> each.id())
        .containsExactly(lunch);
    assertThat(calendar.offered(0)).isNotEmpty();

    calendar.map(true);
    calendar.shown();
    assertThat(calendar.clinic.organisation.delete(mapping()).status()).isEqualTo(204);
    awaits(() -> assertThat(calendar.ours()).isEmpty());
    assertThat(calendar.location.edits().blocks()).hasSize(1);
    assertThat(other.blocked()).as("another clinic").isEqualTo(theirs);
    assertThat(other.calls(mark)).isEmpty();
  }

  private String mapping() {
    return calendar.calendarPath(calendar.location.calendarId());
  }

  @Test
  void whatIsShownAlreadyCostsNoCallAndNoWrite() {
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    String versions = "SELECT subject, xmin::text AS version FROM bridge_blocks ORDER BY subject";
    List<Map<String, Object>> before = calendar.rows(versions);
    assertThat(before).isNotEmpty();
    long mark = calendar.mark();
    calendar.compare();
    calendar.clinic.read();
    calendar.compare();
    assertThat(calendar.calls(mark)).isEmpty();
    assertThat(calendar.rows(versions)).isEqualTo(before);

    String booking = calendar.book(1, "bea");
    awaits(() -> assertThat(calendar.offered(1)).isEmpty());
    calendar.settled();
    assertThat(calendar.calls(mark)).as("one block, one call").hasSize(1);
    calendar.move(booking, 2);
    calendar.shown();
    assertThat(calendar.calls(mark)).as("one move, one call").hasSize(2);
    calendar.cancel(booking);
    calendar.shown();
    assertThat(calendar.calls(mark)).hasSize(3);
  }

  @Test
  void whatAPersonTookAwayComesBackWithTheNextChangeOnly() {
    String booking = calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    calendar.location.edits().unblock(calendar.block(0).id());
    calendar.compare();
    calendar.clinic.read();
    calendar.compare();
    assertThat(calendar.offered(0)).isNotEmpty();
    calendar.move(booking, 1);
    calendar.shown();
    calendar.location.edits().unblock(calendar.block(1).id());
    calendar.cancel(booking);
    calendar.shown();
    assertThat(calendar.rows("SELECT * FROM bridge_blocks")).hasSameSizeAs(calendar.taken());
  }

  @Test
  void whoseDiaryIsShownMustBeCertain() {
    String path = mapping();
    Answer nobody = calendar.clinic.organisation.put(path, "{\"mirror\": true}");
    assertThat(nobody.status()).isEqualTo(400);
    assertThat(nobody.text("/field")).isEqualTo("practitioner");
    Answer unknown =
        calendar.clinic.organisation.put(
            path, "{\"practitioner\": \"Dr Nobody\", \"mirror\": true}");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.text("/field")).isEqualTo("practitioner");
    assertThat(
            calendar
                .clinic
                .organisation
                .put(path, "{\"practitioner\": \"Dr Nobody\", \"mirror\": \"perhaps\"}")
                .status())
        .isEqualTo(400);
    assertThat(calendar.rows("SELECT * FROM bridge_calendars")).isEmpty();
    assertThat(calendar.rows("SELECT * FROM bridge_mirrors")).isEmpty();
    Answer unsaid = calendar.clinic.organisation.put(path, "{\"practitioner\": \"Dr Nobody\"}");
    assertThat(unsaid.body().path("mirror")).as("false unless said").isEqualTo(FALSE);
    assertThat(
            calendar
                .clinic
                .organisation
                .get(calendar.path("connections/" + calendar.clinic.connection + "/calendars"))
                .body()
                .at("/items/0/mirror"))
        .isEqualTo(FALSE);

    calendar.map(true);
    calendar.shown();
    List<String> shown = calendar.blocked();
    calendar.clinic.sql("UPDATE bridge_calendars SET practitioner = 'Dr Nobody'");
    calendar.compare();
    assertThat(calendar.blocked()).as("left as it is").isEqualTo(shown);
    assertThat(calendar.errors()).containsExactly("mirror_practitioner_unknown");
    calendar.map(true);
    awaits(() -> assertThat(calendar.errors()).isEmpty());
  }

  private static final JsonNode FALSE = com.fasterxml.jackson.databind.node.BooleanNode.getFalse();

  @Test
  void anotherSubAccountIsFilledAnewAndTheOldOneLeftAlone() {
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    SandboxServer.Account ghl = calendar.clinic.stage.ghl();
    GhlLocation next = calendar.clinic.stage.sandbox().ghl().location(ghl.id());
    long mark = calendar.mark();
    calendar
        .clinic
        .stage
        .bean(GhlAccounts.class)
        .connect(calendar.clinic.id(), ghl.id(), ghl.secret(), ghl.base());
    awaits(
        () ->
            assertThat(calendar.rows("SELECT * FROM bridge_blocks"))
                .as("what was written there is forgotten")
                .noneMatch(each -> each.get("location_id").equals(calendar.location.id())));
    calendar.clinic.organisation.delete(mapping());
    Answer mapped =
        calendar.clinic.organisation.put(
            calendar.calendarPath(next.calendarId()),
            "{\"practitioner\": \"" + calendar.practitioner + "\", \"mirror\": true}");
    assertThat(mapped.status()).isEqualTo(200);
    awaits(() -> assertThat(next.edits().blocks()).hasSameSizeAs(calendar.taken()));
    assertThat(calendar.calls(mark)).isEmpty();
    assertThat(calendar.ours()).isNotEmpty();
  }

  @Test
  void aConnectionThatEndsShowsNothingAnyMore() {
    calendar.book(0, "ana");
    calendar.map(true);
    calendar.shown();
    assertThat(
            calendar
                .clinic
                .organisation
                .delete(calendar.path("connections/" + calendar.clinic.connection + "/credentials"))
                .status())
        .isLessThan(300);
    awaits(() -> assertThat(calendar.ours()).isEmpty());
  }
}
