package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.BookingMark;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Books by v2. Nookal answers a write with an id and no more, and success also where it ignored a
 * part of it: whatever it says, the appointment is read again, and what does not stand where it was
 * asked for is taken back. Overlaps are refused as far as the existence of a flag that allows them
 * tells, which is not enough to rely on: the diary is read as well. Times are the place's clock,
 * and the length is the service's.
 *
 * @see <a href="https://api.nookal.com/developers">addAppointmentBooking, updateAppointmentBooking,
 *     cancelAppointment</a>
 */
final class NookalBookings implements BookingGateway {

  private static final BookingFacts FACTS = new BookingFacts(false, true, false);
  private static final String ADD = "addAppointmentBooking";
  private static final String UPDATE = "updateAppointmentBooking";
  static final String CANCEL = "cancelAppointment";

  /** An entry that was changed this long after it was made was changed by somebody. */
  private static final Duration UNTOUCHED = Duration.ofSeconds(30);

  private final NookalApi api;
  private final NookalAppointments appointments;
  private final NookalDiary diary;
  private final NookalWhere where;
  private final NookalSeats seats;
  private final InstantSource clock;

  NookalBookings(NookalApi api, NookalCatalogue catalogue, InstantSource clock) {
    this.api = api;
    this.clock = clock;
    this.appointments = new NookalAppointments(api, clock);
    this.diary = new NookalDiary(api);
    this.where = new NookalWhere(catalogue);
    this.seats = new NookalSeats(api, where, clock);
  }

  @Override
  public BookingFacts facts() {
    return FACTS;
  }

