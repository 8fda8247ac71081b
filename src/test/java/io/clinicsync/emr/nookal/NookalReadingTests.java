package io.clinicsync.emr.nookal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.sandbox.nookal.NookalAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only Nookal does. */
class NookalReadingTests {

  private static final ReadWindow EVERYTHING = new ReadWindow.Everything();
  private static final Instant NOW = Instant.parse("2026-06-10T00:00:00Z");

  private NookalStage stage;
  private PatientSource patients;
  private AppointmentSource appointments;
  private InvoiceSource invoices;

  @BeforeEach
  void start() {
    stage = new NookalStage(260);
    patients = stage.capability(stage.account(), PatientSource.class);
    appointments = stage.capability(stage.account(), AppointmentSource.class);
    invoices = stage.capability(stage.account(), InvoiceSource.class);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private static Entry entry(@Nullable Object... members) {
    ObjectNode row = new ObjectMapper().createObjectNode();
    row.put("ID", "1").put("appointmentDate", "2026-06-09").put("locationID", "2");
    row.put("appointmentStartTime", "09:30:00").put("appointmentEndTime", "10:00:00");
    for (int i = 0; i < members.length; i += 2) {
      row.set(String.valueOf(members[i]), new ObjectMapper().valueToTree(members[i + 1]));
    }
    return new Entry(row, false, false);
  }

  private static Appointment read(@Nullable Object... members) {
    return NookalMapper.appointment(entry(members), SimulatedNookal.ZONE, NOW);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "0, 0, 0, -, 0, BOOKED",
        "0, 0, 0, Pending, 0, BOOKED",
        "0, 0, 0, StdAppt, 0, BOOKED",
        "0, 0, 0, Class, 0, BOOKED",
        "0, 0, 0, Uninvoiced, 0, BOOKED",
        "0, 0, 0, Completed, 0, ARRIVED",
        "0, 0, 0, Unpaid, 0, ARRIVED",
        "1, 0, 0, -, 0, ARRIVED",
        "0, 0, 0, -, 1, ARRIVED",
        "0, 1, 0, -, 0, NO_SHOW",
        "0, 0, 0, DNA, 0, NO_SHOW",
        "0, 1, 1, -, 0, CANCELLED",
        "1, 0, 1, -, 0, CANCELLED",
        "0, 0, 0, Cancelled, 0, CANCELLED",
        "0, 0, 0, Waiting, 0, UNKNOWN",
        "1, 0, 0, Event, 0, UNKNOWN"
      })
  void everyStatusWordHasItsMeaning(
      String arrived, String dna, String cancelled, @Nullable String word, String bill, Status is) {
    Appointment read =
        read(
            "arrived",
            arrived,
            "DNA",
            dna,
            "cancelled",
            cancelled,
            "status",
            word,
            "invoiceGenerated",
            bill);
    assertThat(read.status()).isEqualTo(is);
  }

  @Test
  void aBillBeforeTheVisitIsNoVisit() {
    Appointment ahead = read("appointmentDate", "2026-06-30", "invoiceGenerated", "1");
    assertThat(ahead.status()).isEqualTo(Status.BOOKED);
  }

  @Test
  void withoutUtcMembersTimesAreThoseOfThePlace() {
    assertThat(read("TimeZone", "Australia/Perth").startsAt())
        .isEqualTo(Instant.parse("2026-06-09T01:30:00Z"));
    assertThat(read().startsAt()).isEqualTo(Instant.parse("2026-06-08T23:30:00Z"));
    // 2:30 comes twice on the night the clock is set back, and the earlier one is meant.
    Appointment twice = read("appointmentDate", "2026-04-05", "appointmentStartTime", "02:30:00");
    assertThat(twice.startsAt()).isEqualTo(Instant.parse("2026-04-04T15:30:00Z"));
    Appointment never = read("appointmentDate", "2026-10-04", "appointmentStartTime", "02:30:00");
    assertThat(never.startsAt()).isEqualTo(Instant.parse("2026-10-03T16:30:00Z"));
    Appointment told =
        read(
            "appointmentDate",
            "2026-04-05",
            "appointmentStartTime",
            "02:30:00",
            "appointmentStartDateTimeUTC",
            "2026-04-04 16:30:00");
    assertThat(told.startsAt()).isEqualTo(Instant.parse("2026-04-04T16:30:00Z"));
  }

