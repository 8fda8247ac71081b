package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.practicebetter.PracticeBetterDiary.When;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.BookingMark;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Books sessions. The vendor refuses a clash itself, but some accounts take a written time for
 * another one: nothing is called booked until it shows at the instant that was asked for. Nobody is
 * told of a booking by the vendor, since that would be before it was looked at.
 *
 * @see <a href="https://api-docs.practicebetter.io">/consultant/sessions</a>
 */
final class PracticeBetterBookings implements BookingGateway {

  private static final BookingFacts FACTS = new BookingFacts(true, true, true);
  private static final String BOOK = "practicebetter.sessions.create";

  private final PracticeBetterCatalogue catalogue;
  private final PracticeBetterPlaces places;
  private final PracticeBetterSessions sessions;
  private final PracticeBetterHabits habits;
  private final PracticeBetterWriter writer;
  private final PracticeBetterDiary diary;
  private final PracticeBetterOwn own;
  private final Clock clock;

  PracticeBetterBookings(
      PracticeBetterApi api,
      PracticeBetterCatalogue catalogue,
      PracticeBetterPlaces places,
      PracticeBetterSessions sessions,
      PracticeBetterHabits habits,
      Clock clock) {
    this.catalogue = catalogue;
    this.places = places;
    this.sessions = sessions;
    this.habits = habits;
    this.writer = new PracticeBetterWriter(api);
    this.diary = new PracticeBetterDiary(writer, sessions, habits);
    this.own = new PracticeBetterOwn(api, clock);
    this.clock = clock;
  }

  @Override
  public BookingFacts facts() {
    return FACTS;
  }

  @Override
  public boolean moves(Move to) {
    return to.practitioner() == null && to.site() == null;
  }

