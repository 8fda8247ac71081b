package io.clinicsync.emr.jane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
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
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.Lane;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is Jane's own about booking, its holds above all; the rest stands in the kit. */
class JaneBookingTests {

  private static final Instant START = Instant.parse("2026-07-01T17:00:00Z");
  private static final Duration LENGTH = Duration.ofMinutes(30);
  private static final String RESERVE = "jane.web.appointments.reserve";
  private static final String BOOK = "jane.web.appointments.book";
  private static final String RELEASE = "jane.web.appointments.release";
  private static final String CANCEL = "jane.web.appointments.cancel";

  private final JaneStage stage = new JaneStage(JaneConnector.WEB);
  private final BookingGateway bookings = stage.capability(BookingGateway.class);
  private final EmrAccount account = stage.account.with(Urgency.BOOKING);
  private final JsonNode staff = stage.clinic.truth().path("staff_members").get(0);

  @AfterEach
  void close() {
    stage.close();
  }

  private static final class Attempt implements WriteAttempt {

    private @Nullable String note;
    private @Nullable RuntimeException refusal;
    private int notes;

    @Override
    public String key() {
      return "a-1";
    }

    @Override
    public Instant begunAt() {
      return Instant.EPOCH;
    }

    @Override
    public void note(String anchor) {
      if (++notes == 2 && refusal != null) {
        throw refusal;
      }
      note = anchor;
    }

    @Override
    public Optional<String> note() {
      return Optional.ofNullable(note);
    }

    static Attempt noted(String note) {
      Attempt attempt = new Attempt();
      attempt.note = note;
      return attempt;
    }
  }

  private EmrRef patient() {
    return new JaneDiary(stage.clinic).patients().getFirst();
  }

  private EmrRef practitioner() {
    return EmrRef.of(RecordKind.PRACTITIONER, staff.path("id").asText());
  }

  private EmrRef site(int number) {
    return EmrRef.of(
        RecordKind.SITE, stage.clinic.truth().path("locations").get(number).path("id").asText());
  }

  private NewBooking booking(Instant start, @Nullable String note) {
    return new NewBooking(
        patient(),
        practitioner(),
        EmrRef.of(RecordKind.TREATMENT, staff.path("all_treatment_ids").get(0).asText()),
        site(0),
        null,
        start,
        start.plus(LENGTH),
        1,
        note);
  }

  private Appointment book(Instant start) {
    return bookings.book(account, booking(start, null), new Attempt());
  }

  private List<String> holds() {
    return new JaneDiary(stage.clinic).holds();
  }

  private JsonNode row(String id) {
    for (JsonNode row : stage.clinic.truth().path("appointments")) {
      if (row.path("id").asText().equals(id)) {
        return row;
      }
    }
    throw new AssertionError("no such appointment");
  }

