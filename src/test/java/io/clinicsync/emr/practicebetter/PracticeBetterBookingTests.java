package io.clinicsync.emr.practicebetter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Cancellation.Reason;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.NewPatient;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.tck.InMemorySessions;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is Practice Better's own about booking; what every EMR must hold stands in the kit. */
class PracticeBetterBookingTests {

  private static final Instant START = Instant.parse("2027-01-04T15:00:00Z");
  private static final Duration LENGTH = Duration.ofMinutes(45);
  private static final String CREATE = "practicebetter.sessions.create";
  private static final String MOVE = "practicebetter.sessions.move";
  private static final String CANCEL = "practicebetter.sessions.cancel";

  private final SimulatedPracticeBetter vendor = new SimulatedPracticeBetter();
  private final SimulatedPracticeBetter.Account clinic = vendor.open("Grove", 60);
  private final TestHttp http = new TestHttp(vendor.clock(), vendor::pass);
  private final List<HttpCall> calls = new ArrayList<>();
  private Function<HttpCall, @Nullable HttpAnswer> instead = call -> null;
  private Consumer<HttpCall> afterwards = call -> {};
  private final PracticeBetterConnector connector =
      new PracticeBetterConnector(recording(), new InMemorySessions(), vendor.clock());
  private final EmrAccount account =
      new EmrAccount(
          new UUID(1, 1),
          new ConnectionId(new UUID(2, 1)),
          PracticeBetterConnector.WAY,
          URI.create(vendor.origin() + vendor.path()),
          SimulatedPracticeBetter.ZONE,
          "USD",
          new Credentials(clinic.typed()),
          Urgency.BOOKING);
  private final BookingGateway bookings = capability(BookingGateway.class);
  private final PatientDirectory directory = capability(PatientDirectory.class);

  @AfterEach
  void close() {
    http.close();
    vendor.close();
  }

  private OutboundHttp recording() {
    return call -> {
      calls.add(call);
      HttpAnswer given = instead.apply(call);
      HttpAnswer answer = given == null ? http.send(call) : given;
      afterwards.accept(call);
      return answer;
    };
  }

