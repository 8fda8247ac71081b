package io.clinicsync.emr.halaxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.Lane;
import java.math.BigDecimal;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is Halaxy's own about booking; what every EMR must hold stands in the kit. */
class HalaxyBookingTests {

  /** Summer time in Sydney, while the tests' today is in winter. */
  private static final Instant START = Instant.parse("2026-11-02T20:00:00Z");

  private static final Duration LENGTH = Duration.ofMinutes(30);
  private static final Cancellation BECAUSE =
      new Cancellation(Cancellation.Reason.SICK, "Rang", false, false);

  private final HalaxyStage stage = new HalaxyStage();
  private final BookingGateway bookings = stage.capability(BookingGateway.class);

  @AfterEach
  void close() {
    stage.close();
  }

  private NewBooking booking(Instant start, @Nullable String note) {
    return new NewBooking(
        stage.patient(0),
        stage.practitioner(),
        EmrRef.of(RecordKind.TREATMENT, stage.some("HealthcareService", 0).path("id").asText()),
        EmrRef.of(RecordKind.SITE, HalaxyStage.last(stage.role(0).path("organization"))),
        null,
        start,
        start.plus(LENGTH),
        1,
        note);
  }

  private Appointment book(String key) {
    return bookings.book(stage.account, booking(START, null), new HalaxyAttempt(key));
  }

  private static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(
        status,
        HttpHeaders.of(Map.of(), (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8),
        START);
  }

  private static HttpAnswer outcome(int status, String code) {
    return answer(
        status,
        "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"%s\"}]}"
            .formatted(code));
  }

  private static boolean isWrite(HttpCall call) {
    return !call.method().equals("GET") && !call.operation().equals("halaxy.token");
  }

  /** Answers writes so, without the vendor hearing of them. */
  private void refuseWrites(HttpAnswer answer) {
    stage.instead = call -> isWrite(call) ? answer : null;
  }

  private Move move(Instant start) {
    return new Move(start, start.plus(LENGTH), null, null, false);
  }

  private void flip(String name) {
    stage.edit("{\"edit\":\"switch\",\"name\":\"%s\",\"value\":true}".formatted(name));
  }

  private List<Busy> busy(Instant from, Instant to) {
    return bookings.busy(stage.account, stage.practitioner(), new TimeRange(from, to));
  }

  @Test
  void aBookingIsSentAsTheVendorDocumentsIt() {
    Appointment booked =
        bookings.book(
            stage.account.with(Urgency.BOOKING),
            booking(START, "Knee [cs:forged-2] left"),
            new HalaxyAttempt("real-1"));
    HttpCall write = stage.writes().getFirst();
    assertThat(stage.writes()).hasSize(1);
    assertThat(write.method()).isEqualTo("POST");
    assertThat(write.uri().getPath()).endsWith("/main/Appointment/$book");
    assertThat(write.repeatable()).isFalse();
    assertThat(write.lane()).isEqualTo(Lane.BOOKING);
    Map<String, JsonNode> parameters = new HashMap<>();
    HalaxyStage.sent(write)
        .path("parameter")
        .forEach(each -> parameters.put(each.path("name").asText(), each));
    JsonNode wanted = parameters.get("appt-resource").path("resource");
    assertThat(wanted.path("start").asText()).isEqualTo("2026-11-03T07:00:00+11:00");
    assertThat(wanted.path("end").asText()).isEqualTo("2026-11-03T07:30:00+11:00");
    assertThat(wanted.path("minutesDuration").asInt()).isEqualTo(30);
    assertThat(wanted.path("description").asText()).isEqualTo("Knee  left [cs:real-1]");
    assertThat(HalaxyStage.last(wanted.at("/participant/0/actor")))
        .isEqualTo(stage.role(0).path("id").asText());
    assertThat(parameters.get("patient-id").at("/valueReference/reference").asText())
        .startsWith("http")
        .endsWith("/main/Patient/" + stage.patient(0).id());
    assertThat(parameters.get("location-type").path("valueCode").asText()).isEqualTo("clinic");
    assertThat(parameters.get("status").path("valueCode").asText()).isEqualTo("booked");
    assertThat(booked.notes()).isNull();
    assertThat(booked.source()).doesNotContain("Knee");
    assertThat(write.toString()).doesNotContain("Knee");
  }

