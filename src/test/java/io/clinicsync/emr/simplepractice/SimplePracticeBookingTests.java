package io.clinicsync.emr.simplepractice;

import static org.assertj.core.api.Assertions.assertThat;
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
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is SimplePractice's own about booking; what every EMR must hold stands in the kit. */
class SimplePracticeBookingTests {

  private static final Instant START = Instant.parse("2026-11-02T18:00:00Z");
  private static final Duration LENGTH = Duration.ofMinutes(50);
  private static final Cancellation BECAUSE =
      new Cancellation(Cancellation.Reason.SICK, "Rang", false, false);
  private static final String JSON = "application/vnd.api+json";

  private final PracticeStage stage = new PracticeStage();
  private final BookingGateway bookings = stage.capability(BookingGateway.class);

  @AfterEach
  void close() {
    stage.close();
  }

  private static final class Attempt implements WriteAttempt {

    private @Nullable String note;

    @Override
    public String key() {
      return "key-1";
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

  private String some(String table, int number) {
    return stage.clinic.truth().path(table).path(number).path("id").asText();
  }

  private EmrRef clinician(int number) {
    return EmrRef.of(RecordKind.PRACTITIONER, some("teamMembers", number));
  }

  private EmrRef client() {
    return EmrRef.patient(some("clients", 0));
  }

  private NewBooking booking(EmrRef patient, Instant start) {
    return new NewBooking(
        patient,
        clinician(0),
        EmrRef.of(RecordKind.TREATMENT, some("cptCodes", 0)),
        EmrRef.of(RecordKind.SITE, some("offices", 0)),
        null,
        start,
        start.plus(LENGTH),
        1,
        null);
  }

  private Appointment book() {
    return bookings.book(stage.account, booking(client(), START), new Attempt());
  }

  private JsonNode row(Appointment appointment) {
    return Objects.requireNonNull(
        stage.clinic.rows(RecordKind.APPOINTMENT).get(appointment.ref().id().value()));
  }

  private String staffBook(EmrRef client, Instant start) {
    return stage.clinic.edit(
        """
        {"edit":"book","patient":"%s","practitioner":"%s","treatment":"%s","location":"%s",
        "start":"%s"}"""
            .formatted(
                client.id(), clinician(0).id(), some("cptCodes", 0), some("offices", 0), start));
  }

  private String block(int clinician, Instant start, Instant end) {
    return stage.clinic.edit(
        "{\"edit\":\"block\",\"practitioner\":\"%s\",\"start\":\"%s\",\"end\":\"%s\"}"
            .formatted(clinician(clinician).id(), start, end));
  }

  private List<Busy> busy(Instant from, Instant to) {
    return bookings.busy(stage.account, clinician(0), new TimeRange(from, to));
  }

  private static JsonNode sent(HttpCall call) throws IOException {
    return new ObjectMapper().readTree(Objects.requireNonNull(call.body()));
  }

  private static HttpAnswer answer(int status, String type, String location, String body) {
    return new HttpAnswer(
        status,
        HttpHeaders.of(
            Map.of("Content-Type", List.of(type), "Location", List.of(location)),
            (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8),
        START);
  }

  /** Answers writes so, without the vendor hearing of them. */
  private void refuseWrites(HttpAnswer answer) {
    stage.instead =
        call ->
            !call.method().equals("GET") && call.uri().getPath().contains("/frontend/")
                ? answer
                : null;
  }

  private static Kind kind(ThrowingCallable call) {
    EmrException failure = catchThrowableOfType(EmrException.class, call);
    assertThat(failure).isNotNull();
    return failure.kind();
  }

  @Test
  void aBookingIsWrittenAsTheApplicationWritesIt() throws Exception {
    Appointment booked = book();
    assertThat(stage.writes()).hasSize(1);
    HttpCall write = stage.writes().getFirst();
    assertThat(write.repeatable()).isFalse();
    assertThat(write.headers())
        .containsEntry("Content-Type", JSON)
        .containsEntry("Accept", JSON)
        .containsKeys("X-CSRF-Token", "Api-Version", "Referer", "Cookie");
    JsonNode data = sent(write).path("data");
    // In November the practice is at another offset than now, in June.
    assertThat(data.at("/attributes/startTime").asText()).isEqualTo("2026-11-02T10:00:00-08:00");
    assertThat(data.at("/attributes/endTime").asText()).isEqualTo("2026-11-02T10:50:00-08:00");
    assertThat(data.at("/attributes/attendanceStatus").asText()).isEqualTo("Show");
    JsonNode service = stage.clinic.truth().at("/cptCodes/0");
    JsonNode billed = data.at("/attributes/cptCodes/0");
    assertThat(billed.path("id")).isEqualTo(service.path("id"));
    assertThat(billed.path("code")).isEqualTo(service.path("code"));
    assertThat(billed.path("rate")).isEqualTo(service.path("rate"));
    assertThat(billed.path("units").asInt()).isEqualTo(1);
    assertThat(data.at("/relationships/client/data/type").asText()).isEqualTo("clients");
    assertThat(booked.status()).isEqualTo(Appointment.Status.BOOKED);
    assertThat(row(booked).path("duration").asInt()).isEqualTo(50);
  }

  @Test
  void aCoupleIsBookedAsACouple() throws Exception {
    String couple =
        stage.clinic.rows(RecordKind.PATIENT).entrySet().stream()
            .filter(row -> row.getValue().path("thisType").asText().equals("ClientCouple"))
            .findFirst()
            .orElseThrow()
            .getKey();
    NewBooking booking = booking(EmrRef.patient(couple), START);
    Appointment booked = bookings.book(stage.account, booking, new Attempt());
    assertThat(booked.patient()).isEqualTo(EmrRef.patient(couple));
    assertThat(sent(stage.writes().getFirst()).at("/data/relationships/client/data/type").asText())
        .isEqualTo("clientCouples");
  }

  @Test
  void theDiaryHoldsAllThatTakesTimeWheneverItBegan() {
    String booked = staffBook(client(), START);
    String cancelled = staffBook(client(), START);
    stage.clinic.edit("{\"edit\":\"cancel\",\"id\":\"%s\"}".formatted(cancelled));
    String absence = block(0, START.minus(Duration.ofDays(20)), START.plus(Duration.ofMinutes(30)));
    String meeting = block(0, START.plus(LENGTH), START.plus(LENGTH).plusSeconds(600));
    block(1, START, START.plus(LENGTH));
    assertThat(busy(START, START.plus(LENGTH)))
        .extracting(Busy::ref, Busy::kind)
        .containsExactlyInAnyOrder(
            tuple(booked, Busy.Kind.APPOINTMENT), tuple(absence, Busy.Kind.BLOCK));
    assertThat(busy(START.plus(LENGTH), START.plus(Duration.ofHours(1))))
        .as("what ends as another begins")
        .extracting(Busy::ref)
        .containsExactly(meeting);
  }

  @Test
  void aWholeDayIsTakenWhateverItsTimeOfDay() {
    // Noon of that day in the practice's zone; the span asked for is over by then.
    String id = block(0, START.plus(Duration.ofHours(2)), START.plus(Duration.ofHours(3)));
    assertThat(busy(START, START.plus(LENGTH))).isEmpty();
    stage.clinic.edit(
        """
        {"edit":"set","resource":"appointments","id":"%s","members":{"fullDay":"true"}}"""
            .formatted(id));
    assertThat(busy(START, START.plus(LENGTH)))
        .singleElement()
        .satisfies(
            busy ->
                assertThat(busy.span())
                    .isEqualTo(
                        new TimeRange(
                            Instant.parse("2026-11-02T08:00:00Z"),
                            Instant.parse("2026-11-03T08:00:00Z"))));
  }

  @Test
  void whatStoodThereBeforeIsNotOurs() {
    String theirs = staffBook(client(), START);
    Attempt attempt = new Attempt();
    NewBooking booking = booking(client(), START);
    refuseWrites(answer(500, JSON, "", "{}"));
    assertThat(kind(() -> bookings.book(stage.account, booking, attempt)))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    stage.instead = call -> null;
    assertThat(bookings.find(stage.account, booking, attempt)).isEmpty();
    String ours = staffBook(client(), START);
    assertThat(ours).isNotEqualTo(theirs);
    assertThat(bookings.find(stage.account, booking, attempt))
        .map(Appointment::ref)
        .contains(EmrRef.appointment(ours));
    assertThat(bookings.find(stage.account, booking(client(), START.plusSeconds(60)), attempt))
        .isEmpty();
    EmrRef other = EmrRef.patient(some("clients", 1));
    assertThat(bookings.find(stage.account, booking(other, START), attempt)).isEmpty();
  }

  @Test
  void aWriteThatMetAnEndedSessionWasNotDoneAndIsNotRepeated() {
    book();
    String signIn = stage.vendor.origin() + "/simplepractice/account/saml/auth?SAMLRequest=x";
    List<HttpAnswer> ended =
        List.of(
            answer(302, "text/html", signIn, ""),
            answer(401, JSON, "", "{\"errors\":[{\"title\":\"Unauthorized\"}]}"),
            answer(403, JSON, "", "{\"errors\":[{\"title\":\"Invalid authenticity token\"}]}"),
            answer(422, JSON, "", "{\"errors\":[{\"title\":\"Invalid authenticity token\"}]}"));
    for (HttpAnswer each : ended) {
      stage.calls.clear();
      refuseWrites(each);
      assertThat(kind(this::book)).as("status " + each.status()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(stage.writes()).hasSize(1);
      stage.instead = call -> null;
      stage.calls.clear();
      Appointment booked = book();
      assertThat(booked.status()).isEqualTo(Appointment.Status.BOOKED);
      assertThat(stage.calls)
          .as("with a fresh token")
          .anyMatch(call -> call.uri().getPath().endsWith("/calendar/appointments"));
      assertThat(stage.passwords()).isZero();
    }
  }

  @Test
  void onlyARefusalInWordsIsKnownNotToBeDone() {
    book();
    Map<HttpAnswer, Kind> answers =
        Map.of(
            answer(302, "text/html", "/calendar/appointments", ""), Kind.OUTCOME_UNKNOWN,
            answer(303, "text/html", "not an address", ""), Kind.OUTCOME_UNKNOWN,
            answer(200, "text/html", "", "<html>Sign in</html>"), Kind.OUTCOME_UNKNOWN,
            answer(201, JSON, "", "{\"data\":[]}"), Kind.OUTCOME_UNKNOWN,
            answer(201, JSON, "", "{\"data\":{\"id\":\"../1\"}}"), Kind.OUTCOME_UNKNOWN,
            answer(408, JSON, "", "{}"), Kind.OUTCOME_UNKNOWN,
            answer(404, JSON, "", "{}"), Kind.NOT_FOUND,
            answer(422, JSON, "", "{\"errors\":[]}"), Kind.REQUEST_REJECTED);
    answers.forEach(
        (answer, kind) -> {
          stage.calls.clear();
          refuseWrites(answer);
          assertThat(kind(this::book)).as("status " + answer.status()).isEqualTo(kind);
          assertThat(stage.writes()).hasSize(1);
        });
  }

  /** Answers what is read of one appointment once something was written. */
  private void afterWrites(HttpAnswer answer) {
    boolean[] written = {false};
    stage.instead =
        call -> {
          boolean get = call.method().equals("GET");
          written[0] |= !get && call.uri().getPath().contains("/frontend/");
          return get && written[0] && call.uri().getPath().matches(".*/appointments/\\d+")
              ? answer
              : null;
        };
  }

  @Test
  void onlyWhatTheCalendarShowsAfterwardsCounts() {
    Appointment booked = book();
    Instant later = START.plus(Duration.ofHours(3));
    Move move = new Move(later, later.plus(LENGTH), null, null, false);
    for (int status : Set.of(404, 500, 422)) {
      afterWrites(answer(status, JSON, "", "{}"));
      assertThat(kind(this::book)).as("status " + status).isEqualTo(Kind.OUTCOME_UNKNOWN);
      afterWrites(answer(status, JSON, "", "{}"));
      assertThat(kind(() -> bookings.reschedule(stage.account, booked.ref(), move, new Attempt())))
          .isEqualTo(Kind.OUTCOME_UNKNOWN);
    }
    // An answer of success to what was not done.
    String nothing = "{\"data\":{\"id\":\"%s\"}}".formatted(booked.ref().id());
    Move further = new Move(START, START.plus(LENGTH), null, null, false);
    refuseWrites(answer(200, JSON, "", nothing));
    assertThat(kind(() -> bookings.reschedule(stage.account, booked.ref(), further, new Attempt())))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(kind(() -> bookings.cancel(stage.account, booked.ref(), BECAUSE, new Attempt())))
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    for (int refusal : List.of(404, 422)) {
      refuseWrites(answer(refusal, JSON, "", "{}"));
      assertThat(kind(() -> bookings.cancel(stage.account, booked.ref(), BECAUSE, new Attempt())))
          .isEqualTo(Kind.REQUEST_REJECTED);
    }
  }

  @Test
  void aMoveCanLeadToAnotherClinicianButNotToAnotherOffice() throws Exception {
    Appointment booked = book();
    stage.calls.clear();
    Instant later = START.plus(Duration.ofDays(1));
    EmrRef office = EmrRef.of(RecordKind.SITE, some("offices", 1));
    Move away = new Move(later, later.plus(LENGTH), null, office, false);
    assertThat(kind(() -> bookings.reschedule(stage.account, booked.ref(), away, new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(stage.writes()).isEmpty();
    Move move = new Move(later, later.plus(LENGTH), clinician(1), booked.site(), false);
    Appointment moved = bookings.reschedule(stage.account, booked.ref(), move, new Attempt());
    assertThat(moved.practitioner()).isEqualTo(clinician(1));
    assertThat(moved.ref()).isEqualTo(booked.ref());
    JsonNode data = sent(stage.writes().getFirst()).path("data");
    assertThat(data.at("/attributes/updateScope").asText()).isEqualTo("single");
    assertThat(data.path("id").asText()).isEqualTo(booked.ref().id().value());
  }

  @Test
  void aCancellationIsAStatusThatIsNotBilledAndNeverADeletion() throws Exception {
    Appointment booked = book();
    stage.calls.clear();
    Appointment cancelled = bookings.cancel(stage.account, booked.ref(), BECAUSE, new Attempt());
    assertThat(cancelled.status()).isEqualTo(Appointment.Status.CANCELLED);
    assertThat(row(booked).path("attendanceStatus").asText()).isEqualTo("Cancelled");
    assertThat(stage.writes())
        .singleElement()
        .satisfies(
            write -> {
              assertThat(write.method()).isEqualTo("PATCH");
              assertThat(sent(write).at("/data/attributes").size()).isEqualTo(1);
              assertThat(new String(write.body(), StandardCharsets.UTF_8)).doesNotContain("Rang");
            });
  }

  @Test
  void nothingIsWrittenWhileAPersonIsAskedForACode() {
    stage.flip("secondFactor", "true");
    assertThat(kind(this::book)).isEqualTo(Kind.PERSON_NEEDED);
    assertThat(stage.writes()).isEmpty();
  }

  @Test
  void nobodyIsBookedIntoAGroup() {
    NewBooking one = booking(client(), START);
    NewBooking group =
        new NewBooking(
            one.patient(),
            one.practitioner(),
            one.treatment(),
            one.site(),
            null,
            one.startsAt(),
            one.endsAt(),
            6,
            null);
    Attempt attempt = new Attempt();
    assertThat(kind(() -> bookings.book(stage.account, group, attempt)))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(attempt.note()).isEmpty();
    assertThat(stage.calls).isEmpty();
  }
}
