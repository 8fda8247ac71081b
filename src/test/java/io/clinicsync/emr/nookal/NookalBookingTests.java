package io.clinicsync.emr.nookal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
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
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.NewPatient;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is Nookal's own about booking; what every EMR must hold stands in the kit. */
class NookalBookingTests {

  /** Early on a Wednesday in Sydney, when nobody works. */
  private static final Instant START = Instant.parse("2026-06-30T20:15:00Z");

  private final NookalStage stage = new NookalStage(60);
  private final EmrAccount account = stage.account();
  private final BookingGateway bookings = stage.capability(account, BookingGateway.class);
  private final PatientDirectory directory = stage.capability(account, PatientDirectory.class);

  @AfterEach
  void close() {
    stage.close();
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

  private JsonNode row(String table, int number) {
    return stage.clinic.truth().path(table).get(number);
  }

  private EmrRef ref(RecordKind kind, String table, int number) {
    return EmrRef.of(kind, row(table, number).path("ID").asText());
  }

  private EmrRef patient() {
    return ref(RecordKind.PATIENT, "patients", 0);
  }

  private Duration length() {
    return Duration.ofMinutes(row("services", 0).path("Duration").asInt());
  }

  private NewBooking booking(Instant start, @Nullable String note) {
    return new NewBooking(
        patient(),
        ref(RecordKind.PRACTITIONER, "practitioners", 0),
        ref(RecordKind.TREATMENT, "services", 0),
        ref(RecordKind.SITE, "locations", 0),
        null,
        start,
        start.plus(length()),
        1,
        note);
  }

  private Appointment book(Instant start) {
    return bookings.book(account, booking(start, null), new Attempt());
  }

  private Move to(Instant start) {
    return new Move(start, start.plus(length()), null, null, false);
  }

  private JsonNode entry(EmrRef appointment) {
    return Objects.requireNonNull(
        stage.clinic.rows(RecordKind.APPOINTMENT).get(appointment.id().value()));
  }

  /** The newest appointment there is. */
  private JsonNode newest() {
    JsonNode newest = row("appointments", 0);
    for (JsonNode each : stage.clinic.truth().path("appointments")) {
      newest = each.path("ID").asLong() > newest.path("ID").asLong() ? each : newest;
    }
    return newest;
  }

  private static Kind kind(ThrowingCallable call) {
    EmrException failure = catchThrowableOfType(EmrException.class, call);
    assertThat(failure).isNotNull();
    return failure.kind();
  }

  private static boolean is(HttpCall call, String function) {
    return call.operation().equals("nookal." + function);
  }

  private HttpAnswer answer(String body) {
    return new HttpAnswer(
        200,
        HttpHeaders.of(Map.of(), (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8),
        stage.nookal.clock().instant());
  }

  private HttpAnswer failure(String text) {
    return answer(
        "{\"status\":\"failure\",\"details\":{\"errorMessage\":\"%s\",\"errorCode\":\"L021\",\"alerts\":[]}}"
            .formatted(text));
  }

  /** What staff do as soon as a function was called for the first time. */
  private void after(String function, Runnable work) {
    stage.afterwards =
        call -> {
          if (is(call, function)) {
            stage.afterwards = later -> {};
            work.run();
          }
        };
  }

  @Test
  void timesAreTheClockOfThePlaceAndNotesArePlainLetters() {
    Appointment booked = bookings.book(account, booking(START, "Café – “naïve” 漢"), new Attempt());
    JsonNode entry = entry(booked.ref());
    assertThat(entry.path("appointmentDate").asText()).isEqualTo("2026-07-01");
    assertThat(entry.path("appointmentStartTime").asText()).isEqualTo("06:15:00");
    assertThat(entry.path("Notes").asText()).startsWith("Cafe - \"naive\" ? [cs:");
    assertThat(booked.startsAt()).isEqualTo(START);
  }

  @Test
  void anHourThatComesTwiceIsRefusedBeforeAnythingIsSent() {
    for (String twice : new String[] {"2027-04-03T15:30:00Z", "2027-04-03T16:30:00Z"}) {
      assertThat(kind(() -> book(Instant.parse(twice)))).isEqualTo(Kind.REQUEST_REJECTED);
    }
    assertThat(stage.sent("nookal.addAppointmentBooking")).isZero();
    assertThat(book(Instant.parse("2027-04-03T17:30:00Z")).startsAt())
        .isEqualTo(Instant.parse("2027-04-03T17:30:00Z"));
  }

  @Test
  void whatStandsElsewhereThanAskedIsTakenBackAndNeverCalledBooked() {
    after(
        "addAppointmentBooking",
        () ->
            stage
                .clinic
                .clinic()
                .edits()
                .move(newest().path("ID").asText(), START.plus(Duration.ofHours(10))));
    assertThat(kind(() -> book(START))).isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(newest().path("cancelled").asText()).isEqualTo("1");
    stage.flip("longer", 15);
    assertThat(kind(() -> book(START))).isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(newest().path("cancelled").asText()).isEqualTo("1");
  }

  @Test
  void whatCannotBeTakenBackIsUnknownUntilLookingTakesItBack() {
    stage.flip("longer", 15);
    NewBooking wanted = booking(START, null);
    Attempt attempt = new Attempt();
    stage.instead = call -> is(call, "cancelAppointment") ? failure("Not now") : null;
    assertThat(kind(() -> bookings.book(account, wanted, attempt))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(kind(() -> bookings.find(account, wanted, attempt))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    stage.instead = call -> null;
    assertThat(bookings.find(account, wanted, attempt)).isEmpty();
    assertThat(newest().path("cancelled").asText()).isEqualTo("1");
  }

  @Test
  void whatStaffMovedSinceIsFoundWhereItStands() {
    NewBooking wanted = booking(START, null);
    Attempt attempt = new Attempt();
    Appointment booked = bookings.book(account, wanted, attempt);
    stage.nookal.pass(Duration.ofMinutes(1));
    Instant moved = START.plus(Duration.ofHours(2));
    stage.clinic.clinic().edits().move(booked.ref().id().value(), moved);
    assertThat(bookings.find(account, wanted, attempt)).map(Appointment::startsAt).contains(moved);
    assertThat(stage.sent("nookal.cancelAppointment")).isZero();
  }

  @Test
  void withoutOurSignOnlyWhatIsYoungEnoughIsOurs() {
    for (boolean local : new boolean[] {false, true}) {
      stage.flip("localStamps", local);
      Instant start = START.plus(Duration.ofDays(local ? 1 : 0));
      NewBooking wanted = booking(start, null);
      Attempt attempt = new Attempt();
      Appointment booked = bookings.book(account, wanted, attempt);
      String id = booked.ref().id().value();
      stage.clinic.clinic().edits().set("appointments", id, Map.of("Notes", "Bring the scan"));
      assertThat(bookings.find(account, wanted, attempt))
          .map(Appointment::ref)
          .contains(booked.ref());
      assertThat(bookings.find(account, booking(start.plusSeconds(900), null), attempt)).isEmpty();
      stage.nookal.pass(Duration.ofHours(1));
      Attempt later = new Attempt();
      later.note("[cs:later] " + stage.nookal.clock().instant());
      assertThat(bookings.find(account, wanted, later)).as("older than the attempt").isEmpty();
      stage.clinic.clinic().edits().set("appointments", id, Map.of("Notes", "[cs:somebody-else]"));
      assertThat(bookings.find(account, wanted, attempt)).as("another attempt's").isEmpty();
    }
  }

  @Test
  void successIsNotBelievedUntilItShows() {
    stage.instead =
        call ->
            is(call, "addAppointmentBooking")
                ? answer(
                    "{\"status\":\"success\",\"data\":{\"results\":{\"appointment_id\":\"9\"}}}")
                : null;
    assertThat(kind(() -> book(START))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    stage.instead =
        call ->
            is(call, "addPatient")
                ? answer("{\"status\":\"success\",\"data\":{\"results\":{\"patient_id\":\"9\"}}}")
                : null;
    NewPatient somebody =
        new NewPatient("Odile", "Marchbanks", LocalDate.of(1988, 3, 4), null, null);
    assertThat(kind(() -> directory.create(account, somebody, new Attempt())))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void aRefusalWithoutWordsWeKnowIsLookedUpInTheDiary() {
    book(START);
    stage.instead = call -> is(call, "addAppointmentBooking") ? failure("Nope") : null;
    assertThat(kind(() -> book(START))).isEqualTo(Kind.SLOT_TAKEN);
    assertThat(kind(() -> book(START.plus(Duration.ofHours(2))))).isEqualTo(Kind.REQUEST_REJECTED);
    stage.instead = call -> is(call, "addAppointmentBooking") ? failure("Request timed out") : null;
    assertThat(kind(() -> book(START))).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void aMoveDoneInPartIsPutBackAndOneNotDoneIsUnknown() {
    Appointment booked = book(START);
    String id = booked.ref().id().value();
    Move move = to(START.plus(Duration.ofHours(3)));
    after(
        "updateAppointmentBooking",
        () -> stage.clinic.clinic().edits().move(id, START.plus(Duration.ofHours(1))));
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), move, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(entry(booked.ref()).path("_start").asText()).isEqualTo(START.toString());
    after("updateAppointmentBooking", () -> stage.clinic.clinic().edits().move(id, START));
    assertThat(kind(() -> bookings.reschedule(account, booked.ref(), move, new Attempt())))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void aMoveCanGoToAnotherPractitionerAndSite() {
    Appointment booked = book(START);
    EmrRef other = ref(RecordKind.PRACTITIONER, "practitioners", 1);
    EmrRef site = ref(RecordKind.SITE, "locations", 1);
    Instant start = START.plus(Duration.ofDays(1));
    Appointment moved =
        bookings.reschedule(
            account,
            booked.ref(),
            new Move(start, start.plus(length()), other, site, false),
            new Attempt());
    assertThat(moved.ref()).isEqualTo(booked.ref());
    assertThat(moved.practitioner()).isEqualTo(other);
    assertThat(moved.site()).isEqualTo(site);
    assertThat(moved.startsAt()).isEqualTo(start);
  }

  @Test
  void theDiaryTellsOverlapsClassesAndBreaks() {
    stage.flip("acceptsOverlaps", true);
    EmrRef practitioner = booking(START, null).practitioner();
    String one = book(START).ref().id().value();
    String two = book(START.plus(Duration.ofMinutes(5))).ref().id().value();
    TimeRange span = new TimeRange(START, START.plus(length()));
    assertThat(bookings.busy(account, practitioner, span))
        .extracting(Busy::ref)
        .containsExactlyInAnyOrder(one, two);
    JsonNode lunch = row("events", 0);
    Instant noon = Instant.parse(lunch.path("_start").asText());
    EmrRef eater = EmrRef.of(RecordKind.PRACTITIONER, lunch.path("practitionerID").asText());
    assertThat(bookings.busy(account, eater, new TimeRange(noon, noon.plusSeconds(60))))
        .anySatisfy(
            busy -> {
              assertThat(busy.kind()).isEqualTo(Busy.Kind.BLOCK);
              assertThat(busy.span()).isEqualTo(new TimeRange(noon, noon.plusSeconds(1800)));
            });
    ClassAhead ahead = classAhead();
    assertThat(
            bookings.busy(
                account, ahead.practitioner(), new TimeRange(ahead.startsAt(), ahead.endsAt())))
        .anySatisfy(
            busy -> {
              assertThat(busy.kind()).isEqualTo(Busy.Kind.CLASS);
              assertThat(busy.treatment()).isEqualTo(ahead.treatment());
            });
    stage.instead = call -> is(call, "getEvents") ? failure("Permission denied") : null;
    assertThat(bookings.busy(account, practitioner, span)).hasSize(2);
  }

  private ClassAhead classAhead() {
    return stage.clinic.diary().orElseThrow().classAhead().orElseThrow();
  }

  private NewBooking seat(ClassAhead ahead) {
    EmrRef patient =
        stage.clinic.diary().orElseThrow().patients().stream()
            .filter(
                each ->
                    stage.clinic.diary().orElseThrow().of(each).stream()
                        .noneMatch(entry -> entry.startsAt().equals(ahead.startsAt())))
            .findFirst()
            .orElseThrow();
    return new NewBooking(
        patient,
        ahead.practitioner(),
        ahead.treatment(),
        ahead.site(),
        null,
        ahead.startsAt(),
        ahead.endsAt(),
        2,
        null);
  }

  @Test
  void aSeatIsTakenHoweverTheFunctionWantsItsClassNamed() {
    for (boolean byNumber : new boolean[] {true, false}) {
      stage.flip("classByNumber", byNumber);
      ClassAhead ahead = classAhead();
      Appointment joined = bookings.book(account, seat(ahead), new Attempt());
      assertThat(joined.treatment()).isEqualTo(ahead.treatment());
      assertThat(joined.startsAt()).isEqualTo(ahead.startsAt());
    }
  }

  @Test
  void aSeatWhoseNumberIsNotShownIsNotCancelledByUs() {
    Appointment joined = bookings.book(account, seat(classAhead()), new Attempt());
    stage.flip("classesInAppointments", false);
    Cancellation how = new Cancellation(Reason.SICK, null, false, false);
    assertThat(kind(() -> bookings.cancel(account, joined.ref(), how, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(stage.sent("nookal.cancelAppointment")).isZero();
  }

  @Test
  void nobodyIsRegisteredWithoutADateOfBirthAndAccentsAreLeftOut() {
    NewPatient unborn = new NewPatient("Zoë", "Núñez", null, "zoe@example.org", null);
    assertThat(kind(() -> directory.create(account, unborn, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(stage.sent("nookal.addPatient")).isZero();
    Patient zoe =
        directory.create(
            account,
            new NewPatient("Zoë", "Núñez", LocalDate.of(1991, 7, 8), "zoe@example.org", null),
            new Attempt());
    assertThat(zoe.name().first()).isEqualTo("Zoe");
    assertThat(zoe.name().last()).isEqualTo("Nunez");
  }

  @Test
  void aSearchThatIsIgnoredSaysNothingOfWhoIsNotThere() {
    PatientQuery nobody = new PatientQuery("nobody@example.org", null, "No", "Bodysen");
    assertThat(directory.find(account, nobody)).isEmpty();
    stage.flip("searchIgnores", true);
    assertThat(kind(() -> directory.find(account, nobody))).isEqualTo(Kind.CONTRACT_BROKEN);
  }
}
