package io.clinicsync.emr.halaxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.http.HttpCall;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Halaxy's traps, which no kit for all vendors can know. */
class HalaxyReadingTests {

  private final HalaxyStage stage = new HalaxyStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private AppointmentSource appointments() {
    return stage.capability(AppointmentSource.class);
  }

  private Appointment one(String id) {
    return appointments().get(stage.account, EmrRef.appointment(id)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "booked,BOOKED",
    "accepted,BOOKED",
    "confirmed,CONFIRMED",
    "Confirmed,CONFIRMED",
    "arrived,ARRIVED",
    "attended,ARRIVED",
    "tentative,HELD",
    "cancelled,CANCELLED",
    "cancelled (no charge),CANCELLED",
    "did not attend,NO_SHOW",
    "no show,NO_SHOW",
    "waitlisted,UNKNOWN",
    "attending,UNKNOWN"
  })
  void everyWordHasItsState(String word, Status state) {
    String id = stage.clinic.booked();
    stage.clinic.clinic().edits().status("set", id, "", word);
    assertThat(one(id).status()).isEqualTo(state);
    assertThat(one(id).extras()).containsEntry("status", word);
  }

  @Test
  void onlyTheModifierExtensionOfThePatientSaysTheState() {
    String id = stage.clinic.booked();
    JsonNode participant = stage.clinic.rows(RecordKind.APPOINTMENT).get(id).path("participant");
    String text = participant.toString().replace("\"modifierExtension\"", "\"extension\"");
    stage
        .clinic
        .clinic()
        .edits()
        .set(
            "Appointment",
            id,
            Map.of("status", "booked", "participant", SimulatedHalaxy.json(text)));
    assertThat(one(id).status()).isEqualTo(Status.UNKNOWN);
  }

  @Test
  void eachPatientOfAGroupIsARecordOfTheirOwn() {
    List<Appointment> all = stage.all(appointments());
    Appointment place =
        all.stream().filter(each -> each.booking() != null).findFirst().orElseThrow();
    String group = place.booking();
    List<Appointment> places = all.stream().filter(each -> group.equals(each.booking())).toList();
    assertThat(places)
        .hasSizeGreaterThan(1)
        .extracting(Appointment::patient)
        .doesNotHaveDuplicates();
    assertThat(places)
        .allMatch(each -> each.ref().id().value().equals(group + "/" + each.patient().id().value()))
        .allSatisfy(
            each ->
                places.stream()
                    .filter(other -> other != each)
                    .forEach(
                        other ->
                            assertThat(each.source())
                                .doesNotContain(
                                    "/Patient/" + other.patient().id().value() + "\"")));
    assertThat(appointments().get(stage.account, EmrRef.appointment(group))).isEmpty();
    stage
        .clinic
        .clinic()
        .edits()
        .status("cancel", group, place.patient().id().value(), "cancelled");
    assertThat(one(place.ref().id().value()).status()).isEqualTo(Status.CANCELLED);
    Appointment other = places.stream().filter(each -> each != place).findFirst().orElseThrow();
    assertThat(one(other.ref().id().value()).status()).isEqualTo(other.status());
  }

  @Test
  void whoJoinsMakesAGroupOfIt() {
    String id = stage.clinic.booked();
    String first = one(id).patient().id().value();
    String second =
        stage.clinic.ids(RecordKind.PATIENT).stream()
            .filter(each -> !each.equals(first))
            .findFirst()
            .orElseThrow();
    stage.halaxy.pass(Duration.ofMinutes(30));
    Instant since = stage.halaxy.clock().instant();
    stage.clinic.clinic().edits().join(id, second);
    Page<Appointment> page =
        appointments().read(stage.account, new ReadWindow.ChangedSince(since), null);
    assertThat(page.removed()).containsExactly(EmrRef.appointment(id));
    assertThat(page.records())
        .extracting(each -> each.ref().id().value())
        .containsExactly(id + "/" + first, id + "/" + second);
  }

  @Test
  void includedRolesAndRolesReadApartGiveTheSame() {
    List<Appointment> included = stage.all(appointments());
    assertThat(stage.sent("halaxy.PractitionerRole.list")).isZero();
    stage.edit("{\"edit\":\"switch\",\"name\":\"ignoreInclude\",\"value\":true}");
    assertThat(stage.all(appointments())).isEqualTo(included);
    assertThat(stage.sent("halaxy.PractitionerRole.list")).isPositive();
    assertThat(included).allMatch(each -> each.site() != null && each.practitioner() != null);
  }

  @Test
  void anEntryDeletedBetweenTwoPagesHidesNoOther() {
    PatientSource patients = stage.capability(PatientSource.class);
    List<String> ids = List.copyOf(stage.clinic.ids(RecordKind.APPOINTMENT));
    Page<Appointment> first = appointments().read(stage.account, new ReadWindow.Everything(), null);
    String gone = first.records().getFirst().ref().id().value();
    stage.clinic.clinic().edits().delete("Appointment", gone.replaceAll("/.*", ""));
    List<String> read = new java.util.ArrayList<>();
    Page<Appointment> page = first;
    while (true) {
      page.records().forEach(each -> read.add(each.ref().id().value()));
      if (page.next() == null) {
        break;
      }
      page = appointments().read(stage.account, new ReadWindow.Everything(), page.next());
    }
    assertThat(read).containsAll(ids);
    assertThat(appointments().get(stage.account, EmrRef.appointment(gone))).isEmpty();
    assertThat(patients.facts().ofPatients()).isZero();
  }