  @Test
  void zerosAndNothingAreNothing() {
    Entry row = entry("DOB", "0000-00-00", "DateModified", "0000-00-00 00:00:00", "Gender", "F");
    Patient patient = NookalMapper.patient(row);
    assertThat(patient.birthDate()).isNull();
    assertThat(patient.changedAt()).isNull();
    assertThat(patient.removedAt()).isNull();
    assertThat(patient.gender()).isEqualTo("Female");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPlaceInAClassCountsOnceWhetherOrNotItIsAmongTheAppointments(boolean among) {
    stage.flip("classesInAppointments", among);
    List<Appointment> all = stage.all(appointments, stage.account(), EVERYTHING);
    Set<String> ids = all.stream().map(each -> each.ref().id().value()).collect(Collectors.toSet());
    assertThat(ids).hasSize(all.size()).isEqualTo(stage.clinic.ids(RecordKind.APPOINTMENT));
    assertThat(all)
        .filteredOn(each -> each.ref().id().value().startsWith("class-"))
        .isNotEmpty()
        .allMatch(each -> each.booking() != null && each.groupName() != null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"appt_id", "class_id"})
  void aClassIsAskedForByBothNames(String parameter) {
    stage.flip("classParameter", parameter);
    assertThat(stage.all(appointments, stage.account(), EVERYTHING))
        .anyMatch(each -> each.ref().id().value().startsWith("class-"));
  }

  @Test
  void whoJoinsAClassNearbyIsAChange() {
    String near = stage.clinic.truth().path("classes").get(0).path("ID").asText();
    stage
        .clinic
        .clinic()
        .edits()
        .set(
            "classes",
            near,
            Map.of(
                "classDate", "2026-06-15",
                "classStartTime", "10:00:00",
                "classEndTime", "11:00:00",
                "_start", "2026-06-15T00:00:00Z",
                "_end", "2026-06-15T01:00:00Z"));
    String who =
        stage.clinic.ids(RecordKind.PATIENT).stream()
            .filter(
                id ->
                    !stage.clinic.ids(RecordKind.APPOINTMENT).contains("class-" + near + "-" + id))
            .findFirst()
            .orElseThrow();
    stage.nookal.pass(Duration.ofMinutes(5));
    stage.edit("{\"edit\":\"join\",\"id\":\"%s\",\"patient\":\"%s\"}".formatted(near, who));
    List<Appointment> changed =
        stage.all(
            appointments,
            stage.account(),
            new ReadWindow.ChangedSince(NOW.plus(Duration.ofMinutes(1))));
    assertThat(changed)
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.ref().id().value()).isEqualTo("class-" + near + "-" + who);
              assertThat(each.patient()).isEqualTo(EmrRef.patient(who));
              assertThat(appointments.get(stage.account(), each.ref())).contains(each);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "Australia/Sydney, true",
    "Australia/Sydney, false",
    "America/Los_Angeles, true",
    "Pacific/Kiritimati, true"
  })
  void anOverlapOf26HoursSeesEveryChangeWhateverTheZoneOfTheStamps(String zone, boolean local) {
    NookalAccount far =
        stage.nookal.nookal().open(new EmrSimulator.Opening("Far", 3, 60, ZoneId.of(zone), NOW));
    EmrAccount account = stage.account(Map.of("apiKey", apiKey(far)));
    far.edit(
        JsonNodeFactory.instance
            .objectNode()
            .put("edit", "switch")
            .put("name", "localStamps")
            .put("value", local));
    stage.nookal.pass(Duration.ofMinutes(30));
    Instant mark = stage.nookal.clock().instant();
    List<String> changed = far.edits().touchMany("patients", 20);
    stage.nookal.pass(Duration.ofMinutes(5));
    List<Patient> read =
        stage.all(
            patients, account, new ReadWindow.ChangedSince(mark.minus(patients.facts().overlap())));
    assertThat(ids(read)).containsAll(changed);
  }

  private static String apiKey(NookalAccount clinic) {
    return String.valueOf(clinic.credentials().get("api-key").get("apiKey"));
  }

  private static Set<String> ids(List<? extends EmrRecord> records) {
    return records.stream().map(each -> each.ref().id().value()).collect(Collectors.toSet());
  }

  @Test
  void whatMovesForwardOverAPageEdgeWhileItIsReadIsNotMissed() {
    List<String> there = new ArrayList<>(stage.clinic.ids(RecordKind.PATIENT));
    Set<String> read = new java.util.HashSet<>();
    Page<Patient> first = patients.read(stage.account(), EVERYTHING, null);
    read.addAll(ids(first.records()));
    stage.clinic.clinic().edits().deletePatient(there.get(3));
    stage.clinic.clinic().edits().deletePatient(there.get(4));
    Set<String> cursors = new java.util.HashSet<>();
    for (Cursor next = first.next(); next != null; ) {
      assertThat(cursors.add(next.value())).isTrue();
      Page<Patient> page = patients.read(stage.account(), EVERYTHING, next);
      read.addAll(ids(page.records()));
      next = page.next();
    }
    assertThat(read).containsAll(stage.clinic.ids(RecordKind.PATIENT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneAppointmentIsFoundWhetherOrNotItsFilterIsUnderstood(boolean understood) {
    stage.flip("idFilters", understood);
    List<Appointment> all = stage.all(appointments, stage.account(), EVERYTHING);
    for (int i = 0; i < all.size(); i += 97) {
      stage.calls.clear();
      assertThat(appointments.get(stage.account(), all.get(i).ref())).contains(all.get(i));
      assertThat(stage.calls).hasSizeLessThanOrEqualTo(5);
    }
    stage.clinic.clinic().edits().deleteAppointment(all.get(5).ref().id().value());
    assertThat(appointments.get(stage.account(), all.get(5).ref())).isEmpty();
    assertThat(appointments.get(stage.account(), EmrRef.appointment("none"))).isEmpty();
  }

  @Test
  void moneyIsSplitAndVoidInvoicesAreReadToo() {
    List<Invoice> all = stage.all(invoices, stage.account(), EVERYTHING);
    Map<String, Invoice> byId =
        all.stream()
            .collect(Collectors.toMap(each -> each.ref().id().value(), Function.identity()));
    assertThat(all)
        .extracting(Invoice::status)
        .contains(Invoice.Status.OPEN, Invoice.Status.PAID, Invoice.Status.VOID);
    stage
        .clinic
        .truth()
        .path("invoices")
        .forEach(
            row -> {
              Invoice read = byId.get(row.path("ID").asText());
              boolean insured = row.path("isThirdPartyInvoice").asText().equals("1");
              assertThat(read.total().amount()).isEqualByComparingTo(row.path("_total").asText());
              assertThat(read.paidByPatient() == null).isEqualTo(insured);
              assertThat(read.owedByThirdParty() == null).isEqualTo(!insured);
              assertThat(read.patient() == null)
                  .isEqualTo(row.path("patientID").asText().equals("0"));
              if (read.status() == Invoice.Status.PAID && row.has("_payments")) {
                assertThat(read.settledAt()).isNotNull();
              }
            });
    Invoice paid =
        all.stream()
            .filter(each -> each.status() == Invoice.Status.PAID)
            .filter(
                each -> each.paidByPatient() != null && each.paidByPatient().amount().signum() > 0)
            .findFirst()
            .orElseThrow();
    stage.clinic.clinic().edits().refund(paid.ref().id().value());
    Invoice refunded = invoices.get(stage.account(), paid.ref()).orElseThrow();
    assertThat(refunded.paidByPatient().amount()).isEqualByComparingTo(BigDecimal.ZERO);
    stage.clinic.clinic().edits().deletePatient(paid.patient().id().value());
    assertThat(invoices.get(stage.account(), paid.ref()).orElseThrow().patient()).isNull();
  }

  @Test
  void anOpenTimeIsAsLongAsItsService() {
    var catalogue = stage.capability(stage.account(), CatalogueSource.class).read(stage.account());
    var treatment =
        catalogue.treatments().stream()
            .filter(each -> Duration.ofMinutes(60).equals(each.duration()) && each.seats() == 1)
            .findFirst()
            .orElseThrow();
    var offering =
        catalogue.offerings().stream()
            .filter(each -> each.treatment().equals(treatment.ref()))
            .findFirst()
            .orElseThrow();
    var query =
        new AvailabilityProvider.SlotQuery(
            offering.practitioner(),
            offering.treatment(),
            offering.site(),
            new TimeRange(NOW.plus(Duration.ofDays(3)), NOW.plus(Duration.ofDays(70))));
    var source = stage.capability(stage.account(), AvailabilityProvider.class);
    List<Slot> slots = source.openSlots(stage.account(), query);
    assertThat(slots)
        .isNotEmpty()
        .allMatch(slot -> slot.startsAt().plus(Duration.ofHours(1)).equals(slot.endsAt()));
    assertThat(stage.sent("nookal.getAppointmentAvailabilities")).isEqualTo(3);
    Slot taken = slots.getFirst();
    // A quarter of an hour in its middle is enough to close it.
    stage
        .clinic
        .clinic()
        .edits()
        .book(
            stage.clinic.ids(RecordKind.PATIENT).iterator().next(),
            offering.practitioner().id().value(),
            offering.site().id().value(),
            treatment.ref().id().value(),
            taken.startsAt().plus(Duration.ofMinutes(45)));
    assertThat(source.openSlots(stage.account(), query))
        .isNotEmpty()
        .noneMatch(
            slot ->
                slot.startsAt().isBefore(taken.endsAt().plus(Duration.ofMinutes(45)))
                    && slot.endsAt().isAfter(taken.startsAt().plus(Duration.ofMinutes(45))));
  }

  @Test
  void aRefusalIsOnlyTheKeysFaultWhenVerifySaysSo() {
    var dead = stage.account(Map.of("apiKey", "dead"));
    EmrException failure =
        catchThrowableOfType(EmrException.class, () -> patients.read(dead, EVERYTHING, null));
    assertThat(failure.kind()).isEqualTo(EmrException.Kind.CREDENTIALS_REJECTED);
    assertThat(stage.sent("nookal.verify")).isEqualTo(1);
    var query =
        new AvailabilityProvider.SlotQuery(
            EmrRef.of(RecordKind.PRACTITIONER, "1"),
            EmrRef.of(RecordKind.TREATMENT, "1"),
            EmrRef.of(RecordKind.SITE, "1"),
            new TimeRange(NOW, NOW.plus(Duration.ofDays(1))));
    assertThatThrownBy(
            () ->
                stage
                    .capability(stage.account(), AvailabilityProvider.class)
                    .openSlots(stage.account(), query))
        .isInstanceOfSatisfying(
            EmrException.class,
            each -> assertThat(each.kind()).isEqualTo(EmrException.Kind.NOT_FOUND));
  }

  @Test
  void aKeyWithoutLocationsAndARegionNobodyKnowsAreNamed() {
    stage
        .clinic
        .truth()
        .path("locations")
        .forEach(
            row ->
                stage.edit(
                    "{\"edit\":\"untick\",\"id\":\"%s\"}".formatted(row.path("ID").asText())));
    assertThat(stage.connector.check(stage.account()))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> {
              assertThat(fails.kind()).isEqualTo(EmrException.Kind.PERMISSION_MISSING);
              assertThat(fails.advice()).contains("tick");
            });
    var way = stage.connector.descriptor().ways().getFirst();
    for (String region : List.of("us", "evil.example.com/", "au@evil")) {
      assertThatThrownBy(() -> stage.connector.base(way, new Credentials(Map.of("region", region))))
          .isInstanceOf(EmrException.class)
          .hasMessageContaining("au")
          .message()
          .doesNotContain("evil");
    }
    assertThat(stage.connector.base(way, new Credentials(Map.of("region", "AU"))).getHost())
        .isEqualTo("api.nookal.com");
  }
}
