package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingRequests;
import io.clinicsync.booking.Bookings;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PastOrPresent;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Books, moves and cancels appointments in the EMR. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/bookings", "/api/v1/bookings"})
@Tag(name = "Bookings")
class BookingController {

  private final Bookings bookings;
  private final BookableConnections connections;
  private final BookingAnswers answers;

  BookingController(Bookings bookings, BookableConnections connections, BookingAnswers answers) {
    this.bookings = bookings;
    this.connections = connections;
    this.answers = answers;
  }

  /**
   * The patient: the EMR's id, or name with e-mail or phone.
   *
   * @param register whether somebody the EMR does not have is registered there; null means no
   */
  record Person(
      @Nullable
          @Size(min = 1, max = 200)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String id,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String firstName,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String lastName,
      @Nullable @PastOrPresent LocalDate birthDate,
      @Nullable
          @Size(max = 200)
          @Pattern(regexp = "[^@\\s]+@[^@\\s]+", message = "must be an e-mail address")
          String email,
      @Nullable @Size(max = 40) String phone,
      @Nullable Boolean register)
      implements Json {

    BookingRequests.Who who() {
      return new BookingRequests.Who(
          id, firstName, lastName, birthDate, email, phone, Boolean.TRUE.equals(register));
    }

    @Override
    public String toString() {
      return "Person";
    }
  }

  /**
   * An appointment to book.
   *
   * @param connection needed only where the key reaches more than one
   * @param practitioner id, e-mail or name; null takes one who is free
   * @param hold of this key, which says practitioner, treatment, site and time; null names them
   *     here
   * @param treatment id or name; needed without a hold
   * @param site id or name; null where only one is possible
   * @param room id or name; null leaves it to the EMR
   * @param externalId the caller's own id of the appointment; it can be moved and cancelled by it
   * @param startsAt with offset, or wall time of {@code zone}; needed without a hold
   * @param endsAt null takes the treatment's duration
   * @param zone of times without offset; null means the clinic's
   */
  record NewAppointment(
      @Nullable UUID connection,
      @NotNull @Valid Person patient,
      @Nullable UUID hold,
      @Nullable @Size(max = 200) String practitioner,
      @Nullable @Size(max = 200) String treatment,
      @Nullable @Size(max = 200) String site,
      @Nullable @Size(max = 200) String room,
      @Nullable
          @Pattern(
              regexp = "[\\x21-\\x7e]{1,200}",
              message = "must be 1 to 200 visible ASCII characters")
          String externalId,
      @Nullable @Size(max = 40) String startsAt,
      @Nullable @Size(max = 40) String endsAt,
      @Nullable @Size(max = 64) @Known(Known.In.ZONES) String zone,
      @Nullable
          @Size(max = 500)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String note)
      implements Json {

    BookingRequests.@Nullable OtherId otherId() {
      return externalId == null
          ? null
          : new BookingRequests.OtherId(BookingRequests.OtherId.Of.CALLER, externalId);
    }

    @Override
    public String toString() {
      return "NewAppointment";
    }
  }

  /** Another time. {@code practitioner} and {@code site}: null keeps them. */
  record OtherTime(
      @Nullable UUID connection,
      @NotBlank @Size(max = 40) String startsAt,
      @Nullable @Size(max = 40) String endsAt,
      @Nullable @Size(max = 64) @Known(Known.In.ZONES) String zone,
      @Nullable @Size(max = 200) String practitioner,
      @Nullable @Size(max = 200) String site,
      @Nullable Boolean notifyPatient)
      implements Json {}

  /** Why an appointment ends. */
  record Ending(
      @Nullable UUID connection,
      @Nullable
          @Pattern(
              regexp = "feeling_better|condition_worse|sick|away|work|other",
              message = "must be one of feeling_better, condition_worse, sick, away, work, other")
          String reason,
      @Nullable
          @Size(max = 500)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String note,
      @Nullable Boolean notifyPatient,
      @Nullable Boolean notifyWaitList)
      implements Json {
    @Override
    public String toString() {
      return "Ending";
    }
  }

