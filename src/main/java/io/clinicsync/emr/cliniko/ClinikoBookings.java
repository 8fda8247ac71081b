package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Books into Cliniko's diary, which accepts whatever overlaps and knows neither holds nor keys that
 * would make a repeated request harmless. Messages to staff and patients follow the clinic's own
 * settings, as for what is booked by hand.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/individual-appointment">Individual
 *     appointment</a>
 */
final class ClinikoBookings implements BookingGateway {

  private static final BookingFacts FACTS = new BookingFacts(false, true, true);

  private final ClinikoApi api;
  private final ClinikoAppointments appointments;
  private final ClinikoClasses classes;

  ClinikoBookings(ClinikoApi api) {
    this.api = api;
    this.appointments = new ClinikoAppointments(api);
    this.classes = new ClinikoClasses(api);
  }

  @Override
  public BookingFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Not narrowed to a business, since the practitioner may be at another one by then.
   *
   * @see <a href="https://docs.api.cliniko.com/openapi/booking">Booking</a>
   */
  @Override
  public List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    String id = ClinikoConnector.required(practitioner);
    return api
        .all(
            account,
            "/bookings",
            "bookings",
            () ->
                ClinikoQuery.list()
                    .filter("practitioner_id:=" + id)
                    .filter("starts_at:<" + ClinikoQuery.second(span.to().plusMillis(999)))
                    .filter("ends_at:>" + ClinikoQuery.second(span.from())))
        .stream()
        .filter(ClinikoBookings::isLive)
        .map(row -> ClinikoConnector.readable(row, ClinikoBookings::busy))
        .flatMap(Optional::stream)
        .filter(busy -> overlaps(busy.span(), span))
        .toList();
  }

  /** Lists leave removed rows out by themselves, as far as that is documented. */
  static boolean isLive(ClinikoEntry row) {
    return !row.has("cancelled_at") && !row.has("archived_at") && !row.has("deleted_at");
  }

  private static boolean overlaps(TimeRange one, TimeRange other) {
    return one.from().isBefore(other.to()) && other.from().isBefore(one.to());
  }

  /** Empty for an entry that takes no time. */
  private static Optional<Busy> busy(ClinikoEntry row) {
    Instant from = row.requireInstant("starts_at");
    Instant to = row.requireInstant("ends_at");
    if (!from.isBefore(to)) {
      return Optional.empty();
    }
    Busy.Kind kind = kind(row);
    String type = kind == Busy.Kind.CLASS ? row.reference("appointment_type") : null;
    return Optional.of(
        new Busy(
            row.requireId(),
            kind,
            new TimeRange(from, to),
            type == null ? null : EmrRef.of(RecordKind.TREATMENT, type)));
  }

  /** Cliniko's mixed list tells its kinds by shape only. */
  private static Busy.Kind kind(ClinikoEntry row) {
    if (row.has("patient_ids") || row.has("max_attendees")) {
      return Busy.Kind.CLASS;
    }
    return row.has("patient") ? Busy.Kind.APPOINTMENT : Busy.Kind.BLOCK;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The end is always sent, as Cliniko would else take the length of the appointment type.
   *
   * @see <a href="https://docs.api.cliniko.com/openapi/individual-appointment">Individual
   *     appointment</a>
   */
  @Override
  public Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (booking.seats() > 1) {
      return classes.join(account, booking, attempt);
    }
    ClinikoMarker marker = ClinikoMarker.of(attempt);
    ClinikoWrite write =
        ClinikoWrite.post("cliniko.individual_appointments.create", "/individual_appointments")
            .with("starts_at", ClinikoQuery.second(booking.startsAt()))
            .with("ends_at", ClinikoQuery.second(booking.endsAt()))
            .with("patient_id", ClinikoConnector.required(booking.patient()))
            .with("practitioner_id", ClinikoConnector.required(booking.practitioner()))
            .with("appointment_type_id", ClinikoConnector.required(booking.treatment()))
            .with("business_id", ClinikoConnector.required(booking.site()))
            .with("notes", marker.behind(booking.note()));
    return confirmed(api.written(account, write), write);
  }

  @Override
  public boolean isOverbooked(EmrAccount account, NewBooking booking, Appointment joined) {
    return classes.isOverbooked(account, joined);
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://docs.api.cliniko.com/openapi/individual-appointment">Individual
   *     appointment</a>
   */
  @Override
  public Appointment reschedule(
      EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt) {
    if (isParticipant(appointment)) {
      throw rejected("A participant of a class cannot be moved; cancel, and book another class");
    }
    if (current(account, appointment).status() == Appointment.Status.CANCELLED) {
      throw rejected("The appointment is cancelled and cannot be moved");
    }
    ClinikoWrite write =
        ClinikoWrite.patch(
                "cliniko.individual_appointments.update",
                "/individual_appointments/" + ClinikoConnector.required(appointment))
            // Cliniko computes the end anew from the appointment type where it is not sent along.
            .with("starts_at", ClinikoQuery.second(to.startsAt()))
            .with("ends_at", ClinikoQuery.second(to.endsAt()));
    if (to.practitioner() != null) {
      write.with("practitioner_id", ClinikoConnector.required(to.practitioner()));
    }
    if (to.site() != null) {
      write.with("business_id", ClinikoConnector.required(to.site()));
    }
    return confirmed(api.written(account, write), write);
  }

  /**
   * {@inheritDoc}
   *
   * <p>What is cancelled already is not sent again, since what Cliniko does then is not documented.
   *
   * @see <a href="https://docs.api.cliniko.com/openapi/individual-appointment">Individual
   *     appointment</a>
   * @see <a href="https://docs.api.cliniko.com/openapi/attendee">Attendee</a>
   */
  @Override
  public Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      return before;
    }
    ClinikoWrite write = cancelling(appointment, how);
    EmrException refusal = null;
    try {
      api.write(account, write);
    } catch (EmrException failure) {
      if (failure.kind() != Kind.NOT_FOUND && failure.kind() != Kind.REQUEST_REJECTED) {
        throw failure;
      }
      refusal = failure;
    }
    return cancelled(account, appointment, write, refusal);
  }

  private static ClinikoWrite cancelling(EmrRef appointment, Cancellation how) {
    String path =
        isParticipant(appointment)
            ? "attendees/"
                + ClinikoConnector.number(appointment, ClinikoMapper.ATTENDEE).orElseThrow()
            : "individual_appointments/" + ClinikoConnector.required(appointment);
    ClinikoWrite write =
        ClinikoWrite.patch(
            "cliniko." + path.substring(0, path.indexOf('/')) + ".cancel", "/" + path + "/cancel");
    write.body().put("cancellation_reason", code(how.reason())).put("apply_to_repeats", false);
    if (how.note() != null) {
      write.with("cancellation_note", how.note());
    }
    return write;
  }

  /** Cliniko's answer is empty, or a refusal because somebody was faster: a look tells. */
  private Appointment cancelled(
      EmrAccount account, EmrRef appointment, ClinikoWrite write, @Nullable EmrException refusal) {
    Appointment after;
    try {
      after = current(account, appointment);
    } catch (EmrException unseen) {
      if (refusal == null) {
        throw ClinikoApi.unknown(write.operation(), unseen);
      }
      throw unseen;
    }
    if (after.status() == Appointment.Status.CANCELLED) {
      return after;
    }
    if (refusal != null) {
      throw rejected("Cliniko does not cancel this appointment");
    }
    throw ClinikoApi.unknown(write.operation(), null);
  }

  private Appointment current(EmrAccount account, EmrRef appointment) {
    return appointments
        .get(account, appointment)
        // What was archived or deleted is gone from the diary, unless it was cancelled before.
        .filter(each -> each.removedAt() == null || each.status() == Appointment.Status.CANCELLED)
        .orElseThrow(
            () -> new EmrException(Kind.NOT_FOUND, "Cliniko has no such appointment any more"));
  }

  private static boolean isParticipant(EmrRef appointment) {
    return appointment.id().value().startsWith(ClinikoMapper.ATTENDEE);
  }

  private static int code(Cancellation.Reason reason) {
    return switch (reason) {
      case FEELING_BETTER -> 10;
      case CONDITION_WORSE -> 20;
      case SICK -> 30;
      case AWAY -> 40;
      case OTHER -> 50;
      case WORK -> 60;
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our sign decides. Where staff took it out, an unsigned entry of the same patient,
   * practitioner and start counts that is no older than what we sent.
   */
  @Override
  public Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (booking.seats() > 1) {
      return classes.find(account, booking, attempt);
    }
    ClinikoMarker marker = ClinikoMarker.of(attempt);
    String patient = ClinikoConnector.required(booking.patient());
    // The newest page is enough: what we look for was made moments ago.
    List<ClinikoEntry> rows =
        api
            .list(
                account,
                "/individual_appointments",
                "individual_appointments",
                ClinikoQuery.list()
                    .filter("patient_id:=" + patient)
                    .with("sort", "created_at:desc"))
            .entries()
            .stream()
            .filter(ClinikoBookings::isLive)
            .toList();
    return rows.stream()
        .filter(marker::isIn)
        .findFirst()
        .or(
            () ->
                rows.stream()
                    .filter(row -> isSame(row, booking) && ClinikoMarker.mayBe(row, attempt))
                    .findFirst())
        .map(row -> ClinikoConnector.readable(row, each -> ClinikoMapper.individual(each, null)));
  }

  private static boolean isSame(ClinikoEntry row, NewBooking booking) {
    Instant start = Instant.parse(ClinikoQuery.second(booking.startsAt()));
    return booking.practitioner().id().value().equals(row.reference("practitioner"))
        && row.time("starts_at").filter(start::equals).isPresent();
  }

  private static Appointment confirmed(ClinikoEntry row, ClinikoWrite write) {
    try {
      return ClinikoConnector.readable(row, each -> ClinikoMapper.individual(each, null));
    } catch (EmrException unreadable) {
      throw ClinikoApi.unknown(write.operation(), unreadable);
    }
  }

  static EmrException rejected(String sentence) {
    return new EmrException(Kind.REQUEST_REJECTED, sentence);
  }
}
