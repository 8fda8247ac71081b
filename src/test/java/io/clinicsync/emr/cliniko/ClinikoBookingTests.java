package io.clinicsync.emr.cliniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Cancellation.Reason;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.tck.SimulatedEmr;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.Lane;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is Cliniko's own about booking; what every EMR must hold stands in the kit. */
class ClinikoBookingTests {

  private static final Instant START = Instant.parse("2026-07-01T00:00:00Z");
  private static final Duration LENGTH = Duration.ofMinutes(30);

  private final SimulatedCliniko cliniko = new SimulatedCliniko();
  private final TestHttp http = new TestHttp(cliniko.clock(), cliniko::pass);
  private final List<HttpCall> calls = new ArrayList<>();
  private @Nullable Function<HttpCall, @Nullable HttpAnswer> instead;
  private final ClinikoBookings bookings =
      new ClinikoBookings(new ClinikoApi(recording(), "tests@example.org"));
  private ClinikoAccount clinic;
  private EmrAccount account;

  @BeforeEach
  void openClinic() {
    SimulatedEmr.SimulatedAccount opened = cliniko.open("booking", 30);
    clinic = cliniko.clinic("booking");
    account =
        new EmrAccount(
            new UUID(1, 1),
            new ConnectionId(new UUID(1, 2)),
            "api-key",
            URI.create(cliniko.origin() + cliniko.path()),
            opened.zone(),
            opened.currency(),
            opened.credentials(),
            Urgency.BOOKING);
  }

  @AfterEach
  void close() {
    http.close();
    cliniko.close();
  }

  private OutboundHttp recording() {
    return call -> {
      calls.add(call);
      HttpAnswer given = instead == null ? null : instead.apply(call);
      return given == null ? http.send(call) : given;
    };
  }

  private static HttpAnswer answer(int status) {
    HttpHeaders headers = HttpHeaders.of(Map.of(), (name, value) -> true);
    return new HttpAnswer(status, headers, new byte[0], START);
  }

  private final class Attempt implements WriteAttempt {

    private final String key;
    private final Instant begunAt = cliniko.clock().instant();
    private @Nullable String note;

    Attempt(String key) {
      this.key = key;
    }

    @Override
    public Instant begunAt() {
      return begunAt;
    }

    @Override
    public String key() {
      return key;
    }

    @Override
    public void note(String anchor) {
      note = anchor;
    }

    @Override
    public Optional<String> note() {
      return Optional.ofNullable(note);
    }
  }

  private String some(String table, int number) {
    return clinic.ids(table).get(number);
  }

  private EmrRef practitioner() {
    return EmrRef.of(RecordKind.PRACTITIONER, some("practitioners", 0));
  }

  private NewBooking booking(Instant start, @Nullable String note) {
    return new NewBooking(
        EmrRef.patient(some("patients", 0)),
        practitioner(),
        EmrRef.of(RecordKind.TREATMENT, some("appointment_types", 0)),
        EmrRef.of(RecordKind.SITE, some("businesses", 0)),
        null,
        start,
        start.plus(LENGTH),
        1,
        note);
  }

  private JsonNode row(Appointment appointment) throws IOException {
    String id = appointment.ref().id().value();
    return new ObjectMapper()
        .readTree(Objects.requireNonNull(clinic.truth("individual_appointments", id)));
  }

  private List<Busy> busy(Instant from, Instant to) {
    return bookings.busy(account, practitioner(), new TimeRange(from, to));
  }

  private static EmrException.Kind kind(EmrException failure) {
    return failure.kind();
  }