  @PostMapping
  @Needs(KeyScope.BOOK)
  @Operation(
      summary = "Book an appointment",
      description =
          "Answers 201 only after the EMR confirmed it. 202 with code unknown: it was sent and the EMR has not answered; GET"
              + " …/bookings/{id} shows the outcome within two minutes. A taken time answers 409 with up to three alternatives."
              + " The same Idempotency-Key gets the same answer; without one, the same call within ten minutes does."
              + " With hold, the id of a hold of this key, the held time is booked and nothing else of it is said.")
  ResponseEntity<BookingView> book(
      Reach reach,
      @RequestHeader(name = BookingCalls.KEY, required = false) @Nullable String key,
      @Valid @RequestBody NewAppointment wanted) {
    Connection connection = connections.of(reach, wanted.connection());
    UUID hold = wanted.hold();
    BookingRequests.Asked asked = BookingCalls.asked(reach, key);
    return answers.of(
        hold == null
            ? bookings.book(connection, named(connection, wanted), asked)
            : bookings.book(connection, held(hold, wanted), asked),
        201);
  }

  private static BookingRequests.Book named(Connection connection, NewAppointment wanted) {
    String treatment = wanted.treatment();
    String start = wanted.startsAt();
    List<Problem.WrongField> missing = new ArrayList<>();
    if (treatment == null || treatment.isBlank()) {
      missing.add(new Problem.WrongField("treatment", "must not be blank"));
    }
    if (start == null || start.isBlank()) {
      missing.add(new Problem.WrongField("starts_at", "must not be blank"));
    }
    if (treatment == null || start == null || !missing.isEmpty()) {
      throw Refusal.fields(missing);
    }
    ZoneId zone = BookingCalls.zone(connection, wanted.zone());
    return new BookingRequests.Book(
        wanted.patient().who(),
        wanted.practitioner(),
        treatment,
        wanted.site(),
        null,
        wanted.room(),
        wanted.otherId(),
        BookingCalls.time("starts_at", start, zone),
        BookingCalls.optionalTime("ends_at", wanted.endsAt(), zone),
        wanted.note());
  }

  /** A hold says what is booked and when; a second saying could only contradict it. */
  private static BookingRequests.BookHeld held(UUID hold, NewAppointment wanted) {
    Map<String, @Nullable Object> said = new LinkedHashMap<>();
    said.put("practitioner", wanted.practitioner());
    said.put("treatment", wanted.treatment());
    said.put("site", wanted.site());
    said.put("starts_at", wanted.startsAt());
    said.put("ends_at", wanted.endsAt());
    List<Problem.WrongField> twice =
        said.entrySet().stream()
            .filter(each -> each.getValue() != null)
            .map(
                each ->
                    new Problem.WrongField(
                        each.getKey(), "must be left out where a hold is named, which says it"))
            .toList();
    if (!twice.isEmpty()) {
      throw Refusal.fields(twice);
    }
    return new BookingRequests.BookHeld(
        hold, wanted.patient().who(), wanted.room(), wanted.otherId(), wanted.note());
  }

  @PostMapping("/{bookingId}/reschedule")
  @Needs(KeyScope.BOOK)
  @Operation(
      summary = "Move an appointment",
      description =
          "By the booking's id, the caller's own id or the EMR's appointment id. Moving it to where it is changes nothing and succeeds.")
  ResponseEntity<BookingView> reschedule(
      Reach reach,
      @PathVariable String bookingId,
      @RequestHeader(name = BookingCalls.KEY, required = false) @Nullable String key,
      @Valid @RequestBody OtherTime wanted) {
    Meant meant = meant(reach, bookingId, wanted.connection());
    ZoneId zone = BookingCalls.zone(meant.connection(), wanted.zone());
    return answers.of(
        bookings.reschedule(
            meant.connection(),
            new BookingRequests.Reschedule(
                meant.appointment(),
                BookingCalls.time("starts_at", wanted.startsAt(), zone),
                BookingCalls.optionalTime("ends_at", wanted.endsAt(), zone),
                wanted.practitioner(),
                wanted.site(),
                null,
                Boolean.TRUE.equals(wanted.notifyPatient())),
            BookingCalls.asked(reach, key)),
        200);
  }

