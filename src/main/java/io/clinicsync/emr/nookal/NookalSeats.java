package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.BookingMark;
import io.clinicsync.emr.wire.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Seats in classes that stand in the diary; none is ever created. How many a class holds is not
 * told, so Nookal decides whether it is full. A seat has no notes to bear our sign.
 *
 * @see <a href="https://api.nookal.com/developers">addClassBooking, getClassParticipants</a>
 */
final class NookalSeats {

  private static final String JOIN = "addClassBooking";

  private final NookalApi api;
  private final NookalClasses classes;
  private final NookalWhere where;
  private final InstantSource clock;

  NookalSeats(NookalApi api, NookalWhere where, InstantSource clock) {
    this.api = api;
    this.classes = new NookalClasses(api);
    this.where = where;
    this.clock = clock;
  }

  static boolean isClass(EmrRef treatment) {
    return treatment.id().value().startsWith(NookalMapper.CLASS);
  }

  static boolean isSeat(EmrRef appointment) {
    return appointment.id().value().startsWith(NookalMapper.CLASS);
  }

  /**
   * Takes a seat. How the function wants the class named differs between sources: as an appointment
   * is, and by its number; both are sent, and what is not known is ignored.
   */
  Appointment join(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    String patient = NookalConnector.number(booking.patient());
    NookalForm at = where.at(account, booking.site(), booking.startsAt());
    List<Entry> standing = standing(account, booking);
    if (standing.isEmpty()) {
      throw NookalConnector.rejected(
          "There is no class of this kind at this time; the clinic sets classes up in Nookal");
    }
    if (seat(account, standing, patient).isPresent()) {
      throw NookalConnector.rejected("The patient has a seat in this class already");
    }
    NookalForm form =
        new NookalForm()
            .with("class_id", NookalSingles.idOf(standing.getFirst()))
            .with("location_id", NookalConnector.number(booking.site()))
            .with("patient_id", patient)
            .with("practitioner_id", NookalConnector.number(booking.practitioner()))
            .with("appointment_type_id", type(booking))
            .and(at);
    BookingMark.of(attempt).noteWith(attempt, clock.instant());
    NookalApi.Written written = api.written(account, JOIN, form);
    if (written.refusal() != null) {
      throw written.refusal();
    }
    try {
      return seat(account, standing, patient)
          .map(seat -> place(account, seat))
          .orElseThrow(() -> NookalApi.unknown(JOIN, null));
    } catch (EmrException unseen) {
      throw NookalApi.unknown(JOIN, unseen);
    }
  }

  private static String type(NewBooking booking) {
    String id = booking.treatment().id().value();
    return id.substring(NookalMapper.CLASS.length());
  }

  /** The classes a booking can mean. */
  private List<Entry> standing(EmrAccount account, NewBooking booking) {
    String practitioner = NookalConnector.number(booking.practitioner());
    String site = NookalConnector.number(booking.site());
    Instant start = booking.startsAt().truncatedTo(ChronoUnit.SECONDS);
    NookalForm form =
        NookalDiary.days(new TimeRange(booking.startsAt(), booking.endsAt()))
            .with("practitioner_id", practitioner)
            .with("location_id", site);
    return api.all(account, NookalClasses.FUNCTION, NookalClasses.KEY, form).stream()
        .filter(row -> practitioner.equals(text(row, "practitionerID")))
        .filter(row -> site.equals(text(row, "locationID")))
        .filter(row -> type(booking).equals(text(row, "classID")))
        .filter(row -> !Boolean.TRUE.equals(row.flag("cancelled")))
        .filter(row -> start.equals(start(row, account.zone())))
        .toList();
  }

  private static String text(Entry row, String member) {
    return row.json().path(member).asText("");
  }

  private static Instant start(Entry row, ZoneId other) {
    return NookalConnector.readable(
        row,
        each ->
            NookalTimes.local(
                each, "classDate", "classStartTime", NookalTimes.zone(each, "TimeZone", other)));
  }

  private record Seat(Entry session, Entry participant) {}

  /** The patient's live seat in one of some classes. */
  private Optional<Seat> seat(EmrAccount account, List<Entry> sessions, String patient) {
    for (Entry session : sessions) {
      for (Entry each : classes.participants(account, NookalSingles.idOf(session))) {
        if (patient.equals(text(each, "patientID"))
            && !Boolean.TRUE.equals(each.flag("cancelled"))) {
          return Optional.of(new Seat(session, each));
        }
      }
    }
    return Optional.empty();
  }

  private Appointment place(EmrAccount account, Seat seat) {
    return NookalConnector.readable(
        seat.participant(),
        each -> NookalClasses.place(seat.session(), each, account, clock.instant()));
  }

  /** The patient's seat in the class that was meant, if it is no older than what we sent. */
  Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    Instant sent = BookingMark.sentAt(attempt).orElse(null);
    if (sent == null) {
      return Optional.empty();
    }
    return seat(account, standing(account, booking), NookalConnector.number(booking.patient()))
        .filter(
            seat ->
                NookalTimes.isSince(
                    seat.participant(), "lastModified", sent, clock.instant(), account.zone()))
        .map(seat -> place(account, seat));
  }

  /**
   * The number by which a seat can be cancelled. It stands only where Nookal shows places in
   * classes among a patient's appointments, which is not verified for every account.
   *
   * @throws EmrException REQUEST_REJECTED when Nookal does not show it
   */
  String number(EmrAccount account, Appointment seat, EmrRef patient) {
    String id = NookalConnector.number(patient);
    NookalForm form =
        NookalDiary.days(new TimeRange(seat.startsAt(), seat.startsAt().plusSeconds(1)))
            .with("patient_id", id);
    return api.all(account, "getAppointments", "appointments", form).stream()
        .filter(NookalMapper::isClass)
        .filter(row -> id.equals(text(row, "patientID")))
        .map(
            row ->
                NookalConnector.readable(
                    row, each -> NookalMapper.appointment(each, account.zone(), clock.instant())))
        .filter(each -> each.status() != Appointment.Status.CANCELLED)
        .filter(each -> each.startsAt().equals(seat.startsAt()))
        .filter(each -> Objects.equals(each.practitioner(), seat.practitioner()))
        .map(each -> each.ref().id().value())
        .findFirst()
        .orElseThrow(
            () ->
                NookalConnector.rejected(
                    "Nookal does not show the number of this seat; cancel it in Nookal"));
  }

  /** A seat as it stands after a write. */
  Appointment shown(EmrAccount account, EmrRef seat, String function) {
    try {
      return classes
          .get(account, seat)
          .orElseThrow(() -> new EmrException(Kind.NOT_FOUND, "The seat is not shown any more"));
    } catch (EmrException unseen) {
      throw NookalApi.unknown(function, unseen);
    }
  }
}
