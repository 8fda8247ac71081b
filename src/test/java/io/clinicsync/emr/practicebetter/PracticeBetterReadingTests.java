package io.clinicsync.emr.practicebetter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.tck.InMemorySessions;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import io.clinicsync.sandbox.practicebetter.PracticeBetterHooks;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Practice Better's traps, beyond what every connector must hold. */
class PracticeBetterReadingTests {

  private static final ReadWindow EVERYTHING = new ReadWindow.Everything();

  private SimulatedPracticeBetter vendor;
  private SimulatedPracticeBetter.Account clinic;
  private TestHttp http;
  private PracticeBetterConnector connector;
  private EmrAccount account;
  private final List<HttpCall> calls = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    vendor = new SimulatedPracticeBetter();
    clinic = vendor.open("Grove", 130);
    http = new TestHttp(vendor.clock(), vendor::pass);
    OutboundHttp noted =
        call -> {
          calls.add(call);
          return http.send(call);
        };
    connector = new PracticeBetterConnector(noted, new InMemorySessions(), vendor.clock());
    account = account(clinic.typed());
  }

  private EmrAccount account(Map<String, String> typed) {
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(2, 1)),
        PracticeBetterConnector.WAY,
        URI.create(vendor.origin() + vendor.path()),
        SimulatedPracticeBetter.ZONE,
        "USD",
        new Credentials(typed),
        Urgency.SYNC);
  }

  @AfterEach
  void close() {
    http.close();
    vendor.close();
  }

  private <C extends Capability> C capability(Class<C> type) {
    return connector.capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private <T extends io.clinicsync.canonical.EmrRecord> List<Page<T>> pages(
      RecordSource<T> source, EmrAccount as, ReadWindow window) {
    List<Page<T>> pages = new ArrayList<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(as, window, cursor);
      pages.add(page);
      cursor = page.next();
    } while (cursor != null);
    return pages;
  }

  private <T extends io.clinicsync.canonical.EmrRecord> List<T> all(RecordSource<T> source) {
    return pages(source, account, EVERYTHING).stream()
        .flatMap(page -> page.records().stream())
        .toList();
  }

  private long sent(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).count();
  }

  private void flip(String name, String value) {
    clinic
        .clinic()
        .exclusively(
            () ->
                clinic
                    .clinic()
                    .edit(
                        json(
                            "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":%s}"
                                .formatted(name, value))));
  }

  private static JsonNode json(String text) {
    try {
      return SimulatedPracticeBetter.JSON.readTree(text);
    } catch (IOException notJson) {
      throw new AssertionError(notJson);
    }
  }

  private static Entry entry(String text) {
    return new Document(json(text), false, false).entry();
  }

  @Test
  void sheetsCostNoCallUnlessTheConnectionWantsThem() {
    List<Patient> patients = all(capability(PatientSource.class));
    assertThat(sent("practicebetter.dietlifestyle.get")).isZero();
    assertThat(patients)
        .allSatisfy(
            each ->
                assertThat(each.extras().keySet())
                    .noneMatch(key -> key.startsWith("dietLifestyle")));
  }

  @Test
  void wantedSheetsComeWithEveryClientReadAndFortyAtATime() {
    Map<String, String> typed = clinic.typed();
    typed.put("dietLifestyle", "Yes");
    EmrAccount wanting = account(typed);
    PatientSource source = capability(PatientSource.class);
    List<Page<Patient>> pages = pages(source, wanting, EVERYTHING);
    assertThat(pages).allSatisfy(page -> assertThat(page.records()).hasSizeLessThanOrEqualTo(40));
    List<Patient> patients = pages.stream().flatMap(page -> page.records().stream()).toList();
    assertThat(sent("practicebetter.dietlifestyle.get")).isEqualTo(patients.size());
    Set<String> filled = new HashSet<>();
    patients.stream()
        .filter(each -> each.extras().containsKey("dietLifestyle_dietaryRestrictions"))
        .forEach(each -> filled.add(each.ref().id().value()));
    assertThat(filled).hasSize(clinic.truth().path("dietlifestyle").size()).isNotEmpty();
    Patient one =
        patients.stream()
            .filter(each -> filled.contains(each.ref().id().value()))
            .findFirst()
            .orElseThrow();
    assertThat(one.extras())
        .containsEntry("dietLifestyle_exerciseInformation", "Walks daily")
        .containsEntry("dietLifestyle_notes", "Busy weekdays");
    assertThat(one.extras().get("dietLifestyle_dateCreated")).matches("\\d{4}-\\d\\d-\\d\\d");
    assertThat(one.extras().get("dietLifestyle_smoker")).matches("true|false");
    assertThat(one.source()).doesNotContain("Walks daily", "Busy weekdays");
    assertThat(source.get(wanting, one.ref())).contains(one);
  }

  @Test
  void aSheetThatMayNotBeSeenKeepsNobodyFromBeingRead() {
    flip("sheetsHidden", "true");
    Map<String, String> typed = clinic.typed();
    typed.put("dietLifestyle", "yes");
    Page<Patient> page = capability(PatientSource.class).read(account(typed), EVERYTHING, null);
    assertThat(sent("practicebetter.dietlifestyle.get")).isEqualTo(40);
    assertThat(page.records()).hasSize(40);
  }

  @Test
  void aListOfRestrictionsIsJoined() {
    assertThat(
            PracticeBetterMapper.sheet(
                entry(
                    "{\"dietaryRestrictions\":[\"Gluten free\",\" \",\"Vegan\"],\"smoker\":false}")))
        .containsEntry("dietLifestyle_dietaryRestrictions", "Gluten free, Vegan")
        .containsEntry("dietLifestyle_smoker", "false")
        .hasSize(2);
  }

  /** Nothing is missed when the client a walk stands at is deleted between two pages. */
  @Test
  void aWalkGoesOnWhenItsPlaceIsGone() {
    PatientSource source = capability(PatientSource.class);
    Page<Patient> first = source.read(account, EVERYTHING, null);
    clinic.clinic().edits().deletePatient(first.records().getLast().ref().id().value());
    Set<String> met = new HashSet<>();
    Cursor cursor = first.next();
    assertThat(cursor).isNotNull();
    while (cursor != null) {
      Page<Patient> page = source.read(account, EVERYTHING, cursor);
      page.records().forEach(each -> met.add(each.ref().id().value()));
      cursor = page.next();
    }
    first.records().forEach(each -> met.add(each.ref().id().value()));
    assertThat(met).containsAll(clinic.ids(RecordKind.PATIENT));
  }

  @Test
  void placesAreLearnedFromSessionsAndTheFirstLookIsTheOnlyOne() {
    CatalogueSource source = capability(CatalogueSource.class);
    var first = source.read(account);
    assertThat(first.sites())
        .extracting(site -> site.name())
        .contains("Main Street Clinic", "Westside Rooms", "No location");
    long walked = sent(PracticeBetterSessions.LIST);
    source.read(account);
    assertThat(sent(PracticeBetterSessions.LIST)).isEqualTo(walked);
    JsonNode truth = clinic.truth();
    Instant start = Instant.parse("2026-06-20T15:00:00Z");
    clinic
        .clinic()
        .edits()
        .book(
            truth.at("/records/0/id").asText(),
            truth.at("/members/0/id").asText(),
            "Lakeside Rooms",
            truth.at("/services/0/id").asText(),
            start);
    TimeRange hour = new TimeRange(start, start.plusSeconds(3600));
    List<Appointment> booked =
        capability(AppointmentSource.class)
            .read(account, new ReadWindow.StartingIn(hour), null)
            .records();
    assertThat(source.read(account).sites())
        .anyMatch(
            site ->
                site.name().equals("Lakeside Rooms")
                    && booked.stream().anyMatch(each -> site.ref().equals(each.site())));
  }

  /** Ahead, and over. */
  @ParameterizedTest
  @CsvSource({
    "false, , BOOKED, BOOKED",
    "false, confirmed, CONFIRMED, ARRIVED",
    "false, Confirmed, CONFIRMED, ARRIVED",
    "false, pending, BOOKED, BOOKED",
    "false, unconfirmed, BOOKED, BOOKED",
    "false, declined, UNKNOWN, UNKNOWN",
    "true, confirmed, CANCELLED, CANCELLED",
    "true, perhaps, CANCELLED, CANCELLED"
  })
  void everyWordHasItsStatus(
      boolean cancelled, String word, Appointment.Status ahead, Appointment.Status over) {
    Entry session =
        entry(
            "{\"sessionDate\":\"2026-02-01T01:00:00Z\",\"duration\":30,\"cancelled\":%s,\"confirmationStatus\":%s}"
                .formatted(cancelled, word == null ? "null" : "\"" + word + "\""));
    PracticeBetterTime time = PracticeBetterTime.of(session);
    assertThat(PracticeBetterMapper.status(session, time, time.start().plusSeconds(1799)))
        .isEqualTo(ahead);
    assertThat(PracticeBetterMapper.status(session, time, time.start().plusSeconds(1800)))
        .isEqualTo(over);
  }

  @ParameterizedTest
  @CsvSource({
    "30, 2026-02-01T01:30:00Z, 30, 28, 28",
    "1800, 2026-02-01T01:30:00Z, 30, 1680, 28",
    "1800, , 30, 1680, 28",
    "45, , 45, 40, 40",
    "45, 2026-02-01T01:30:00Z, 30, 40, 40"
  })
  void bothUnitsOfDurationGiveMinutes(
      long duration, String end, long minutes, long actual, long actualMinutes) {
    PracticeBetterTime time =
        PracticeBetterTime.of(
            entry(
                "{\"sessionDate\":\"2026-02-01T01:00:00Z\",\"endDate\":%s,\"duration\":%d,\"actualDuration\":%d}"
                    .formatted(end == null ? "null" : "\"" + end + "\"", duration, actual)));
    assertThat(time.minutes()).isEqualByComparingTo(BigDecimal.valueOf(minutes));
    assertThat(time.actualMinutes()).isEqualByComparingTo(BigDecimal.valueOf(actualMinutes));
    assertThat(time.end()).isEqualTo(time.start().plus(Duration.ofMinutes(minutes)));
  }

  @Test
  void aPracticeThatCountsInSecondsReadsLikeOneThatCountsInMinutes() {
    List<Appointment> minutes = all(capability(AppointmentSource.class));
    flip("seconds", "true");
    List<Appointment> seconds = all(capability(AppointmentSource.class));
    assertThat(seconds).hasSameSizeAs(minutes);
    for (int i = 0; i < minutes.size(); i++) {
      assertThat(seconds.get(i).extras()).isEqualTo(minutes.get(i).extras());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "paid, true, PAID",
    "Paid, true, PAID",
    "unpaid, false, OPEN",
    "partiallyPaid, false, OPEN",
    "overdue, false, OPEN",
    "void, false, VOID",
    "refunded, false, CLOSED",
    "disputed, true, UNKNOWN",
    ", true, PAID",
    ", false, OPEN"
  })
  void everyInvoiceWordHasItsStatusAndCentsAreAmounts(
      String word, boolean paid, Invoice.Status status) {
    Invoice invoice = invoice(word, paid, "2026-03-02T03:30:00Z");
    assertThat(invoice.status()).isEqualTo(status);
    assertThat(invoice.total().amount()).isEqualByComparingTo("175.5");
    assertThat(invoice.total().currency()).isEqualTo("CAD");
    assertThat(invoice.paidByPatient()).isNotNull();
    assertThat(invoice.paidByPatient().amount()).isEqualByComparingTo("100");
    assertThat(invoice.issuedOn()).isEqualTo(LocalDate.of(2026, 3, 1));
    assertThat(invoice(word, paid, "2026-03-02T00:00:00Z").issuedOn())
        .isEqualTo(LocalDate.of(2026, 3, 2));
  }

  private static Invoice invoice(String word, boolean paid, String date) {
    return PracticeBetterMapper.invoice(
        entry(
            "{\"id\":\"i1\",\"invoiceDate\":\"%s\",\"paid\":%s,\"paymentStatus\":%s,\"total\":{\"amount\":17550,\"currency\":\"cad\"},\"amountPaid\":{\"amount\":10000,\"currency\":\"cad\"}}"
                .formatted(date, paid, word == null ? "null" : "\"" + word + "\"")),
        "USD",
        ZoneId.of("America/New_York"));
  }

  @Test
  void whatWasPaidIsTheSumOfTheInvoices() {
    BigDecimal read =
        all(capability(InvoiceSource.class)).stream()
            .map(
                each ->
                    each.paidByPatient() == null ? BigDecimal.ZERO : each.paidByPatient().amount())
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    long cents = 0;
    for (JsonNode row : clinic.rows(RecordKind.INVOICE)) {
      cents += row.at("/amountPaid/amount").asLong();
    }
    assertThat(read).isPositive().isEqualByComparingTo(BigDecimal.valueOf(cents, 2));
  }

  @Test
  void slotsOfAnAnswerThatCoversManyDaysCountOnce() {
    Instant now = vendor.clock().instant();
    TimeRange week = new TimeRange(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(8)));
    AvailabilityProvider slots = capability(AvailabilityProvider.class);
    var query =
        capability(CatalogueSource.class).read(account).offerings().stream()
            .map(
                each ->
                    new AvailabilityProvider.SlotQuery(
                        each.practitioner(), each.treatment(), each.site(), week))
            .filter(each -> !slots.openSlots(account, each).isEmpty())
            .findFirst()
            .orElseThrow();
    List<Slot> daily = slots.openSlots(account, query);
    flip("horizon", "14");
    assertThat(slots.openSlots(account, query)).isEqualTo(daily).isNotEmpty();
  }

  @Test
  void whereTheTeamMayNotBeListedTheOwnConsultantStandsIn() {
    flip("teamHidden", "true");
    assertThat(capability(CatalogueSource.class).read(account).practitioners()).hasSize(1);
    assertThat(connector.check(account))
        .isInstanceOfSatisfying(
            ConnectionCheck.Works.class,
            works -> assertThat(works.zone()).isEqualTo(SimulatedPracticeBetter.ZONE));
  }

  @Test
  void aTokenIsMintedOnceAndAgainAMinuteBeforeItsEnd() {
    PatientSource source = capability(PatientSource.class);
    source.read(account, EVERYTHING, null);
    vendor.pass(Duration.ofMinutes(58));
    source.read(account, EVERYTHING, null);
    assertThat(sent("practicebetter.token")).isEqualTo(1);
    vendor.pass(Duration.ofSeconds(61));
    source.read(account, EVERYTHING, null);
    assertThat(sent("practicebetter.token")).isEqualTo(2);
  }

  @Test
  void registeringAnswersTheHandshakeAndReplacesTheOldSubscription() {
    ChangeListener listener = capability(ChangeListener.class);
    try (HookReceiver receiver = new HookReceiver(listener, account, vendor.clock())) {
      listener.register(account, receiver.address());
      listener.register(account, receiver.address());
      assertThat(receiver.heard)
          .hasSize(2)
          .allMatch(ChangeListener.Heard.Handshake.class::isInstance);
      JsonNode subscriptions = clinic.truth().path("subscriptions");
      assertThat(subscriptions).hasSize(1);
      assertThat(subscriptions.at("/0/events"))
          .extracting(JsonNode::asText)
          .contains("client.record.updated", "session.updated", "invoice.updated")
          .doesNotContain("task.created");
      String patient = clinic.truth().at("/records/0/id").asText();
      var signed =
          new PracticeBetterHooks(clinic.clinic())
              .signed("client.record.deleted", patient, vendor.clock().instant());
      assertThat(
              listener.hear(
                  account, SimulatedPracticeBetter.call(signed, vendor.clock().instant())))
          .isInstanceOfSatisfying(
              ChangeListener.Heard.Changed.class,
              changed ->
                  assertThat(changed.what())
                      .containsExactly(new ChangeListener.ReRead.One(EmrRef.patient(patient))));
    }
  }

  @Test
  void anAddressThatDoesNotAnswerIsNotRegistered() {
    ChangeListener listener = capability(ChangeListener.class);
    assertThatThrownBy(() -> listener.register(account, URI.create("http://localhost:1/hooks")))
        .isInstanceOfSatisfying(
            EmrException.class,
            failure -> assertThat(failure.kind()).isEqualTo(EmrException.Kind.REQUEST_REJECTED));
    assertThat(
            listener.hear(
                account,
                new IncomingCall(
                    "POST",
                    null,
                    Map.of(),
                    Map.of("pb-signature", List.of("t=1,v1=00")),
                    new byte[0],
                    vendor.clock().instant())))
        .isInstanceOf(ChangeListener.Heard.Refused.class);
  }

  @Test
  void longNotesAreCutAndRefuseNoClient() {
    String id = clinic.truth().at("/records/0/id").asText();
    clinic.clinic().edits().set("records", id, Map.of("/profile/notes", "n".repeat(9_000)));
    Patient patient =
        capability(PatientSource.class).get(account, EmrRef.patient(id)).orElseThrow();
    assertThat(patient.extras().get("notes")).hasSize(2_000);
  }
}
