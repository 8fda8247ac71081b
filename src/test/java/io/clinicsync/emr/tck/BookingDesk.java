package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.spi.WriteAttempt;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * Whoever books in the kit's tests: the first account as somebody who waits sees it, with free
 * times that do not overlap.
 */
final class BookingDesk {

  private static final int TIMES = 8;
  private static final AtomicInteger KEYS = new AtomicInteger();

  final TckStage stage;
  final BookingGateway gateway;
  final SimulatedEmr.Diary diary;
  final EmrAccount account;
  final EmrAccount other;
  final List<Slot> times;

  private BookingDesk(TckStage stage, BookingGateway gateway, SimulatedEmr.Diary diary) {
    this.stage = stage;
    this.gateway = gateway;
    this.diary = diary;
    this.account = stage.first().account().with(Urgency.BOOKING);
    this.other = stage.second().account().with(Urgency.BOOKING);
    this.times = freeTimes();
    stage.proxy().clear();
  }

  /** Empty for a connector that does not book. */
  static Optional<BookingDesk> at(TckStage stage) {
    return stage
        .capability(BookingGateway.class)
        .map(
            gateway ->
                new BookingDesk(stage, gateway, stage.first().truth().diary().orElseThrow()));
  }

  private List<Slot> freeTimes() {
    Instant now = stage.simulator().clock().instant();
    TimeRange range = new TimeRange(now.plus(Duration.ofHours(30)), now.plus(Duration.ofDays(10)));
    Catalogue catalogue = stage.capability(CatalogueSource.class).orElseThrow().read(account);
    for (Catalogue.Offering offering : catalogue.offerings()) {
      boolean exclusive =
          catalogue.treatments().stream()
              .anyMatch(each -> each.ref().equals(offering.treatment()) && each.seats() == 1);
      List<Slot> free = exclusive ? apart(open(offering, range)) : List.of();
      if (free.size() >= TIMES) {
        return free.subList(0, TIMES);
      }
    }
    throw new AssertionError("nothing has enough free times");
  }

  private List<Slot> open(Catalogue.Offering offering, TimeRange range) {
    return stage
        .capability(AvailabilityProvider.class)
        .orElseThrow()
        .openSlots(
            account,
            new AvailabilityProvider.SlotQuery(
                offering.practitioner(), offering.treatment(), offering.site(), range));
  }

  private static List<Slot> apart(List<Slot> slots) {
    List<Slot> apart = new ArrayList<>();
    for (Slot slot : slots) {
      if (apart.isEmpty() || !slot.startsAt().isBefore(apart.getLast().endsAt())) {
        apart.add(slot);
      }
    }
    return apart;
  }

  /** Whether the vendor still offers a time. */
  boolean isOpen(Slot time) {
    Catalogue.Offering offering =
        new Catalogue.Offering(time.site(), time.treatment(), time.practitioner());
    return open(offering, span(time)).stream()
        .anyMatch(each -> each.startsAt().equals(time.startsAt()));
  }

  /** Ids that stand in the practitioner's diary at a time; for EMRs that are asked for it. */
  List<String> busy(Slot time) {
    return gateway.busy(account, time.practitioner(), span(time)).stream()
        .map(BookingGateway.Busy::ref)
        .toList();
  }

  static TimeRange span(Slot time) {
    return new TimeRange(time.startsAt(), time.endsAt());
  }

  EmrRef patient(int number) {
    return diary.patients().get(number);
  }

  NewBooking booking(EmrRef patient, Slot time, @Nullable String note) {
    return new NewBooking(
        patient,
        time.practitioner(),
        time.treatment(),
        time.site(),
        time.room(),
        time.startsAt(),
        time.endsAt(),
        1,
        note);
  }

  Appointment book(int patient, Slot time) {
    return gateway.book(account, booking(patient(patient), time, null), new Attempt());
  }

  Appointment move(Appointment appointment, Slot to) {
    Move move = new Move(to.startsAt(), to.endsAt(), null, null, false);
    return gateway.reschedule(account, appointment.ref(), move, new Attempt());
  }

  Appointment cancel(Appointment appointment) {
    return gateway.cancel(account, appointment.ref(), because(), new Attempt());
  }

  static Cancellation because() {
    return new Cancellation(Cancellation.Reason.SICK, "called in", false, false);
  }

  Optional<Appointment> read(EmrRef ref) {
    return stage.capability(AppointmentSource.class).orElseThrow().get(account, ref);
  }

  /** What truly stands of a patient at a time and is not cancelled. */
  List<SimulatedEmr.Entry> live(EmrRef patient, Instant start) {
    return diary.of(patient).stream()
        .filter(entry -> entry.startsAt().equals(start) && !entry.cancelled())
        .toList();
  }

  int writes() {
    return stage.proxy().writes().size();
  }

  /** Forgets the calls so far; answers are good again. */
  BookingDesk fresh() {
    stage.proxy().clear();
    return this;
  }

  static EmrException.Kind kind(ThrowingCallable call) {
    EmrException failure = catchThrowableOfType(EmrException.class, call);
    assertThat(failure).as("a failure").isNotNull();
    assertThat(failure.getMessage()).doesNotContain("vendor text");
    return failure.kind();
  }

  /** Books and registers a person under every kind of answer, and writes down what was said. */
  void provoke(StringWriter said, SimulatedEmr.Person person, EmrRef planted) {
    NewBooking booking = booking(planted, times.getFirst(), person.first() + person.email());
    PatientDirectory.NewPatient patient =
        new PatientDirectory.NewPatient(
            person.first(),
            person.last(),
            LocalDate.parse(person.birthDate()),
            person.email(),
            person.phone());
    PatientDirectory.PatientQuery query =
        new PatientDirectory.PatientQuery(
            person.email(), person.phone(), person.first(), person.last());
    Attempt attempt = new Attempt();
    Appointment booked = gateway.book(account, booking, attempt);
    gateway.find(account, booking, attempt);
    said.append(String.valueOf(List.of(booking, patient, query, because(), gateway)));
    said.append(attempt.note().orElse(""));
    Optional<PatientDirectory> directory = stage.capability(PatientDirectory.class);
    directory.ifPresent(each -> each.find(account, query));
    String body = "{\"message\":\"%s %s\"}".formatted(person.last(), person.email());
    for (int status : List.of(200, 401, 403, 404, 422, 500, 429)) {
      stage.proxy().onWrites().answer(status, "application/json", body);
      said(said, () -> gateway.book(account, booking, new Attempt()));
      said(said, () -> move(booked, times.get(1)));
      directory.ifPresent(each -> said(said, () -> each.create(account, patient, new Attempt())));
    }
    stage.proxy().clear();
    // The pause after the last answer is over.
    stage.simulator().pass(Duration.ofMinutes(10));
  }

  private static void said(StringWriter said, ThrowingCallable call) {
    EmrException failure = catchThrowableOfType(EmrException.class, call);
    // None where a look showed that the write was done all the same.
    if (failure != null) {
      failure.printStackTrace(new PrintWriter(said));
    }
  }

  /** An intent to write that remembers how many writes had passed when its note was left. */
  final class Attempt implements WriteAttempt {

    private final String key = "kit-" + KEYS.incrementAndGet();
    private @Nullable String noted;
    private int writesBefore = -1;
    private final Instant begunAt = stage.simulator().clock().instant();

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
      noted = anchor;
      writesBefore = writes();
    }

    @Override
    public Optional<String> note() {
      return Optional.ofNullable(noted);
    }

    int writesBefore() {
      return writesBefore;
    }
  }
}