  private <C extends Capability> C capability(Class<C> type) {
    return connector.capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private static final class Attempt implements WriteAttempt {

    private final String key = UUID.randomUUID().toString().substring(0, 8);
    private @Nullable String note;

    @Override
    public String key() {
      return key;
    }

    @Override
    public Instant begunAt() {
      return Instant.EPOCH;
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

  private void flip(String name, Object value) {
    try {
      JsonNode command =
          SimulatedPracticeBetter.JSON.readTree(
              "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":%s}".formatted(name, value));
      clinic.clinic().exclusively(() -> clinic.clinic().edit(command));
    } catch (JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private EmrRef ref(RecordKind kind, String table, int number) {
    return EmrRef.of(kind, clinic.truth().path(table).get(number).path("id").asText());
  }

  private NewBooking booking(Instant start) {
    return new NewBooking(
        ref(RecordKind.PATIENT, "records", 0),
        ref(RecordKind.PRACTITIONER, "members", 0),
        ref(RecordKind.TREATMENT, "services", 0),
        EmrRef.of(RecordKind.SITE, PracticeBetterPlaces.NOWHERE),
        null,
        start,
        start.plus(LENGTH),
        1,
        "First visit");
  }

  private Appointment book(Instant start) {
    return bookings.book(account, booking(start), new Attempt());
  }

  private static Move to(Instant start) {
    return new Move(start, start.plus(LENGTH), null, null, false);
  }

  private JsonNode newest() {
    JsonNode newest = clinic.truth().path("sessions").get(0);
    for (JsonNode each : clinic.truth().path("sessions")) {
      newest = each.path("id").asText().compareTo(newest.path("id").asText()) > 0 ? each : newest;
    }
    return newest;
  }

  private long sent(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).count();
  }

  private static Kind kind(ThrowingCallable call) {
    EmrException failure = catchThrowableOfType(EmrException.class, call);
    assertThat(failure).isNotNull();
    return failure.kind();
  }

  private HttpAnswer answer(int status, String body) {
    return new HttpAnswer(
        status,
        HttpHeaders.of(Map.of(), (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8),
        vendor.clock().instant());
  }

  /** What staff do each time as soon as something was written. */
  private void after(String operation, Runnable work) {
    afterwards =
        call -> {
          if (call.operation().equals(operation)) {
            work.run();
          }
        };
  }

  private JsonNode body(String operation) throws java.io.IOException {
    HttpCall call =
        calls.stream().filter(each -> each.operation().equals(operation)).findFirst().orElseThrow();
    return SimulatedPracticeBetter.JSON.readTree(call.body());
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void whateverTheAccountReadsTheSessionStandsAtTheInstantAskedFor(boolean wall, boolean seconds) {
    flip("wall", wall);
    flip("seconds", seconds);
    for (Instant start : List.of(START, Instant.parse("2027-07-05T18:30:00Z"))) {
      Appointment booked = book(start);
      assertThat(booked.startsAt()).isEqualTo(start);
      assertThat(booked.endsAt()).isEqualTo(start.plus(LENGTH));
      assertThat(newest().path("sessionDate").asText()).isEqualTo(start.toString());
      Instant later = start.plus(Duration.ofDays(1));
      assertThat(bookings.reschedule(account, booked.ref(), to(later), new Attempt()).startsAt())
          .isEqualTo(later);
      assertThat(newest().path("sessionDate").asText()).isEqualTo(later.toString());
    }
    assertThat(sent(CREATE)).isEqualTo(2);
    assertThat(sent(MOVE)).as("learned once, then right at first").isEqualTo(wall ? 3 : 2);
    assertThat(sent(CANCEL)).isZero();
  }

  @Test
  void theUnitOfDurationsIsLearnedTooWhereTheServiceDoesNotTellIt() {
    clinic
        .clinic()
        .edits()
        .set("services", booking(START).treatment().id().value(), Map.of("_minutes", 5));
    flip("seconds", true);
    assertThat(book(START).endsAt()).isEqualTo(START.plus(LENGTH));
    assertThat(sent(MOVE)).isEqualTo(1);
    flip("seconds", false);
    Instant next = START.plus(Duration.ofDays(7));
    assertThat(book(next).endsAt()).as("learned anew").isEqualTo(next.plus(LENGTH));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAnswerWithoutContentIsLookedUpByOurSign(boolean wall) {
    flip("accepted", true);
    flip("wall", wall);
    Appointment booked = book(START);
    assertThat(booked.startsAt()).isEqualTo(START);
    assertThat(booked.notes()).matches("First visit \\[cs:.*]");
  }

  @Test
  void nobodyIsToldAndTheZoneGoesByTheVendorsName() throws Exception {
    book(START);
    JsonNode body = body(CREATE);
    assertThat(body.path("notify").asBoolean(true)).isFalse();
    assertThat(body.path("ignoreConflict").asBoolean(true)).isFalse();
    assertThat(body.path("timeZone").asText()).isEqualTo("Eastern Standard Time");
    assertThat(body.path("sessionDate").asText()).isEqualTo("2027-01-04T15:00:00Z");
  }

  @Test
  void whatCannotBePutRightIsCancelledAndNeverCalledBooked() {
    after(
        CREATE,
        () -> clinic.clinic().edits().move(newest().path("id").asText(), START.plusSeconds(600)));
    assertThat(kind(() -> book(START))).isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(newest().path("cancelled").asBoolean()).isTrue();
    flip("wall", true);
    afterwards = call -> {};
    instead = call -> call.operation().equals(MOVE) ? answer(500, "{}") : null;
    assertThat(kind(() -> book(START))).isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(newest().path("cancelled").asBoolean()).isTrue();
  }

  @Test
  void aTimeThatIsTakenAfterAllIsRefusedAndNothingIsLeft() {
    flip("wall", true);
    String first = "";
    after(CREATE, () -> {});
    NewBooking wanted = booking(START);
    clinic
        .clinic()
        .edits()
        .book(
            wanted.patient().id().value(),
            wanted.practitioner().id().value(),
            null,
            wanted.treatment().id().value(),
            START);
    first = newest().path("id").asText();
    assertThat(kind(() -> book(START))).isEqualTo(Kind.SLOT_TAKEN);
    assertThat(newest().path("id").asText()).isNotEqualTo(first);
    assertThat(newest().path("cancelled").asBoolean()).isTrue();
  }

  @Test
  void whatCouldNotBeTakenBackIsUnknownUntilLookingTakesItBack() {
    flip("wall", true);
    NewBooking wanted = booking(START);
    Attempt attempt = new Attempt();
    instead =
        call ->
            call.operation().equals(MOVE) || call.operation().equals(CANCEL)
                ? answer(500, "{}")
                : null;
    assertThat(kind(() -> bookings.book(account, wanted, attempt))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(kind(() -> bookings.find(account, wanted, attempt))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    instead = call -> null;
    assertThat(bookings.find(account, wanted, attempt)).isEmpty();
    assertThat(newest().path("cancelled").asBoolean()).isTrue();
  }

  @Test
  void whatStaffMovedSinceIsFoundWhereItStands() {
    NewBooking wanted = booking(START);
    Attempt attempt = new Attempt();
    Appointment booked = bookings.book(account, wanted, attempt);
    vendor.pass(Duration.ofMinutes(1));
    Instant moved = START.plus(Duration.ofHours(5));
    clinic.clinic().edits().move(booked.ref().id().value(), moved);
    assertThat(bookings.find(account, wanted, attempt)).map(Appointment::startsAt).contains(moved);
    assertThat(sent(CANCEL)).isZero();
  }

  @Test
  void withoutOurSignOnlyWhatIsYoungEnoughIsOurs() {
    NewBooking wanted = booking(START);
    Attempt attempt = new Attempt();
    Appointment booked = bookings.book(account, wanted, attempt);
    String id = booked.ref().id().value();
    clinic.clinic().edits().set("sessions", id, Map.of("notes", "Bring the scan"));
    assertThat(bookings.find(account, wanted, attempt))
        .map(Appointment::ref)
        .contains(booked.ref());
    vendor.pass(Duration.ofHours(1));
    Attempt later = new Attempt();
    later.note("[cs:later] " + vendor.clock().instant());
    assertThat(bookings.find(account, wanted, later)).isEmpty();
    clinic.clinic().edits().set("sessions", id, Map.of("notes", "[cs:somebody-else]"));
    assertThat(bookings.find(account, wanted, attempt)).isEmpty();
  }

  @Test
  void aMoveThatCannotBePutRightIsPutBack() {
    Appointment booked = book(START);
    String id = booked.ref().id().value();
    Instant later = START.plus(Duration.ofDays(2));
    boolean[] done = {false};
    after(
        MOVE,
        () -> {
          if (!done[0]) {
            done[0] = true;
            clinic.clinic().edits().move(id, START.plusSeconds(900));
          }
        });
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), to(later), new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(newest().path("sessionDate").asText()).isEqualTo(START.toString());
    after(MOVE, () -> clinic.clinic().edits().move(id, START));
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), to(later), new Attempt())))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void anotherPractitionerOrPlaceCannotBeWritten() {
    Appointment booked = book(START);
    Instant later = START.plus(Duration.ofDays(2));
    EmrRef other = ref(RecordKind.PRACTITIONER, "members", 1);
    Move move = new Move(later, later.plus(LENGTH), other, null, false);
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), move, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    Move elsewhere =
        new Move(later, later.plus(LENGTH), null, EmrRef.of(RecordKind.SITE, "place-1"), false);
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), elsewhere, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(sent(MOVE)).isZero();
  }

  @Test
  void aGroupIsNotBookedAndAnHourTwiceIsNotWrittenAsWallTime() {
    NewBooking one = booking(START);
    NewBooking group =
        new NewBooking(
            one.patient(),
            one.practitioner(),
            one.treatment(),
            one.site(),
            null,
            START,
            one.endsAt(),
            8,
            null);
    assertThat(kind(() -> bookings.book(account, group, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    flip("wall", true);
    book(START);
    long before = sent(CREATE);
    assertThat(kind(() -> book(Instant.parse("2026-11-01T05:30:00Z"))))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(sent(CREATE)).isEqualTo(before);
  }

  @Test
  void aCancellationTakesItsNoteAndTellsThePatientOnlyIfWanted() {
    Appointment booked = book(START);
    Cancellation how = new Cancellation(Reason.SICK, "Rang the desk", true, false);
    bookings.cancel(account, booked.ref(), how, new Attempt());
    assertThat(newest().path("_cancelNotes").asText()).isEqualTo("Rang the desk");
    assertThat(newest().path("_cancelNotify").asBoolean()).isTrue();
  }

  @Test
  void theOneWhoHasTheAddressAlreadyIsGivenAndNobodyElse() {
    NewPatient ada =
        new NewPatient("Adaline", "Thistlewood", LocalDate.of(1979, 9, 8), "ada@example.org", null);
    Patient first = directory.create(account, ada, new Attempt());
    vendor.pass(Duration.ofHours(1));
    for (int status : List.of(409, 400, 500)) {
      flip("duplicateAs", status);
      assertThat(directory.create(account, ada, new Attempt()).ref()).isEqualTo(first.ref());
      NewPatient twin =
          new NewPatient("Bertine", "Thistlewood", null, "ada@example.org", "+15550102244");
      assertThat(kind(() -> directory.create(account, twin, new Attempt())))
          .isEqualTo(status == 500 ? Kind.OUTCOME_UNKNOWN : Kind.REQUEST_REJECTED);
    }
    NewPatient silent = new NewPatient("No", "Address", null, null, "+15550102244");
    assertThat(kind(() -> directory.create(account, silent, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
  }

  @Test
  void aHabitExplainsOnlyWhatItCanHaveDone() {
    PracticeBetterHabit document = new PracticeBetterHabit(null, false);
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    assertThat(document.behind(START, LENGTH, START.minusSeconds(3600), LENGTH, berlin))
        .contains(new PracticeBetterHabit(berlin, false));
    assertThat(document.behind(START, LENGTH, START.plusSeconds(3600), LENGTH, berlin)).isEmpty();
    assertThat(document.behind(START, LENGTH, START, LENGTH.plusMinutes(15), berlin)).isEmpty();
    PracticeBetterHabit odd = new PracticeBetterHabit(berlin, true);
    assertThat(PracticeBetterHabit.of(odd.text())).isEqualTo(odd);
    assertThat(odd.behind(START, LENGTH, START.plusSeconds(3600), LENGTH.multipliedBy(60), berlin))
        .contains(document);
  }
}