  private void assertFails(Kind kind, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            EmrException.class, failure -> assertThat(kind(failure)).isEqualTo(kind));
  }

  @Test
  void theDiaryTellsItsKindsApartAtEverySiteAndLeavesOutWhatIsGone() {
    String worker = practitioner().id().value();
    String booked =
        bookings.book(account, booking(START, null), new Attempt("a")).ref().id().value();
    String block =
        clinic.edits().block(worker, some("businesses", 1), START, START.plus(Duration.ofHours(1)));
    Appointment cancelled = bookings.book(account, booking(START, null), new Attempt("b"));
    clinic.edits().cancelAppointment(cancelled.ref().id().value(), 50);
    Appointment archived = bookings.book(account, booking(START, null), new Attempt("c"));
    clinic.edits().archiveAppointment(archived.ref().id().value());
    assertThat(busy(START, START.plus(LENGTH)))
        .extracting(Busy::ref, Busy::kind)
        .containsExactlyInAnyOrder(
            tuple(booked, Busy.Kind.APPOINTMENT), tuple(block, Busy.Kind.BLOCK));
    assertThat(busy(START.plus(LENGTH), START.plus(Duration.ofHours(1))))
        .as("what ends when a span starts does not touch it")
        .extracting(Busy::ref)
        .containsExactly(block);
    assertThat(busy(START.minus(LENGTH), START)).isEmpty();
    assertThat(busy(START.minus(LENGTH), START.plusMillis(1))).hasSize(2);
  }

  @Test
  void aFullDiaryIsReadPageByPage() {
    String worker = practitioner().id().value();
    for (int i = 0; i < 230; i++) {
      Instant from = START.plusSeconds(60L * i);
      clinic.edits().block(worker, some("businesses", 0), from, from.plusSeconds(60));
    }
    assertThat(busy(START, START.plus(Duration.ofHours(6)))).hasSize(230);
    assertThat(calls).hasSize(3);
  }

  @Test
  void whatStaffTookOurSignFromIsStillFoundUnlessItIsOlderThanTheAttempt() {
    NewBooking booking = booking(START, null);
    Attempt attempt = new Attempt("signed-1");
    Appointment booked = bookings.book(account, booking, attempt);
    String id = booked.ref().id().value();
    clinic.edits().set("individual_appointments", id, Map.of("notes", "Called back"));
    assertThat(bookings.find(account, booking, attempt))
        .map(Appointment::ref)
        .contains(booked.ref());
    assertThat(bookings.find(account, booking(START.plusSeconds(60), null), attempt)).isEmpty();
    cliniko.pass(Duration.ofMinutes(10));
    assertThat(bookings.find(account, booking, new Attempt("signed-2")))
        .as("made before this attempt began")
        .isEmpty();
  }

  @Test
  void ourSignStandsBehindTheNoteAndNobodyCanForgeIt() throws IOException {
    Attempt attempt = new Attempt("real-1");
    Appointment booked = bookings.book(account, booking(START, "Knee [cs:forged-2] left"), attempt);
    assertThat(row(booked).path("notes").asText()).isEqualTo("Knee  left [cs:real-1]");
    Attempt forged = new Attempt("forged-2");
    assertThat(bookings.find(account, booking(START, null), forged)).isEmpty();
    assertThat(booked.notes()).isNull();
    assertThat(booked.source()).doesNotContain("Knee");
  }

  @Test
  void aMovedAppointmentIsFoundByItsSignWhereverItIs() {
    Attempt attempt = new Attempt("moved-1");
    Appointment booked = bookings.book(account, booking(START, null), attempt);
    clinic.edits().moveAppointment(booked.ref().id().value(), START.plus(Duration.ofDays(2)));
    assertThat(bookings.find(account, booking(START, null), attempt))
        .map(Appointment::startsAt)
        .contains(START.plus(Duration.ofDays(2)));
  }

  @Test
  void everyReasonHasItsCodeAndRepeatsAreLeftAlone() throws IOException {
    Map<Reason, Integer> codes =
        Map.of(
            Reason.FEELING_BETTER, 10,
            Reason.CONDITION_WORSE, 20,
            Reason.SICK, 30,
            Reason.AWAY, 40,
            Reason.OTHER, 50,
            Reason.WORK, 60);
    assertThat(codes.keySet()).containsExactlyInAnyOrder(Reason.values());
    for (Map.Entry<Reason, Integer> each : codes.entrySet()) {
      Appointment booked =
          bookings.book(account, booking(START, null), new Attempt("r-" + each.getValue()));
      Cancellation how = new Cancellation(each.getKey(), "Rang at nine", true, true);
      bookings.cancel(account, booked.ref(), how, new Attempt("c-" + each.getValue()));
      assertThat(row(booked).path("cancellation_reason").asInt()).isEqualTo(each.getValue());
      assertThat(row(booked).path("cancellation_note").asText()).isEqualTo("Rang at nine");
    }
    assertThat(calls)
        .filteredOn(call -> call.uri().getPath().endsWith("/cancel"))
        .hasSize(6)
        .allMatch(
            call ->
                new String(Objects.requireNonNull(call.body()), StandardCharsets.UTF_8)
                    .contains("\"apply_to_repeats\":false"));
  }

  @Test
  void aCancellationIsDoneOnlyWhenClinikoShowsIt() {
    Appointment booked = bookings.book(account, booking(START, null), new Attempt("a"));
    Cancellation how = new Cancellation(Reason.OTHER, null, false, false);
    Runnable cancel = () -> bookings.cancel(account, booked.ref(), how, new Attempt("b"));
    for (int refusal : List.of(404, 422)) {
      instead = call -> call.method().equals("PATCH") ? answer(refusal) : null;
      assertFails(Kind.REQUEST_REJECTED, cancel);
    }
    instead = call -> call.method().equals("PATCH") ? answer(204) : null;
    assertFails(Kind.OUTCOME_UNKNOWN, cancel);
    boolean[] sent = {false};
    instead =
        call -> {
          if (sent[0] && call.method().equals("GET")) {
            return answer(503);
          }
          sent[0] |= call.method().equals("PATCH");
          return null;
        };
    assertFails(Kind.OUTCOME_UNKNOWN, cancel);
    instead = null;
    assertThat(bookings.cancel(account, booked.ref(), how, new Attempt("c")).status())
        .isEqualTo(Appointment.Status.CANCELLED);
  }

  @Test
  void onlyWhatNeverLeftOrWasRefusedInWordsIsKnownNotToBeDone() {
    Map<Integer, Kind> statuses =
        Map.of(
            302, Kind.OUTCOME_UNKNOWN,
            408, Kind.OUTCOME_UNKNOWN,
            409, Kind.REQUEST_REJECTED,
            401, Kind.CREDENTIALS_REJECTED,
            504, Kind.OUTCOME_UNKNOWN);
    Runnable book = () -> bookings.book(account, booking(START, null), new Attempt("a"));
    statuses.forEach(
        (status, kind) -> {
          instead = call -> answer(status);
          assertFails(kind, book);
        });
    Map<HttpFailure.Kind, Kind> failures =
        Map.of(
            HttpFailure.Kind.NOT_SENT, Kind.UNAVAILABLE,
            HttpFailure.Kind.NO_ANSWER, Kind.OUTCOME_UNKNOWN,
            HttpFailure.Kind.UNUSABLE, Kind.OUTCOME_UNKNOWN,
            HttpFailure.Kind.SLOW_DOWN, Kind.RATE_LIMITED);
    failures.forEach(
        (failure, kind) -> {
          instead =
              call -> {
                throw new HttpFailure(failure, "invented", Duration.ofSeconds(9), null);
              };
          assertFails(kind, book);
        });
    assertThat(calls).hasSize(statuses.size() + failures.size());
  }

  @Test
  void writesAreSentInTheLaneOfWhoWaitsAndNeverRepeated() {
    Appointment booked = bookings.book(account, booking(START, null), new Attempt("a"));
    Move move = new Move(START.plus(LENGTH), START.plus(LENGTH.multipliedBy(2)), null, null, true);
    bookings.reschedule(account.with(Urgency.SYNC), booked.ref(), move, new Attempt("b"));
    List<HttpCall> writes = calls.stream().filter(call -> !call.method().equals("GET")).toList();
    assertThat(writes).hasSize(2).noneMatch(HttpCall::repeatable);
    assertThat(writes).extracting(HttpCall::lane).containsExactly(Lane.BOOKING, Lane.SYNC);
    assertThat(writes.toString()).doesNotContain("cs:");
  }

  @Test
  void aMoveCanLeadToAnotherPractitionerAndSite() throws IOException {
    Appointment booked = bookings.book(account, booking(START, null), new Attempt("a"));
    EmrRef other = EmrRef.of(RecordKind.PRACTITIONER, some("practitioners", 1));
    EmrRef site = EmrRef.of(RecordKind.SITE, some("businesses", 1));
    Move move = new Move(START, START.plus(LENGTH), other, site, false);
    Appointment moved = bookings.reschedule(account, booked.ref(), move, new Attempt("b"));
    assertThat(moved.practitioner()).isEqualTo(other);
    assertThat(moved.site()).isEqualTo(site);
    assertThat(row(moved).path("notes").asText()).as("our sign stays").isEqualTo("[cs:a]");
  }

  @Test
  void whatWasArchivedIsGone() {
    Appointment booked = bookings.book(account, booking(START, null), new Attempt("a"));
    clinic.edits().archiveAppointment(booked.ref().id().value());
    Move move = new Move(START, START.plus(LENGTH), null, null, false);
    Cancellation how = new Cancellation(Reason.OTHER, null, false, false);
    calls.clear();
    assertFails(
        Kind.NOT_FOUND, () -> bookings.reschedule(account, booked.ref(), move, new Attempt("b")));
    assertFails(
        Kind.NOT_FOUND, () -> bookings.cancel(account, booked.ref(), how, new Attempt("c")));
    assertThat(bookings.find(account, booking(START, null), new Attempt("a"))).isEmpty();
    assertThat(calls).allMatch(call -> call.method().equals("GET"));
  }

  @Test
  void aSeatIsKnownByItsSignAndWithoutOneByItsAge() {
    ClassAhead ahead = new ClinikoDiary(clinic, cliniko.clock()).classAhead().orElseThrow();
    NewBooking seat = seat(ahead, newcomer(0), "Brings a mat");
    Attempt attempt = new Attempt("seat-1");
    Appointment joined = bookings.book(account, seat, attempt);
    Attempt lost = new Attempt("seat-2");
    assertThat(bookings.find(account, seat, lost)).as("another attempt's seat").isEmpty();
    String id = joined.ref().id().value().substring(ClinikoMapper.ATTENDEE.length());
    clinic.edits().set("attendees", id, Map.of("notes", "Brings a mat"));
    assertThat(bookings.find(account, seat, attempt)).map(Appointment::ref).contains(joined.ref());
    cliniko.pass(Duration.ofMinutes(10));
    assertThat(bookings.find(account, seat, new Attempt("seat-3"))).as("an older seat").isEmpty();
  }

  /** Without a note nothing was sent: staff gave the seat, and it must not be taken for ours. */
  @Test
  void aSeatThatStaffGaveIsNotThatOfAnAttemptThatSentNothing() {
    ClassAhead ahead = new ClinikoDiary(clinic, cliniko.clock()).classAhead().orElseThrow();
    String group =
        Objects.requireNonNull(
            bookings
                .book(account, seat(ahead, newcomer(0), null), new Attempt("seat-1"))
                .booking());
    NewBooking theirs = seat(ahead, newcomer(1), null);
    clinic.edits().joinClass(group, theirs.patient().id().value());
    Attempt refused = new Attempt("seat-2");
    assertFails(Kind.REQUEST_REJECTED, () -> bookings.book(account, theirs, refused));
    assertThat(refused.note()).isEmpty();
    assertThat(bookings.find(account, theirs, refused)).isEmpty();
  }

  private static NewBooking seat(ClassAhead ahead, String patient, @Nullable String note) {
    return new NewBooking(
        EmrRef.patient(patient),
        ahead.practitioner(),
        ahead.treatment(),
        ahead.site(),
        null,
        ahead.startsAt(),
        ahead.endsAt(),
        ahead.seats(),
        note);
  }

  @ParameterizedTest
  @EnumSource(Urgency.class)
  void eachCallGoesInTheLaneOfItsUrgency(Urgency urgency) {
    bookings.busy(account.with(urgency), practitioner(), new TimeRange(START, START.plus(LENGTH)));
    assertThat(calls).extracting(HttpCall::lane).containsOnly(Lane.valueOf(urgency.name()));
  }

  @Test
  void aClassIsOverbookedWhenMoreHaveJoinedThanItHolds() {
    ClassAhead ahead = new ClinikoDiary(clinic, cliniko.clock()).classAhead().orElseThrow();
    NewBooking seat = seat(ahead, newcomer(0), null);
    Appointment joined = bookings.book(account, seat, new Attempt("seat-1"));
    String group = Objects.requireNonNull(joined.booking());
    for (int number = 1; number < ahead.seatsLeft(); number++) {
      clinic.edits().joinClass(group, newcomer(number));
    }
    assertThat(bookings.isOverbooked(account, seat, joined)).as("full").isFalse();
    String last = clinic.edits().joinClass(group, newcomer(99));
    assertThat(bookings.isOverbooked(account, seat, joined)).isTrue();
    clinic.edits().leaveClass(last);
    assertThat(bookings.isOverbooked(account, seat, joined)).as("who left").isFalse();
    assertThat(bookings.isOverbooked(account, booking(START, null), booked("b")))
        .as("no class")
        .isFalse();
  }

  private String newcomer(int number) {
    return clinic.edits().createPatient(Map.of("first_name", "Ava", "last_name", "Reed" + number));
  }

  private Appointment booked(String key) {
    return bookings.book(account, booking(START, null), new Attempt(key));
  }
}