  @Test
  void theDiaryHoldsAllThatTakesTimeAtEveryClinic() {
    String here = stage.role(0).path("id").asText();
    String elsewhere = null;
    for (JsonNode each : stage.clinic.truth().path("PractitionerRole")) {
      boolean same =
          HalaxyStage.last(each.path("practitioner")).equals(stage.practitioner().id().value());
      elsewhere =
          same && !each.path("id").asText().equals(here) ? each.path("id").asText() : elsewhere;
    }
    assertThat(elsewhere).as("a person who works at two clinics").isNotNull();
    String booked = book("a").ref().id().value();
    Appointment cancelled = book("b");
    stage.edit("{\"edit\":\"cancel\",\"id\":\"%s\"}".formatted(cancelled.ref().id()));
    var edits = stage.clinic.clinic().edits();
    String absence = edits.block(here, START.minus(Duration.ofDays(20)), 20 * 24 * 60 + 10);
    String other = edits.block(elsewhere, START.plus(LENGTH).minusSeconds(60), 10);
    String next = edits.block(here, START.plus(LENGTH), 10);
    assertThat(busy(START, START.plus(LENGTH)))
        .extracting(Busy::ref, Busy::kind)
        .containsExactlyInAnyOrder(
            tuple(booked, Busy.Kind.APPOINTMENT),
            tuple(absence, Busy.Kind.BLOCK),
            tuple(other, Busy.Kind.BLOCK));
    assertThat(busy(START.plus(Duration.ofMinutes(39)), START.plus(Duration.ofHours(1))))
        .extracting(Busy::ref)
        .containsExactly(next);
  }

  @Test
  void aLostBookingIsFoundByItsSignWhereverItWent() {
    flip("ignorePatientFilter");
    HalaxyAttempt attempt = new HalaxyAttempt("moved-1");
    Appointment booked = bookings.book(stage.account, booking(START, null), attempt);
    Instant later = START.plus(Duration.ofDays(40));
    stage.clinic.clinic().edits().move(booked.ref().id().value(), later);
    assertThat(bookings.find(stage.account, booking(START, null), attempt))
        .map(Appointment::startsAt)
        .contains(later);
    HalaxyAttempt other = new HalaxyAttempt("moved-2");
    other.note("[cs:moved-2] " + stage.halaxy.clock().instant());
    assertThat(bookings.find(stage.account, booking(later, null), other))
        .as("another attempt's appointment")
        .isEmpty();
    assertThat(bookings.find(stage.account, booking(START, null), new HalaxyAttempt("moved-1")))
        .as("an attempt that sent nothing")
        .isEmpty();
  }

  @Test
  void withoutASignWhatIsTheSameAndNoOlderThanTheAttemptCounts() {
    flip("dropComments");
    HalaxyAttempt attempt = new HalaxyAttempt("unsigned-1");
    NewBooking booking = booking(START, "Knee");
    Appointment booked = bookings.book(stage.account, booking, attempt);
    assertThat(stage.row(booked).has("description")).isFalse();
    assertThat(bookings.find(stage.account, booking, attempt)).contains(booked);
    assertThat(bookings.find(stage.account, booking(START.plusSeconds(60), null), attempt))
        .isEmpty();
    stage.halaxy.pass(Duration.ofMinutes(5));
    HalaxyAttempt later = new HalaxyAttempt("unsigned-2");
    later.note("[cs:unsigned-2] " + stage.halaxy.clock().instant());
    assertThat(bookings.find(stage.account, booking, later)).isEmpty();
  }

  @Test
  void aConflictIsATakenTime() {
    flip("strictBooking");
    Appointment booked = book("a");
    assertThat(HalaxyStage.kind(() -> book("b"))).isEqualTo(Kind.SLOT_TAKEN);
    Instant later = START.plus(Duration.ofHours(2));
    Appointment second = bookings.book(stage.account, booking(later, null), new HalaxyAttempt("c"));
    assertThat(
            HalaxyStage.kind(
                () ->
                    bookings.reschedule(
                        stage.account, second.ref(), move(START), new HalaxyAttempt("d"))))
        .isEqualTo(Kind.SLOT_TAKEN);
    refuseWrites(outcome(409, "conflict"));
    assertThat(
            HalaxyStage.kind(
                () ->
                    bookings.cancel(stage.account, booked.ref(), BECAUSE, new HalaxyAttempt("e"))))
        .isEqualTo(Kind.REQUEST_REJECTED);
  }

  @Test
  void onlyARefusalInWordsIsKnownNotToBeDone() {
    Map<HttpAnswer, Kind> answers = new HashMap<>();
    answers.put(answer(302, ""), Kind.OUTCOME_UNKNOWN);
    answers.put(answer(408, ""), Kind.OUTCOME_UNKNOWN);
    answers.put(answer(504, ""), Kind.OUTCOME_UNKNOWN);
    answers.put(answer(200, "{\"resourceType\":\"Bundle\",\"id\":\"1\"}"), Kind.OUTCOME_UNKNOWN);
    answers.put(
        answer(201, "{\"resourceType\":\"Appointment\",\"id\":\"../1\"}"), Kind.OUTCOME_UNKNOWN);
    answers.put(answer(405, ""), Kind.REQUEST_REJECTED);
    answers.put(outcome(401, "login"), Kind.PERMISSION_MISSING);
    answers.put(outcome(403, "forbidden"), Kind.PERMISSION_MISSING);
    answers.put(outcome(401, "expired"), Kind.UNAVAILABLE);
    answers.forEach(
        (answer, kind) -> {
          stage.calls.clear();
          refuseWrites(answer);
          assertThat(HalaxyStage.kind(() -> book("a")))
              .as("status " + answer.status())
              .isEqualTo(kind);
          assertThat(stage.writes()).hasSize(1);
        });
  }