  @PostMapping("/{bookingId}/cancel")
  @Needs(KeyScope.BOOK)
  @Operation(
      summary = "Cancel an appointment",
      description =
          "By the booking's id, the caller's own id or the EMR's appointment id. Cancelling twice is fine. Nothing is deleted in the EMR.")
  ResponseEntity<BookingView> cancel(
      Reach reach,
      @PathVariable String bookingId,
      @RequestHeader(name = BookingCalls.KEY, required = false) @Nullable String key,
      @Valid @RequestBody Ending wanted) {
    Meant meant = meant(reach, bookingId, wanted.connection());
    String reason = Objects.requireNonNullElse(wanted.reason(), "other");
    return answers.of(
        bookings.cancel(
            meant.connection(),
            new BookingRequests.Cancel(
                meant.appointment(),
                Cancellation.Reason.valueOf(reason.toUpperCase(Locale.ROOT)),
                wanted.note(),
                Boolean.TRUE.equals(wanted.notifyPatient()),
                Boolean.TRUE.equals(wanted.notifyWaitList())),
            BookingCalls.asked(reach, key)),
        200);
  }

  @GetMapping("/{bookingId}")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(
      summary = "Get a booking attempt",
      description = "What it came to, and the steps it went through with their timings.")
  AttemptView get(Reach reach, @PathVariable UUID bookingId) {
    return bookings
        .find(reach.clinic(), bookingId, reach.onlyOwn())
        .filter(each -> reach.sees(new io.clinicsync.canonical.ConnectionId(each.connection())))
        .map(AttemptView::of)
        .orElseThrow(Refusal::notFound);
  }

  @GetMapping
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(
      summary = "List booking attempts",
      description = "Latest first. An agent's key sees its own only.")
  Listing<AttemptView> list(
      Reach reach,
      @RequestParam(required = false) @Nullable UUID connection,
      @RequestParam(defaultValue = "20") @Min(1) @Max(200) int limit) {
    return new Listing<>(
        bookings.latest(connections.of(reach, connection), reach.onlyOwn(), limit).stream()
            .map(AttemptView::of)
            .toList());
  }

  /**
   * An attempt.
   *
   * @param result absent while it is open
   */
  record AttemptView(
      UUID booking,
      UUID connection,
      String operation,
      String state,
      @Nullable BookingView result,
      List<StepView> trace,
      Instant createdAt)
      implements Json {

    static AttemptView of(Bookings.Seen seen) {
      BookingAnswer answer = seen.answer();
      return new AttemptView(
          seen.id(),
          seen.connection(),
          seen.operation(),
          seen.state(),
          answer == null ? null : BookingView.of(answer),
          seen.trace().stream()
              .map(each -> new StepView(each.step(), each.found(), each.millis()))
              .toList(),
          seen.createdAt());
    }
  }

  /** A step of an attempt. */
  record StepView(String step, String found, long millis) implements Json {}

  /** An appointment by whatever id the caller has. */
  private record Meant(Connection connection, String appointment) {}

  /** A booking's own appointment; any other id is taken as it is. */
  private Meant meant(Reach reach, String id, @Nullable UUID named) {
    if (id.isBlank() || id.length() > 200 || !id.matches(ClinicController.PLAIN)) {
      throw Refusal.notFound();
    }
    Bookings.Seen booking =
        uuid(id)
            .flatMap(attempt -> bookings.find(reach.clinic(), attempt, null))
            .filter(each -> reach.sees(new ConnectionId(each.connection())))
            .filter(each -> named == null || named.equals(each.connection()))
            .orElse(null);
    if (booking == null) {
      return new Meant(connections.of(reach, named), id);
    }
    BookingAnswer answer = booking.answer();
    if (answer == null) {
      throw Refusal.IN_PROGRESS.because("This booking is not settled yet.");
    }
    BookingAnswer.Entry appointment = answer.appointment();
    return new Meant(
        connections.of(reach, booking.connection()), appointment == null ? id : appointment.id());
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException noUuid) {
      return Optional.empty();
    }
  }
}
