package io.clinicsync.emr.simplepractice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What trips up readers of this vendor. */
class SimplePracticeReadingTests {

  private static final ReadWindow EVERYTHING = new ReadWindow.Everything();

  private final PracticeStage stage = new PracticeStage();
  private final PatientSource patients = stage.capability(PatientSource.class);
  private final AppointmentSource appointments = stage.capability(AppointmentSource.class);

  @AfterEach
  void close() {
    stage.close();
  }

  @ParameterizedTest
  @CsvSource({
    "Show, 1, BOOKED",
    "Show, 0, ARRIVED",
    "Show, -1, ARRIVED",
    "No Show, -1, NO_SHOW",
    "No Show, 1, NO_SHOW",
    "Cancelled, 1, CANCELLED",
    "Canceled, -1, CANCELLED",
    "Late Cancelled, -1, CANCELLED",
    "Late Canceled, -1, CANCELLED",
    "Clinician Cancelled, -1, CANCELLED",
    "Clinician Canceled, 1, CANCELLED",
    "Rescheduled, 1, UNKNOWN",
    ", 1, UNKNOWN"
  })
  void eachWordHasItsMeaning(String word, long minutesToEnd, Status status) {
    Instant now = Instant.parse("2026-06-10T16:00:00Z");
    assertThat(Mapper.status(word, now.plus(Duration.ofMinutes(minutesToEnd)), now))
        .isEqualTo(status);
  }

  private String first(String table) {
    return stage.clinic.truth().path(table).get(0).path("id").asText();
  }

  private String book(Instant start) {
    return stage.clinic.edit(
        """
        {"edit":"book","patient":"%s","practitioner":"%s","location":"%s","treatment":"%s",
        "start":"%s"}"""
            .formatted(
                first("clients"),
                first("teamMembers"),
                first("offices"),
                first("cptCodes"),
                start));
  }

  @Test
  void anAppointmentNobodyTouchedHasBeenAttendedOnceItHasEnded() {
    Instant now = stage.vendor.clock().instant();
    EmrRef ref = EmrRef.appointment(book(now.plus(Duration.ofMinutes(10))));
    Appointment ahead = appointments.get(stage.account, ref).orElseThrow();
    assertThat(ahead.status()).isEqualTo(Status.BOOKED);
    stage.vendor.pass(Duration.ofMinutes(30));
    assertThat(appointments.get(stage.account, ref)).contains(ahead);
    stage.vendor.pass(Duration.ofMinutes(60));
    Appointment over = appointments.get(stage.account, ref).orElseThrow();
    assertThat(over.status()).isEqualTo(Status.ARRIVED);
    assertThat(over.source()).isEqualTo(ahead.source());
    TimeRange near = new TimeRange(now.minus(Duration.ofDays(7)), now.plus(Duration.ofDays(90)));
    assertThat(stage.all(appointments, new ReadWindow.StartingIn(near))).contains(over);
  }

  @Test
  void aCoupleIsAPatientOfItsOwnWithItsOwnAppointments() {
    Map<String, JsonNode> couples = new HashMap<>();
    stage
        .clinic
        .rows(RecordKind.PATIENT)
        .forEach(
            (id, row) -> {
              if (row.path("thisType").asText().equals("ClientCouple")) {
                couples.put(id, row);
              }
            });
    assertThat(couples).isNotEmpty();
    List<Patient> read = stage.all(patients, EVERYTHING);
    Set<String> owners = new HashSet<>();
    stage.all(appointments, EVERYTHING).forEach(each -> owners.add(each.patient().id().value()));
    assertThat(owners).containsAnyElementsOf(couples.keySet());
    for (String id : couples.keySet()) {
      Patient couple =
          read.stream()
              .filter(each -> each.ref().id().value().equals(id))
              .findFirst()
              .orElseThrow();
      assertThat(couple.extras()).containsEntry("couple", "true");
      assertThat(couple.name().first()).contains("&");
      assertThat(patients.get(stage.account, couple.ref())).contains(couple);
    }
  }

  @Test
  void whatIsPaidAndOwedComesWithTheClientAsText() {
    String client = first("clients");
    stage.clinic.edit(
        "{\"edit\":\"issueInvoice\",\"patient\":\"%s\",\"amount\":\"80.5\"}".formatted(client));
    Patient patient = patients.get(stage.account, EmrRef.patient(client)).orElseThrow();
    BigDecimal due = new BigDecimal(patient.extras().get("balance_due"));
    assertThat(due).isGreaterThanOrEqualTo(new BigDecimal("80.5"));
    assertThat(patient.extras()).containsKey("total_paid");
    stage.flip("hideTotalPaid", "true");
    assertThat(patients.get(stage.account, patient.ref()).orElseThrow().extras())
        .doesNotContainKey("total_paid")
        .containsEntry("balance_due", due.toPlainString());
  }

  @Test
  void nothingClinicalIsKept() {
    String client = first("clients");
    stage.clinic.edit(
        """
        {"edit":"set","resource":"clients","id":"%s","members":{"generalNotes":"Sleeps badly"}}"""
            .formatted(client));
    Patient patient = patients.get(stage.account, EmrRef.patient(client)).orElseThrow();
    assertThat(patient.source() + patient.extras()).doesNotContain("Sleeps");
    assertThat(stage.all(appointments, EVERYTHING))
        .allMatch(each -> !each.source().contains("\"title\""));
  }