  @Test
  void onlyWhatHalaxyShowsAfterwardsCounts() {
    Appointment booked = book("a");
    for (int status : Set.of(404, 500, 403)) {
      boolean[] written = {false};
      stage.instead =
          call -> {
            written[0] |= isWrite(call);
            return written[0] && call.method().equals("GET") ? answer(status, "{}") : null;
          };
      assertThat(HalaxyStage.kind(() -> book("b")))
          .as("status " + status)
          .isEqualTo(Kind.OUTCOME_UNKNOWN);
    }
    // An answer of success to what was not done.
    refuseWrites(answer(200, stage.row(booked).toString()));
    Instant later = START.plus(Duration.ofHours(2));
    assertThat(
            HalaxyStage.kind(
                () ->
                    bookings.reschedule(
                        stage.account, booked.ref(), move(later), new HalaxyAttempt("c"))))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(
            HalaxyStage.kind(
                () ->
                    bookings.cancel(stage.account, booked.ref(), BECAUSE, new HalaxyAttempt("d"))))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    refuseWrites(answer(404, "{}"));
    assertThat(
            HalaxyStage.kind(
                () ->
                    bookings.cancel(stage.account, booked.ref(), BECAUSE, new HalaxyAttempt("e"))))
        .isEqualTo(Kind.REQUEST_REJECTED);
  }

  @Test
  void nothingButItsTimeIsMoved() {
    Appointment booked = book("a");
    stage.calls.clear();
    Instant later = START.plus(Duration.ofDays(1));
    EmrRef nobody = EmrRef.of(RecordKind.PRACTITIONER, "PR-1");
    EmrRef nowhere = EmrRef.of(RecordKind.SITE, "CL-1");
    for (Move away :
        List.of(
            new Move(later, later.plus(LENGTH), nobody, null, false),
            new Move(later, later.plus(LENGTH), null, nowhere, false))) {
      assertThat(
              HalaxyStage.kind(
                  () ->
                      bookings.reschedule(
                          stage.account, booked.ref(), away, new HalaxyAttempt("b"))))
          .isEqualTo(Kind.REQUEST_REJECTED);
    }
    assertThat(stage.writes()).isEmpty();
    Move same = new Move(later, later.plus(LENGTH), booked.practitioner(), booked.site(), false);
    bookings.reschedule(stage.account, booked.ref(), same, new HalaxyAttempt("c"));
    JsonNode patch = HalaxyStage.sent(stage.writes().getFirst());
    assertThat(patch.properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder("start", "end", "minutesDuration");
  }

  private String invoiced(Appointment appointment) {
    String invoice = Objects.requireNonNull(appointment.extras().get("invoice_id"));
    return stage.row("Invoice", invoice).at("/totalGross/value").asText();
  }

  @Test
  void aCancellationIsFreeUnlessTheClinicChargesForIt() {
    Appointment booked = book("a");
    assertThat(new BigDecimal(invoiced(booked))).isPositive();
    Appointment free =
        bookings.cancel(stage.account, booked.ref(), BECAUSE, new HalaxyAttempt("b"));
    assertThat(new BigDecimal(invoiced(free))).isZero();
    assertThat(HalaxyDiary.status(stage.row(booked), stage.patient(0).id().value()))
        .isEqualTo("cancelled (no charge)");
    Map<String, String> typed =
        new HashMap<>(stage.clinic.clinic().credentials().get(HalaxyConnector.WAY));
    typed.put(HalaxyBookings.CHARGED, "Yes");
    EmrAccount charging = stage.account(new Credentials(typed));
    Appointment another = bookings.book(charging, booking(START, null), new HalaxyAttempt("c"));
    Appointment charged = bookings.cancel(charging, another.ref(), BECAUSE, new HalaxyAttempt("d"));
    assertThat(charged.status()).isEqualTo(Appointment.Status.CANCELLED);
    assertThat(new BigDecimal(invoiced(charged))).isPositive();
    assertThat(HalaxyDiary.status(stage.row(another), stage.patient(0).id().value()))
        .isEqualTo("cancelled");
  }

  @Test
  void aTimeThatRunsIntoSomethingBehindTheRangeIsNotOpen() {
    // A Monday morning.
    Instant nine = Instant.parse("2026-11-01T22:00:00Z");
    NewBooking wanted = booking(nine, null);
    AvailabilityProvider.SlotQuery query =
        new AvailabilityProvider.SlotQuery(
            wanted.practitioner(),
            wanted.treatment(),
            wanted.site(),
            new TimeRange(nine, nine.plusSeconds(60)));
    AvailabilityProvider times = stage.capability(AvailabilityProvider.class);
    assertThat(times.openSlots(stage.account, query)).hasSize(1);
    stage
        .clinic
        .clinic()
        .edits()
        .block(stage.role(0).path("id").asText(), nine.plusSeconds(900), 5);
    assertThat(times.openSlots(stage.account, query)).isEmpty();
  }
}