  private static JsonNode body(HttpCall call) {
    try {
      return new ObjectMapper()
          .readTree(new String(Objects.requireNonNull(call.body()), StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private HttpCall only(String operation) {
    return stage.calls.stream()
        .filter(call -> call.operation().equals(operation))
        .reduce(
            (one, other) -> {
              throw new AssertionError("sent more than once");
            })
        .orElseThrow();
  }

  private static HttpAnswer answer(int status, String type, String body, String location) {
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of("Content-Type", List.of(type), "Location", List.of(location)),
            (name, value) -> !value.isEmpty());
    return new HttpAnswer(status, headers, body.getBytes(StandardCharsets.UTF_8), START);
  }

  private static HttpAnswer answer(int status, String body) {
    return answer(status, "application/json", body, "");
  }

  /** Jane never sees a call of this operation. */
  private void answering(String operation, HttpAnswer answer) {
    stage.instead = call -> call.operation().equals(operation) ? answer : null;
  }

  /** Jane does what it is asked, and its answer never comes. */
  private void losing(String operation) {
    stage.instead =
        call -> {
          if (call.operation().equals(operation)) {
            stage.sent.send(call);
            throw new HttpFailure(HttpFailure.Kind.NO_ANSWER, "invented", null, null);
          }
          return null;
        };
  }

  private static Kind kind(Runnable call) {
    return catchThrowableOfType(EmrException.class, call::run).kind();
  }

  private List<Busy> busy(Instant from, Instant to) {
    return bookings.busy(account, practitioner(), new TimeRange(from, to));
  }

  @Test
  void aTimeIsHeldThenBookedInOneVisitWithTheTokenOfItsPage() {
    bookings.busy(account, practitioner(), new TimeRange(START, START.plus(LENGTH)));
    stage.calls.clear();
    Appointment booked = bookings.book(account, booking(START, "Left knee"), new Attempt());
    assertThat(stage.calls)
        .extracting(HttpCall::operation)
        .containsExactly("jane.web.page", RESERVE, BOOK);
    JsonNode held = body(only(RESERVE));
    assertThat(held.path("book").asBoolean(true)).isFalse();
    assertThat(held.at("/appointment/start_at").asText()).isEqualTo("2026-07-01T10:00:00-07:00");
    assertThat(held.at("/appointment/staff_member_id").isIntegralNumber()).isTrue();
    JsonNode sent = body(only(BOOK));
    assertThat(sent.path("book").asBoolean()).isTrue();
    assertThat(sent.at("/appointment/duration").asInt()).isEqualTo(1800);
    assertThat(sent.at("/appointment/state").asText()).isEqualTo("reserved");
    assertThat(sent.at("/appointment/id").asText()).isEqualTo(booked.ref().id().value());
    assertThat(sent.at("/appointment/notes_text").asText()).isEqualTo("Left knee");
    assertThat(booked.notes()).isNull();
    assertThat(stage.calls).noneMatch(call -> call.toString().contains("Left knee"));
    assertThat(List.of(only(RESERVE), only(BOOK)))
        .noneMatch(HttpCall::repeatable)
        .allMatch(call -> call.lane() == Lane.BOOKING)
        .allMatch(call -> call.headers().containsKey("X-CSRF-Token"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 422})
  void whatIsRefusedAfterTheHoldLetsItGo(int status) {
    answering(BOOK, answer(status, "{\"message\":\"no\"}"));
    Kind expected =
        switch (status) {
          case 401, 404 -> Kind.UNAVAILABLE;
          case 403 -> Kind.PERMISSION_MISSING;
          default -> Kind.REQUEST_REJECTED;
        };
    assertThat(kind(() -> book(START))).isEqualTo(expected);
    assertThat(holds()).isEmpty();
    assertThat(only(RELEASE).body()).isNull();
    assertThat(row(lastHold()).path("state").asText()).isEqualTo("never_booked");
    assertThat(new JaneDiary(stage.clinic).of(patient()))
        .noneMatch(entry -> entry.startsAt().equals(START));
  }

  private String lastHold() {
    String path = only(RELEASE).uri().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Test
  void aTimeJaneItselfRefusesIsTakenAndLeavesNoHold() {
    stage.flip("refusesOverlaps", true);
    Appointment first = book(START);
    assertThat(kind(() -> book(START))).isEqualTo(Kind.SLOT_TAKEN);
    assertThat(holds()).isEmpty();
    Appointment second = book(START.plus(LENGTH));
    Move onto = new Move(START, START.plus(LENGTH), null, null, false);
    assertThat(kind(() -> bookings.reschedule(account, second.ref(), onto, new Attempt())))
        .isEqualTo(Kind.SLOT_TAKEN);
    assertThat(busy(START, START.plus(LENGTH)))
        .extracting(Busy::ref)
        .containsExactly(first.ref().id().value());
  }

  @Test
  void anAttemptThatMayNotGoOnLetsItsHoldGo() {
    Attempt overtaken = new Attempt();
    overtaken.refusal = new IllegalStateException("overtaken");
    assertThatThrownBy(() -> bookings.book(account, booking(START, null), overtaken))
        .isSameAs(overtaken.refusal);
    assertThat(stage.sent(BOOK)).isZero();
    assertThat(holds()).isEmpty();
  }

  @Test
  void aHoldThatCouldNotBeLetGoEndsByItselfAndCannotBeBookedAfterwards() {
    stage.instead =
        call ->
            call.operation().equals(BOOK)
                ? answer(422, "{}")
                : call.operation().equals(RELEASE) ? answer(503, "{}") : null;
    EmrException failure = catchThrowableOfType(EmrException.class, () -> book(START));
    assertThat(failure.kind()).isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(failure.getSuppressed()).hasSize(1);
    stage.instead = null;
    assertThat(holds()).hasSize(1);
    assertThat(busy(START, START.plus(LENGTH))).as("what is held is taken").hasSize(1);
    stage.jane.pass(Duration.ofMinutes(10));
    assertThat(holds()).isEmpty();
    assertThat(busy(START, START.plus(LENGTH))).isEmpty();
  }

  @Test
  void aHoldWhoseAnswerIsLostBooksNothingAndIsLetGo() {
    losing(RESERVE);
    assertThat(kind(() -> book(START))).isEqualTo(Kind.UNAVAILABLE);
    assertThat(stage.sent(RESERVE)).isEqualTo(1);
    assertThat(stage.sent(BOOK)).isZero();
    assertThat(holds()).isEmpty();
    for (HttpAnswer odd :
        List.of(
            answer(500, ""),
            answer(201, "{\"id\":\"../x\"}"),
            answer(200, "text/html", "<html>", ""))) {
      answering(RESERVE, odd);
      assertThat(kind(() -> book(START))).isEqualTo(Kind.UNAVAILABLE);
    }
    assertThat(stage.sent(BOOK)).isZero();
  }

  @Test
  void oneOfTwoHoldsWithoutANameIsNotOursToLetGo() {
    String theirs =
        stage
            .clinic
            .clinic()
            .edits()
            .reserve(staff.path("id").asText(), site(0).id().value(), START);
    losing(RESERVE);
    assertThat(kind(() -> book(START))).isEqualTo(Kind.UNAVAILABLE);
    assertThat(holds()).hasSize(2).contains(theirs);
    assertThat(stage.sent(RELEASE)).isZero();
  }

  @Test
  void aHoldOlderThanTheAttemptIsSomebodyElses() {
    String theirs =
        stage
            .clinic
            .clinic()
            .edits()
            .reserve(staff.path("id").asText(), site(0).id().value(), START);
    stage.jane.pass(Duration.ofMinutes(3));
    answering(RESERVE, answer(500, ""));
    assertThat(kind(() -> book(START))).isEqualTo(Kind.UNAVAILABLE);
    assertThat(holds()).containsExactly(theirs);
  }

  @Test
  void afterACrashAHoldThatWasNotBookedIsLetGoAndCanNeverBeBooked() {
    Attempt attempt = new Attempt();
    HttpCall[] late = new HttpCall[1];
    stage.instead =
        call -> {
          if (call.operation().equals(BOOK)) {
            late[0] = call;
            throw new HttpFailure(HttpFailure.Kind.NO_ANSWER, "invented", null, null);
          }
          return null;
        };
    assertThat(kind(() -> bookings.book(account, booking(START, null), attempt)))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(holds()).hasSize(1);
    stage.instead = null;
    assertThat(bookings.find(account, booking(START, null), attempt)).isEmpty();
    assertThat(holds()).isEmpty();
    assertThat(stage.sent.send(late[0]).status()).as("what was still under way").isEqualTo(404);
    assertThat(bookings.find(account, booking(START, null), attempt)).isEmpty();
    assertThat(stage.sent(RELEASE)).isEqualTo(1);
  }

  @Test
  void afterACrashBeforeTheHoldHadANameItIsFoundByItsTime() {
    Attempt crashed = Attempt.noted("asked " + stage.jane.clock().instant());
    String held =
        stage
            .clinic
            .clinic()
            .edits()
            .reserve(staff.path("id").asText(), site(0).id().value(), START);
    assertThat(bookings.find(account, booking(START.plusSeconds(60), null), crashed)).isEmpty();
    assertThat(holds()).containsExactly(held);
    assertThat(bookings.find(account, booking(START, null), crashed)).isEmpty();
    assertThat(holds()).isEmpty();
  }

  @Test
  void whatWasBookedIsFoundByItsNoteHoweverLongAgo() {
    Attempt attempt = new Attempt();
    losing(BOOK);
    assertThat(kind(() -> bookings.book(account, booking(START, null), attempt)))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    stage.instead = null;
    stage.jane.pass(Duration.ofMinutes(30));
    Appointment found = bookings.find(account, booking(START, null), attempt).orElseThrow();
    assertThat(found.status()).isEqualTo(Appointment.Status.BOOKED);
    assertThat(stage.sent(RELEASE)).isZero();
    stage.clinic.clinic().edits().move(found.ref().id().value(), START.plus(LENGTH));
    assertThat(bookings.find(account, booking(START, null), attempt))
        .map(Appointment::startsAt)
        .contains(START.plus(LENGTH));
    String other = new JaneDiary(stage.clinic).patients().get(1).id().value();
    stage
        .clinic
        .clinic()
        .edits()
        .set("appointments", found.ref().id().value(), Map.of("patient_id", Long.valueOf(other)));
    assertThat(bookings.find(account, booking(START, null), attempt))
        .as("staff took the time for somebody else")
        .isEmpty();
  }

  @Test
  void aHoldThatCannotBeLetGoYetLeavesItUncertain() {
    Attempt attempt = new Attempt();
    answering(BOOK, answer(500, ""));
    assertThat(kind(() -> bookings.book(account, booking(START, null), attempt)))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    answering(RELEASE, answer(500, ""));
    assertThat(kind(() -> bookings.find(account, booking(START, null), attempt)))
        .isEqualTo(Kind.UNAVAILABLE);
    losing(RELEASE);
    assertThat(bookings.find(account, booking(START, null), attempt))
        .as("the answer was lost, a look tells")
        .isEmpty();
    assertThat(holds()).isEmpty();
  }

  @Test
  void anAnswerThatDoesNotShowTheBookingLeavesItInDoubt() {
    for (String body :
        List.of(
            "{\"appointment\":{}}",
            "{\"id\":1,\"state\":\"booked\",\"patient_id\":%s}".formatted(patient().id()),
            "[]",
            "{\"state\":{}}")) {
      answering(BOOK, answer(200, body));
      assertThat(kind(() -> book(START))).as(body).isEqualTo(Kind.OUTCOME_UNKNOWN);
    }
    answering(BOOK, answer(302, "text/html", "", "/elsewhere"));
    assertThat(kind(() -> book(START))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    answering(BOOK, answer(302, "text/html", "", "/login"));
    assertThat(kind(() -> book(START))).as("turned away").isEqualTo(Kind.UNAVAILABLE);
    answering(BOOK, answer(408, ""));
    assertThat(kind(() -> book(START))).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void aSessionThatIsOverIsRenewedBeforeAnythingIsSent() {
    book(START);
    stage.jane.jane().endSessions(stage.clinic.clinic());
    stage.calls.clear();
    book(START.plus(LENGTH));
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(1);
    assertThat(stage.sent(RESERVE)).isEqualTo(1);
    answering("jane.web.page", answer(200, "text/html", "<html>no token</html>", ""));
    assertThat(kind(() -> book(START))).isEqualTo(Kind.CONTRACT_BROKEN);
    assertThat(stage.sent(RESERVE)).isEqualTo(1);
  }

  @Test
  void strictCookiesAreNoHindrance() {
    stage.flip("strictCookies", true);
    Appointment booked = book(START);
    assertThat(row(booked.ref().id().value()).path("state").asText()).isEqualTo("booked");
  }

  @Test
  void everyReasonHasAWordAndTheFlagsAreWhatWasAsked() {
    Set<String> words = new HashSet<>();
    boolean patient = false;
    for (Reason reason : Reason.values()) {
      String id = book(START).ref().id().value();
      stage.calls.clear();
      stage.flip("bareCancellations", patient);
      Cancellation how = new Cancellation(reason, "Rang at nine", patient, !patient);
      bookings.cancel(account, EmrRef.appointment(id), how, new Attempt());
      String text = row(id).path("cancelled_reason").asText();
      assertThat(text).endsWith(": Rang at nine");
      words.add(text);
      assertThat(row(id).path("_told_patient").asBoolean(!patient)).isEqualTo(patient);
      assertThat(row(id).path("_told_wait_list").asBoolean(patient)).isEqualTo(!patient);
      patient = !patient;
    }
    assertThat(words).hasSize(Reason.values().length);
    assertThat(JaneBookings.reason(new Cancellation(Reason.SICK, " ", true, true)))
        .isEqualTo("Sick");
    assertThat(JaneBookings.reason(new Cancellation(Reason.SICK, "x".repeat(900), true, true)))
        .hasSize(500);
  }

  @Test
  void aCancellationIsDoneOnlyWhenJaneShowsIt() {
    Appointment booked = book(START);
    Cancellation how = new Cancellation(Reason.OTHER, null, false, false);
    Runnable cancel = () -> bookings.cancel(account, booked.ref(), how, new Attempt());
    for (int refusal : List.of(404, 422)) {
      answering(CANCEL, answer(refusal, "{}"));
      assertThat(kind(cancel)).isEqualTo(Kind.REQUEST_REJECTED);
    }
    answering(CANCEL, answer(204, ""));
    assertThat(kind(cancel)).isEqualTo(Kind.OUTCOME_UNKNOWN);
    boolean[] sent = {false};
    stage.instead =
        call -> {
          if (sent[0] && call.operation().equals("jane.web.appointments.get")) {
            return answer(503, "");
          }
          sent[0] |= call.operation().equals(CANCEL);
          return null;
        };
    assertThat(kind(cancel)).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void whatIsNoAppointmentIsNeitherCancelledNorMoved() {
    String held =
        stage
            .clinic
            .clinic()
            .edits()
            .reserve(staff.path("id").asText(), site(0).id().value(), START);
    Cancellation how = new Cancellation(Reason.OTHER, null, false, false);
    Move move = new Move(START, START.plus(LENGTH), null, null, false);
    EmrRef hold = EmrRef.appointment(held);
    assertThat(kind(() -> bookings.cancel(account, hold, how, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(kind(() -> bookings.reschedule(account, hold, move, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    Appointment booked = book(START);
    stage.clinic.clinic().edits().archiveAppointment(booked.ref().id().value());
    stage.calls.clear();
    assertThat(kind(() -> bookings.cancel(account, booked.ref(), how, new Attempt())))
        .isEqualTo(Kind.NOT_FOUND);
    assertThat(stage.calls).allMatch(call -> call.method().equals("GET"));
    assertThat(holds()).containsExactly(held);
  }

  @Test
  void classesAreNotJoinedAndAParticipantIsNotMoved() {
    NewBooking one = booking(START, null);
    NewBooking seat =
        new NewBooking(
            one.patient(),
            one.practitioner(),
            one.treatment(),
            one.site(),
            null,
            one.startsAt(),
            one.endsAt(),
            8,
            null);
    assertThat(kind(() -> bookings.book(account, seat, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(stage.calls).isEmpty();
    Appointment booked = book(START);
    stage
        .clinic
        .clinic()
        .edits()
        .set(
            "appointments",
            booked.ref().id().value(),
            Map.of("class_booking", true, "parent_appointment_id", 77));
    Move move = new Move(START, START.plus(LENGTH), null, null, false);
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), move, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
  }

  @Test
  void aMoveCanLeadToAnotherPractitionerAndSiteAndTellsThePatientOnlyIfAsked() {
    Appointment booked = book(START);
    JsonNode other = stage.clinic.truth().path("staff_members").get(1);
    EmrRef who = EmrRef.of(RecordKind.PRACTITIONER, other.path("id").asText());
    Move move = new Move(START, START.plus(LENGTH), who, site(1), true);
    Appointment moved = bookings.reschedule(account, booked.ref(), move, new Attempt());
    assertThat(moved.ref()).isEqualTo(booked.ref());
    assertThat(moved.practitioner()).isEqualTo(who);
    assertThat(moved.site()).isEqualTo(site(1));
    JsonNode sent = body(only("jane.web.appointments.move"));
    assertThat(sent.at("/appointment/room_id").isNull()).isTrue();
    assertThat(row(booked.ref().id().value()).path("_told_patient").asBoolean()).isTrue();
  }

  @Test
  void aMoveThatJaneDoesNotKnowOrShowIsNotSaidToBeDone() {
    Appointment booked = book(START);
    Move move = new Move(START.plus(LENGTH), START.plus(LENGTH.multipliedBy(2)), null, null, false);
    Runnable moving = () -> bookings.reschedule(account, booked.ref(), move, new Attempt());
    answering("jane.web.appointments.move", answer(404, "{}"));
    assertThat(kind(moving)).isEqualTo(Kind.REQUEST_REJECTED);
    for (String stale : List.of("10:00:00-07:00/10:30:00-07:00", "10:00:00-07:00/11:00:00-07:00")) {
      String shown =
          "{\"id\":%s,\"start_at\":\"2026-07-01T%s\",\"end_at\":\"2026-07-01T%s\",\"state\":\"booked\",\"updated_at\":\"2026-06-10T09:00:00-07:00\"}"
              .formatted(booked.ref().id(), stale.split("/")[0], stale.split("/")[1]);
      answering("jane.web.appointments.move", answer(200, shown));
      assertThat(kind(moving)).as(stale).isEqualTo(Kind.OUTCOME_UNKNOWN);
    }
  }

  @Test
  void theDiaryTellsItsKindsApartAtEveryLocationAndLeavesOutWhatIsGone() {
    String worker = staff.path("id").asText();
    String booked = book(START).ref().id().value();
    String held = stage.clinic.clinic().edits().reserve(worker, site(1).id().value(), START);
    String pause = book(START).ref().id().value();
    set(pause, Map.of("break", true));
    String shared = book(START).ref().id().value();
    set(shared, Map.of("class_booking", true));
    String cancelled = book(START).ref().id().value();
    stage.clinic.clinic().edits().cancel(cancelled, "Away");
    String archived = book(START).ref().id().value();
    stage.clinic.clinic().edits().archiveAppointment(archived);
    String strange = book(START).ref().id().value();
    set(strange, Map.of("state", "perhaps"));
    assertThat(busy(START, START.plus(LENGTH)))
        .extracting(Busy::ref, Busy::kind, each -> each.treatment() == null)
        .containsExactlyInAnyOrder(
            tuple(booked, Busy.Kind.APPOINTMENT, true),
            tuple(held, Busy.Kind.APPOINTMENT, true),
            tuple(pause, Busy.Kind.BLOCK, true),
            tuple(shared, Busy.Kind.CLASS, false),
            tuple(strange, Busy.Kind.APPOINTMENT, true));
    assertThat(busy(START.minus(LENGTH), START)).isEmpty();
    assertThat(busy(START.plus(LENGTH), START.plus(LENGTH.multipliedBy(2)))).isEmpty();
  }

  private void set(String id, Map<String, ?> members) {
    stage.clinic.clinic().edits().set("appointments", id, members);
  }

  @Test
  void whatBeganTheDayBeforeIsSeen() {
    Instant night = Instant.parse("2026-07-02T06:30:00Z");
    NewBooking one = booking(night, null);
    NewBooking late =
        new NewBooking(
            one.patient(),
            one.practitioner(),
            one.treatment(),
            one.site(),
            null,
            night,
            night.plus(Duration.ofHours(2)),
            1,
            null);
    String id = bookings.book(account, late, new Attempt()).ref().id().value();
    Instant after = Instant.parse("2026-07-02T07:30:00Z");
    assertThat(busy(after, after.plus(LENGTH))).extracting(Busy::ref).containsExactly(id);
    assertThat(busy(after, after.plus(Duration.ofDays(9)))).extracting(Busy::ref).contains(id);
  }
}