  @Test
  void whatAnInsurerIsBilledBelongsToThePatientButIsNotOwedByThem() {
    List<Invoice> invoices = stage.all(stage.capability(InvoiceSource.class));
    Map<String, JsonNode> rows = stage.clinic.rows(RecordKind.INVOICE);
    List<Invoice> insured =
        invoices.stream()
            .filter(
                each ->
                    rows.get(each.ref().id().value()).path("recipient").toString().contains("/FD-"))
            .toList();
    assertThat(insured).isNotEmpty();
    assertThat(insured)
        .allSatisfy(
            each -> {
              Appointment visit =
                  appointments().get(stage.account, each.appointment()).orElseThrow();
              assertThat(each.patient()).isNotNull().isEqualTo(visit.patient());
              assertThat(each.owedByPatient().amount()).isZero();
              assertThat(each.paidByPatient().amount()).isZero();
              if (each.status() != Invoice.Status.CLOSED) {
                assertThat(each.paidByThirdParty().amount().add(each.owedByThirdParty().amount()))
                    .isEqualByComparingTo(each.total().amount());
              }
            });
    assertThat(invoices)
        .filteredOn(each -> !insured.contains(each))
        .isNotEmpty()
        .allMatch(each -> each.patient() != null && each.owedByThirdParty().amount().signum() == 0);
  }

  @Test
  void whatWasWrittenOffIsNotOwedAndAQuoteIsNoInvoice() {
    InvoiceSource source = stage.capability(InvoiceSource.class);
    Invoice open =
        stage.all(source).stream()
            .filter(each -> each.status() == Invoice.Status.OPEN)
            .filter(each -> each.owedByPatient().amount().signum() > 0)
            .findFirst()
            .orElseThrow();
    stage.clinic.clinic().edits().writeOff(open.ref().id().value());
    Invoice closed = source.get(stage.account, open.ref()).orElseThrow();
    assertThat(closed.status()).isEqualTo(Invoice.Status.CLOSED);
    assertThat(closed.owedByPatient().amount()).isEqualByComparingTo(BigDecimal.ZERO);
    assertThat(closed.paidByPatient()).isEqualTo(open.paidByPatient());
    for (JsonNode row : stage.clinic.truth().path("Invoice")) {
      if (row.path("type").asText().equals("quote")) {
        EmrRef quote = EmrRef.of(RecordKind.INVOICE, row.path("id").asText());
        assertThat(source.get(stage.account, quote)).isEmpty();
        return;
      }
    }
    throw new AssertionError("the practice has no quote");
  }

  @Test
  void theOfficialNameCountsAndTheUsualOneIsPreferred() {
    String id = stage.clinic.ids(RecordKind.PATIENT).iterator().next();
    stage
        .clinic
        .clinic()
        .edits()
        .updatePatient(
            id,
            Map.of(
                "name",
                List.of(
                    Map.of("use", "usual", "given", List.of("Ally")),
                    Map.of("use", "old", "family", "Before", "given", List.of("Alix")),
                    Map.of("use", "official", "family", "Example", "given", List.of("Alexandra"))),
                "telecom",
                List.of(
                    Map.of("system", "phone", "use", "home", "value", "+61255500000"),
                    Map.of("system", "sms", "use", "mobile", "value", "+61491570006"))));
    PatientSource patients = stage.capability(PatientSource.class);
    Patient patient = patients.get(stage.account, EmrRef.patient(id)).orElseThrow();
    assertThat(patient.name()).isEqualTo(new Patient.Name(null, "Alexandra", "Example", "Ally"));
    assertThat(patient.phones())
        .containsExactly(
            new Patient.Phone(Patient.Phone.Type.HOME, "+61255500000", "61255500000"),
            new Patient.Phone(Patient.Phone.Type.MOBILE, "+61491570006", "61491570006"));
    assertThat(patient.removedAt()).isNull();
    stage.clinic.clinic().edits().archivePatient(id);
    Patient archived = patients.get(stage.account, EmrRef.patient(id)).orElseThrow();
    assertThat(archived.removedAt()).isNotNull();
    assertThat(archived.extras()).containsEntry("active", "false");
  }