  @Override
  public List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    return List.of();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the account misread the time, the session is put right before it is called booked; one
   * that cannot be put right is cancelled, and REQUEST_REJECTED says so.
   *
   * @see <a href="https://api-docs.practicebetter.io">POST /consultant/sessions</a>
   */
  @Override
  public Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (booking.seats() > 1) {
      throw PracticeBetterWriter.rejected("Group sessions cannot be booked through the API");
    }
    When asked = new When(booking.startsAt(), booking.endsAt());
    Entry service = service(account, booking.treatment());
    PracticeBetterHabit habit = habit(account, service, asked);
    BookingMark mark = BookingMark.of(attempt);
    ObjectNode body = body(account, booking, service, habit, mark);
    mark.noteWith(attempt, clock.instant());
    Optional<Entry> answer =
        writer.send(
            account, BOOK, "POST", PracticeBetterSessions.PATH, body, PracticeBetterWriter.TAKEN);
    EmrRef session =
        answer.isPresent()
            ? session(answer.get())
            : own.made(account, booking.patient(), mark)
                .orElseThrow(() -> PracticeBetterWriter.unknown(BOOK, null));
    Appointment shown = diary.shown(account, session, BOOK);
    if (!isFor(shown, booking)) {
      throw undone(account, session, null);
    }
    if (asked.isOf(shown)) {
      return shown;
    }
    try {
      Appointment right = diary.putRight(account, shown, asked, habit);
      if (right != null && isFor(right, booking)) {
        return right;
      }
    } catch (EmrException taken) {
      throw undone(account, session, taken);
    }
    throw undone(account, session, null);
  }

  /** What stands wrongly does not stay; while it may, nobody knows. */
  private EmrException undone(
      EmrAccount account, EmrRef session, @Nullable EmrException otherwise) {
    if (!diary.takenBack(account, session)) {
      return PracticeBetterWriter.unknown(BOOK, null);
    }
    return otherwise == null
        ? PracticeBetterWriter.rejected(
            "Practice Better put this elsewhere than asked; it was taken back")
        : otherwise;
  }

  private Entry service(EmrAccount account, EmrRef treatment) {
    String id = PracticeBetterDiary.required(treatment);
    return catalogue.services(account).stream()
        .filter(each -> each.json().path("id").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new EmrException(Kind.NOT_FOUND, "Practice Better has no such service"));
  }

  private PracticeBetterHabit habit(EmrAccount account, Entry service, When asked) {
    PracticeBetterHabit habit = habits.of(account, isInSeconds(service));
    if (habit.isAmbiguous(asked.start())) {
      throw PracticeBetterWriter.rejected(
          "The clock shows this time twice that night, and this account cannot be told which is"
              + " meant");
    }
    return habit;
  }

  /** No service takes longer than a working day, so that a greater number means seconds. */
  private static boolean isInSeconds(Entry service) {
    BigDecimal duration =
        PracticeBetterConnector.readable(service, each -> each.decimal("duration"));
    return duration != null && duration.intValue() > 480;
  }

  private ObjectNode body(
      EmrAccount account,
      NewBooking booking,
      Entry service,
      PracticeBetterHabit habit,
      BookingMark mark) {
    String place = booking.site().id().value();
    boolean nowhere = place.equals(PracticeBetterPlaces.NOWHERE);
    String type = PracticeBetterCatalogue.type(service, nowhere);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("clientRecordId", PracticeBetterDiary.required(booking.patient()));
    body.put("asConsultantId", PracticeBetterDiary.required(booking.practitioner()));
    body.put("serviceId", PracticeBetterDiary.required(booking.treatment()));
    body.put("serviceType", type);
    body.put("sessionDate", habit.date(booking.startsAt()));
    body.put("duration", habit.duration(Duration.between(booking.startsAt(), booking.endsAt())));
    String zone = WindowsZones.name(habit.wall() == null ? account.zone() : habit.wall());
    if (zone != null) {
      body.put("timeZone", zone);
    }
    body.put("notify", false).put("markConfirmed", true).put("ignoreConflict", false);
    body.put("notes", mark.behind(booking.note()));
    if (type.equals("virtual")) {
      body.putObject("telehealthSettings").put("launchApplication", "system");
    }
    if (!nowhere) {
      String name = places.known(account).get(place);
      if (name == null) {
        throw new EmrException(Kind.NOT_FOUND, "Practice Better knows no such place");
      }
      body.put("location", name);
    }
    return body;
  }

  private static EmrRef session(Entry answer) {
    return PracticeBetterApi.id(answer.json().path("id").asText(""))
        .map(EmrRef::appointment)
        .orElseThrow(() -> PracticeBetterWriter.unknown(BOOK, null));
  }

  /** All but the time. A place that does not show is no other place. */
  private static boolean isFor(Appointment shown, NewBooking booking) {
    EmrRef site = shown.site();
    boolean there =
        site == null
            || site.equals(booking.site())
            || site.id().value().equals(PracticeBetterPlaces.NOWHERE);
    return shown.status().isLive()
        && there
        && booking.patient().equals(shown.patient())
        && booking.practitioner().equals(shown.practitioner())
        && booking.treatment().equals(shown.treatment());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Only the time can be written: another practitioner or place is REQUEST_REJECTED. What the
   * account misread is put right, else put back.
   *
   * @see <a href="https://api-docs.practicebetter.io">PUT /consultant/sessions/{id}/date</a>
   */
  @Override
  public Appointment reschedule(
      EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      throw PracticeBetterWriter.rejected("The session is cancelled and cannot be moved");
    }
    if ((to.practitioner() != null && !to.practitioner().equals(before.practitioner()))
        || (to.site() != null && !to.site().equals(before.site()))) {
      throw PracticeBetterWriter.rejected(
          "A session cannot go to another practitioner or place; cancel, and book anew");
    }
    When asked = new When(to.startsAt(), to.endsAt());
    EmrRef treatment = before.treatment();
    if (treatment == null) {
      throw PracticeBetterWriter.rejected("Practice Better does not tell the session's service");
    }
    PracticeBetterHabit habit = habit(account, service(account, treatment), asked);
    diary.move(account, appointment, asked, habit);
    Appointment shown = diary.shown(account, appointment, PracticeBetterDiary.MOVE);
    if (asked.isOf(shown)) {
      return shown;
    }
    Appointment right = null;
    EmrException taken = null;
    try {
      right = diary.putRight(account, shown, asked, habit);
    } catch (EmrException refusal) {
      taken = refusal;
    }
    if (right != null) {
      return right;
    }
    throw putBack(account, before, shown, asked, habit, taken);
  }

  /** Back to where it was; what shows unmoved may still move, so that nobody knows. */
  private EmrException putBack(
      EmrAccount account,
      Appointment before,
      Appointment shown,
      When asked,
      PracticeBetterHabit habit,
      @Nullable EmrException otherwise) {
    Instant end = before.endsAt();
    When old =
        new When(before.startsAt(), end == null ? before.startsAt().plus(asked.length()) : end);
    if (old.isOf(shown)) {
      return PracticeBetterWriter.unknown(PracticeBetterDiary.MOVE, null);
    }
    PracticeBetterHabit other = PracticeBetterDiary.misread(account, shown, asked, habit);
    try {
      diary.move(account, before.ref(), old, other == null ? habit : other);
      if (old.isOf(diary.shown(account, before.ref(), PracticeBetterDiary.MOVE))) {
        return otherwise == null
            ? PracticeBetterWriter.rejected(
                "Practice Better moved this elsewhere than asked; it was put back")
            : otherwise;
      }
    } catch (EmrException notBack) {
      return PracticeBetterWriter.unknown(PracticeBetterDiary.MOVE, notBack);
    }
    return PracticeBetterWriter.unknown(PracticeBetterDiary.MOVE, null);
  }

  /**
   * {@inheritDoc}
   *
   * <p>There are no reasons. What is cancelled already is not sent again.
   *
   * @see <a href="https://api-docs.practicebetter.io">POST /consultant/sessions/{id}/cancel</a>
   */
  @Override
  public Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      return before;
    }
    boolean refused = false;
    try {
      diary.cancel(account, appointment, how.notifyPatient(), how.note());
    } catch (EmrException failure) {
      if (failure.kind() != Kind.NOT_FOUND && failure.kind() != Kind.REQUEST_REJECTED) {
        throw failure;
      }
      refused = true;
    }
    // The answer is empty, or a refusal because somebody was faster: a look tells.
    Appointment after = diary.shown(account, appointment, PracticeBetterDiary.CANCEL);
    if (after.status() == Appointment.Status.CANCELLED) {
      return after;
    }
    throw refused
        ? PracticeBetterWriter.rejected("Practice Better does not cancel this session")
        : PracticeBetterWriter.unknown(PracticeBetterDiary.CANCEL, null);
  }

  private Appointment current(EmrAccount account, EmrRef appointment) {
    return sessions
        .get(account, appointment)
        .orElseThrow(
            () -> new EmrException(Kind.NOT_FOUND, "Practice Better has no such session any more"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our sign decides; where it is gone, an unsigned session as asked for that is no older than
   * what we sent. What bears our sign where a misreading puts it, untouched since, is taken back;
   * anywhere else somebody has moved it.
   */
  @Override
  public Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    When asked = new When(booking.startsAt(), booking.endsAt());
    Optional<Appointment> signed = own.signed(account, booking.patient(), BookingMark.of(attempt));
    if (signed.isEmpty()) {
      return own.unsigned(account, booking.patient(), attempt).stream()
          .filter(each -> isFor(each, booking) && asked.isOf(each))
          .findFirst();
    }
    Appointment found = signed.get();
    if (asked.isOf(found)
        || PracticeBetterOwn.isTouched(found)
        || !diary.isMisread(account, found, asked)) {
      return signed;
    }
    if (diary.takenBack(account, found.ref())) {
      return Optional.empty();
    }
    throw PracticeBetterWriter.unknown(BOOK, null);
  }
}