  @Test
  void booleansAndMoneyAreReadInBothForms() throws Exception {
    String client = first("clients");
    stage.clinic.set(RecordKind.PATIENT, client, "inActiveTreatment", BooleanNode.TRUE);
    assertThat(patients.get(stage.account, EmrRef.patient(client)).orElseThrow().extras())
        .containsEntry("in_active_treatment", "true");
  }

  @Test
  void aSweepGoesAYearAheadAndBackUntilAYearHeldNothing() {
    Instant now = stage.vendor.clock().instant();
    String ahead = book(now.plus(Duration.ofDays(364)));
    String old = book(now.minus(Duration.ofDays(1_000)));
    String older = book(now.minus(Duration.ofDays(1_100)));
    String tooOld = book(now.minus(Duration.ofDays(3_000)));
    List<String> read =
        stage.all(appointments, EVERYTHING).stream().map(each -> each.ref().id().value()).toList();
    assertThat(read).contains(ahead, old, older).doesNotContain(tooOld).doesNotHaveDuplicates();
    List<Duration> asked =
        stage.calls.stream()
            .filter(call -> call.uri().getPath().endsWith("/appointments"))
            .map(call -> call.uri().getQuery())
            .filter(query -> query != null && query.contains("timeRange"))
            .map(query -> query.substring(query.indexOf("timeRange]=") + 11).split(","))
            .map(
                ends ->
                    Duration.between(OffsetDateTime.parse(ends[0]), OffsetDateTime.parse(ends[1])))
            .toList();
    assertThat(asked).hasSizeGreaterThan(15).allMatch(each -> each.toDays() <= 90);
  }

  private EmrAccount withoutPortal() {
    Map<String, String> typed =
        new HashMap<>(stage.clinic.practice().credentials().get(SimplePracticeConnector.WEB));
    typed.remove(SimplePracticeHosts.SLUG);
    return stage.account(new Credentials(typed), 2);
  }

  @Test
  void withoutAPortalOpenTimesAreWorkingHoursLessWhatIsBooked() {
    Catalogue catalogue = stage.capability(CatalogueSource.class).read(withoutPortal());
    Catalogue.Offering offering = catalogue.offerings().getFirst();
    Instant from = Instant.parse("2026-06-15T00:00:00Z");
    AvailabilityProvider.SlotQuery query =
        new AvailabilityProvider.SlotQuery(
            offering.practitioner(),
            offering.treatment(),
            offering.site(),
            new TimeRange(from, from.plus(Duration.ofDays(3))));
    AvailabilityProvider open = stage.capability(AvailabilityProvider.class);
    List<Slot> byHours = open.openSlots(withoutPortal(), query);
    assertThat(byHours).isNotEmpty().isEqualTo(open.openSlots(stage.account, query));
    Slot slot = byHours.get(2);
    stage.clinic.edit(
        "{\"edit\":\"block\",\"practitioner\":\"%s\",\"start\":\"%s\",\"end\":\"%s\"}"
            .formatted(offering.practitioner().id(), slot.startsAt(), slot.endsAt()));
    assertThat(open.openSlots(withoutPortal(), query))
        .doesNotContain(slot)
        .hasSizeLessThan(byHours.size());
    Slot next = byHours.getLast();
    AvailabilityProvider.SlotQuery narrow =
        new AvailabilityProvider.SlotQuery(
            offering.practitioner(),
            offering.treatment(),
            offering.site(),
            new TimeRange(next.startsAt(), next.startsAt().plusSeconds(60)));
    assertThat(open.openSlots(withoutPortal(), narrow)).containsExactly(next);
    stage.clinic.edit(
        "{\"edit\":\"block\",\"practitioner\":\"%s\",\"start\":\"%s\",\"end\":\"%s\"}"
            .formatted(
                offering.practitioner().id(), next.startsAt().plusSeconds(600), next.endsAt()));
    assertThat(open.openSlots(withoutPortal(), narrow))
        .as("what it runs into begins behind the range")
        .isEmpty();
  }

  @Test
  void offersFollowThePortalWhereThereIsOne() {
    CatalogueSource catalogues = stage.capability(CatalogueSource.class);
    assertThat(catalogues.read(stage.account).offerings().size())
        .isBetween(1, catalogues.read(withoutPortal()).offerings().size() - 1);
  }

  @Test
  void aRangeIsWrittenInThePracticesOffset() {
    Instant from = Instant.parse("2025-03-01T08:00:00Z");
    TimeRange range = new TimeRange(from, Instant.parse("2025-04-01T07:00:00Z"));
    assertThat(Calendar.range(range, SimulatedSimplePractice.ZONE))
        .isEqualTo("2025-03-01T00:00:00-08:00,2025-04-01T00:00:00-07:00");
    assertThat(Calendar.range(range, ZoneOffset.UTC)).startsWith("2025-03-01T08:00:00+00:00");
  }
}