  @Test
  void blocksAreNoRecordsButTakeTheirTime() {
    Catalogue catalogue = stage.capability(CatalogueSource.class).read(stage.account);
    Instant now = stage.halaxy.clock().instant();
    TimeRange range = new TimeRange(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(12)));
    Catalogue.Offering offering = catalogue.offerings().getFirst();
    AvailabilityProvider.SlotQuery query =
        new AvailabilityProvider.SlotQuery(
            offering.practitioner(), offering.treatment(), offering.site(), range);
    AvailabilityProvider availability = stage.capability(AvailabilityProvider.class);
    List<Slot> before = availability.openSlots(stage.account, query);
    Slot slot = before.getFirst();
    String role = role(offering);
    // The vendor's own answer lags behind by an hour.
    String block = stage.clinic.clinic().edits().block(role, slot.startsAt(), 15);
    List<Slot> after = availability.openSlots(stage.account, query);
    assertThat(after).doesNotContain(slot).isNotEmpty();
    assertThat(before).containsAll(after);
    assertThat(appointments().get(stage.account, EmrRef.appointment(block))).isEmpty();
    stage.clinic.clinic().edits().delete("Appointment", block);
    assertThat(availability.openSlots(stage.account, query)).isEqualTo(before);
  }

  private String role(Catalogue.Offering offering) {
    for (JsonNode row : stage.clinic.truth().path("PractitionerRole")) {
      if (row.toString().contains("/" + offering.practitioner().id().value() + "\"")
          && row.toString().contains("/" + offering.site().id().value() + "\"")) {
        return row.path("id").asText();
      }
    }
    throw new AssertionError("no such role");
  }

  @Test
  void aTokenIsAskedForInJsonAndUsedForFourteenMinutes() {
    PatientSource patients = stage.capability(PatientSource.class);
    ReadWindow everything = new ReadWindow.Everything();
    patients.read(stage.account, everything, null);
    HttpCall token = stage.calls.getFirst();
    assertThat(token.operation()).isEqualTo("halaxy.token");
    assertThat(token.headers()).containsEntry("User-Agent", "ClinicSync (tests@example.org)");
    JsonNode body = SimulatedHalaxy.json(new String(token.body(), StandardCharsets.UTF_8));
    assertThat(body.path("grant_type").asText()).isEqualTo("client_credentials");
    stage.halaxy.pass(Duration.ofMinutes(13));
    patients.read(stage.account, everything, null);
    assertThat(stage.sent("halaxy.token")).isEqualTo(1);
    stage.halaxy.pass(Duration.ofMinutes(1));
    patients.read(stage.account, everything, null);
    assertThat(stage.sent("halaxy.token")).isEqualTo(2);
    stage.clinic.endSessions();
    patients.read(stage.account, everything, null);
    assertThat(stage.sent("halaxy.token")).isEqualTo(3);
  }

  @Test
  void aScopeThatIsNotTickedIsNamed() {
    stage.edit("{\"edit\":\"switch\",\"name\":\"withoutScope\",\"value\":\"Invoice\"}");
    InvoiceSource source = stage.capability(InvoiceSource.class);
    EmrException failure =
        catchThrowableOfType(
            EmrException.class,
            () -> source.read(stage.account, new ReadWindow.Everything(), null));
    assertThat(failure.kind()).isEqualTo(EmrException.Kind.PERMISSION_MISSING);
    assertThat(failure).hasMessageContaining("Invoice");
  }

  @Test
  void thePracticeGroupIsTheAccount() {
    assertThat(stage.connector.check(stage.account))
        .isInstanceOfSatisfying(
            ConnectionCheck.Works.class,
            works -> {
              assertThat(works.accountName()).isEqualTo("Harbour Practice Group");
              assertThat(works.accountId()).startsWith("PG-");
              assertThat(works.country()).isEqualTo("AU");
              assertThat(works.currency()).isEqualTo("AUD");
            });
  }

  @Test
  void onlyTwoRegionsAreThere() {
    assertThat(HalaxyHosts.of(new Credentials(Map.of("region", "EU"))))
        .hasHost("eu-api.halaxy.com");
    EmrException failure =
        catchThrowableOfType(
            EmrException.class,
            () -> HalaxyHosts.of(new Credentials(Map.of("region", "evil.example.com/"))));
    assertThat(failure.kind()).isEqualTo(EmrException.Kind.CREDENTIALS_REJECTED);
  }

  @Test
  void theSameBodyForTwoEventsIsTwoNotices() {
    ChangeListener listener = stage.capability(ChangeListener.class);
    IncomingCall call = stage.clinic.hooks().orElseThrow().genuine().getFirst();
    IncomingCall deleted =
        new IncomingCall(
            "POST",
            "appointment-deleted",
            Map.of(),
            new HashMap<>(call.headers()),
            call.body(),
            call.receivedAt());
    assertThat(notice(listener, call)).isNotEqualTo(notice(listener, deleted));
    assertThat(listener.events()).hasSize(8).contains("invoice-deleted", "patient-created");
    Map<String, String> open =
        new HashMap<>(stage.clinic.clinic().credentials().get("client-credentials"));
    open.remove(HalaxyWebhooks.SECRET);
    var without =
        new io.clinicsync.emr.spi.EmrAccount(
            stage.account.tenant(),
            stage.account.id(),
            stage.account.way(),
            stage.account.base(),
            stage.account.zone(),
            stage.account.currency(),
            new Credentials(open),
            stage.account.urgency());
    assertThat(listener.hear(without, call)).isInstanceOf(ChangeListener.Heard.Refused.class);
  }

  private String notice(ChangeListener listener, IncomingCall call) {
    return ((ChangeListener.Heard.Changed) listener.hear(stage.account, call)).id();
  }
}