  @Override
  public List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    return diary.busy(account, practitioner, span, clock.instant());
  }

  /**
   * {@inheritDoc}
   *
   * <p>REQUEST_REJECTED also for an end that is not the service's, and for what Nookal put
   * elsewhere than asked and let go again.
   *
   * @see <a href="https://api.nookal.com/developers">addAppointmentBooking, addClassBooking</a>
   */
  @Override
  public Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (NookalSeats.isClass(booking.treatment())) {
      return seats.join(account, booking, attempt);
    }
    if (booking.seats() > 1) {
      throw NookalConnector.rejected("Nookal keeps services of several seats as classes only");
    }
    BookingMark mark = BookingMark.of(attempt);
    NookalForm form =
        new NookalForm()
            .with("location_id", NookalConnector.number(booking.site()))
            .with("patient_id", NookalConnector.number(booking.patient()))
            .with("practitioner_id", NookalConnector.number(booking.practitioner()))
            .with("appointment_type_id", NookalConnector.number(booking.treatment()))
            .with("notes", mark.behind(NookalText.asciiOrNull(booking.note())))
            .and(where.at(account, booking.site(), booking.startsAt()));
    where.checkLength(account, booking.treatment(), booking.startsAt(), booking.endsAt());
    mark.noteWith(attempt, clock.instant());
    NookalApi.Written written = api.written(account, ADD, form);
    if (written.refusal() != null) {
      TimeRange span = new TimeRange(booking.startsAt(), booking.endsAt());
      throw taken(account, booking.practitioner(), span, "", written.refusal());
    }
    String id = written.results().json().path("appointment_id").asText("");
    Appointment shown = shown(account, booking.patient(), EmrRef.appointment(id), ADD);
    if (isAsked(shown, booking)) {
      return shown;
    }
    if (shown.status().isLive() && takenBack(account, shown)) {
      throw NookalConnector.rejected("Nookal put this elsewhere than asked; it was taken back");
    }
    throw NookalApi.unknown(ADD, null);
  }

  /**
   * The texts of refusals are not documented, so the diary tells whether the time was the matter.
   */
  private EmrException taken(
      EmrAccount account, EmrRef practitioner, TimeRange span, String own, EmrException refusal) {
    if (refusal.kind() != Kind.REQUEST_REJECTED) {
      return refusal;
    }
    boolean taken =
        busy(account, practitioner, span).stream().anyMatch(each -> !each.ref().equals(own));
    return taken
        ? new EmrException(Kind.SLOT_TAKEN, "Nookal refuses this time, and it is taken")
        : refusal;
  }

  /** A patient's appointment as Nookal shows it after a write that it says is done. */
  private Appointment shown(
      EmrAccount account, EmrRef patient, EmrRef appointment, String function) {
    try {
      return rows(account, patient).stream()
          .filter(row -> NookalSingles.idOf(row).equals(appointment.id().value()))
          .findFirst()
          .map(row -> read(account, row))
          .orElseThrow(() -> NookalApi.unknown(function, null));
    } catch (EmrException unseen) {
      throw NookalApi.unknown(function, unseen);
    }
  }

  private List<Entry> rows(EmrAccount account, EmrRef patient) {
    String id = NookalConnector.number(patient);
    return api
        .all(account, "getAppointments", "appointments", new NookalForm().with("patient_id", id))
        .stream()
        .filter(row -> id.equals(row.json().path("patientID").asText("")))
        .filter(row -> !NookalMapper.isClass(row))
        .toList();
  }

  private Appointment read(EmrAccount account, Entry row) {
    return NookalConnector.readable(
        row, each -> NookalMapper.appointment(each, account.zone(), clock.instant()));
  }

  private static boolean isAsked(Appointment shown, NewBooking booking) {
    return shown.status().isLive()
        && booking.patient().equals(shown.patient())
        && booking.practitioner().equals(shown.practitioner())
        && booking.treatment().equals(shown.treatment())
        && booking.site().equals(shown.site())
        && isAt(shown, booking.startsAt(), booking.endsAt());
  }

  /** Nookal knows whole seconds; an end it does not tell is the service's, as was checked. */
  private static boolean isAt(Appointment shown, Instant start, Instant end) {
    return shown.startsAt().equals(start.truncatedTo(ChronoUnit.SECONDS))
        && (shown.endsAt() == null || shown.endsAt().equals(end.truncatedTo(ChronoUnit.SECONDS)));
  }

  /** Cancels what stands elsewhere than asked; true once Nookal shows it cancelled. */
  private boolean takenBack(EmrAccount account, Appointment misplaced) {
    EmrRef patient = misplaced.patient();
    if (patient == null) {
      return false;
    }
    try {
      api.written(account, CANCEL, cancelling(misplaced.ref().id().value(), patient));
      return shown(account, patient, misplaced.ref(), CANCEL).status()
          == Appointment.Status.CANCELLED;
    } catch (EmrException stillThere) {
      return false;
    }
  }

  private static NookalForm cancelling(String id, EmrRef patient) {
    return new NookalForm()
        .with("appointment_id", id)
        .with("patient_id", NookalConnector.number(patient));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Only what changes is sent. A move that Nookal did in part is put back; one it did not do at
   * all although it said so is OUTCOME_UNKNOWN, since it may still show.
   *
   * @see <a href="https://api.nookal.com/developers">updateAppointmentBooking</a>
   */
  @Override
  public Appointment reschedule(
      EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt) {
    if (NookalSeats.isSeat(appointment)) {
      throw NookalConnector.rejected(
          "A participant of a class cannot be moved; cancel, and book another class");
    }
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      throw NookalConnector.rejected("The appointment is cancelled and cannot be moved");
    }
    EmrRef site = required(to.site() == null ? before.site() : to.site(), RecordKind.SITE);
    EmrRef practitioner =
        required(
            to.practitioner() == null ? before.practitioner() : to.practitioner(),
            RecordKind.PRACTITIONER);
    EmrRef patient = required(before.patient(), RecordKind.PATIENT);
    NookalForm form = moving(appointment, to).and(where.at(account, site, to.startsAt()));
    where.checkLength(
        account, required(before.treatment(), RecordKind.TREATMENT), to.startsAt(), to.endsAt());
    NookalApi.Written written = api.written(account, UPDATE, form);
    if (written.refusal() != null) {
      TimeRange span = new TimeRange(to.startsAt(), to.endsAt());
      throw taken(account, practitioner, span, appointment.id().value(), written.refusal());
    }
    Appointment after = shown(account, patient, appointment, UPDATE);
    if (after.status() != Appointment.Status.CANCELLED
        && practitioner.equals(after.practitioner())
        && site.equals(after.site())
        && isAt(after, to.startsAt(), to.endsAt())) {
      return after;
    }
    if (!isSamePlace(after, before) && putBack(account, before, patient)) {
      throw NookalConnector.rejected("Nookal moved this elsewhere than asked; it was put back");
    }
    throw NookalApi.unknown(UPDATE, null);
  }

  private static NookalForm moving(EmrRef appointment, Move to) {
    NookalForm form = new NookalForm().with("appointment_id", NookalConnector.number(appointment));
    if (to.practitioner() != null) {
      form.with("practitioner_id", NookalConnector.number(to.practitioner()));
    }
    if (to.site() != null) {
      form.with("location_id", NookalConnector.number(to.site()));
    }
    return form;
  }

  private static EmrRef required(@Nullable EmrRef ref, RecordKind kind) {
    if (ref == null) {
      throw NookalConnector.rejected("Nookal does not tell the " + kind + " of this appointment");
    }
    return ref;
  }

  private static boolean isSamePlace(Appointment one, Appointment other) {
    return one.startsAt().equals(other.startsAt())
        && Objects.equals(one.endsAt(), other.endsAt())
        && Objects.equals(one.practitioner(), other.practitioner())
        && Objects.equals(one.site(), other.site());
  }

  /** Back to where it was; true once Nookal shows it there. */
  private boolean putBack(EmrAccount account, Appointment before, EmrRef patient) {
    Move back =
        new Move(before.startsAt(), before.startsAt(), before.practitioner(), before.site(), false);
    try {
      NookalForm form =
          moving(before.ref(), back)
              .and(where.at(account, required(before.site(), RecordKind.SITE), before.startsAt()));
      api.written(account, UPDATE, form);
      return isSamePlace(shown(account, patient, before.ref(), UPDATE), before);
    } catch (EmrException notBack) {
      return false;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Nookal keeps neither a reason nor a note. What is cancelled already is not sent again.
   *
   * @see <a href="https://api.nookal.com/developers">cancelAppointment</a>
   */
  @Override
  public Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      return before;
    }
    EmrRef patient = required(before.patient(), RecordKind.PATIENT);
    boolean seat = NookalSeats.isSeat(appointment);
    String id = seat ? seats.number(account, before, patient) : NookalConnector.number(appointment);
    boolean refused;
    try {
      refused = api.written(account, CANCEL, cancelling(id, patient)).refusal() != null;
    } catch (EmrException failure) {
      if (failure.kind() != Kind.REQUEST_REJECTED && failure.kind() != Kind.NOT_FOUND) {
        throw failure;
      }
      refused = true;
    }
    // The answer holds no state, and a refusal may be because somebody was faster: a look tells.
    Appointment after =
        seat
            ? seats.shown(account, appointment, CANCEL)
            : shown(account, patient, appointment, CANCEL);
    if (after.status() == Appointment.Status.CANCELLED) {
      return after;
    }
    throw refused
        ? NookalConnector.rejected("Nookal does not cancel this appointment")
        : NookalApi.unknown(CANCEL, null);
  }

  private Appointment current(EmrAccount account, EmrRef appointment) {
    return appointments
        .get(account, appointment)
        .orElseThrow(
            () -> new EmrException(Kind.NOT_FOUND, "Nookal has no such appointment any more"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our sign decides; where it is gone, an unsigned appointment as asked for that is no older
   * than what we sent. What bears our sign elsewhere was moved by somebody since, and is what there
   * is; untouched, it was misplaced by Nookal itself and is taken back, as {@link #book} would have
   * done.
   */
  @Override
  public Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (NookalSeats.isClass(booking.treatment())) {
      return seats.find(account, booking, attempt);
    }
    List<Entry> rows = rows(account, booking.patient());
    BookingMark mark = BookingMark.of(attempt);
    Optional<Entry> signed = live(account, rows, row -> mark.isIn(notes(row)));
    if (signed.isEmpty()) {
      return live(account, rows, row -> isMadeBy(row, attempt, account))
          .map(row -> read(account, row))
          .filter(each -> isAsked(each, booking));
    }
    Appointment found = read(account, signed.get());
    if (isAsked(found, booking) || isTouched(signed.get())) {
      return Optional.of(found);
    }
    if (takenBack(account, found)) {
      return Optional.empty();
    }
    throw NookalApi.unknown(ADD, null);
  }

  private Optional<Entry> live(EmrAccount account, List<Entry> rows, Predicate<Entry> which) {
    return rows.stream()
        .filter(which)
        .filter(row -> read(account, row).status() != Appointment.Status.CANCELLED)
        .findFirst();
  }

  private static String notes(Entry row) {
    return row.json().path("Notes").asText("");
  }

  private boolean isMadeBy(Entry row, WriteAttempt attempt, EmrAccount account) {
    return !BookingMark.isAnyIn(notes(row))
        && BookingMark.sentAt(attempt)
            .filter(
                sent ->
                    NookalTimes.isSince(row, "dateCreated", sent, clock.instant(), account.zone()))
            .isPresent();
  }

  /** Both stamps are of one zone, whichever it is. */
  private static boolean isTouched(Entry row) {
    Instant made = NookalTimes.lenient(row, "dateCreated");
    Instant changed = NookalTimes.lenient(row, "lastModified");
    return made == null || changed == null || changed.isAfter(made.plus(UNTOUCHED));
  }
}
