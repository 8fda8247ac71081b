package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.booking.BookingRequests.Cancel;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.booking.BookingRequests.Reschedule;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.booking.Bookings;
import io.clinicsync.booking.Code;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.ghl.GhlContactField;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Brings an appointment of GoHighLevel, as GoHighLevel itself shows it now, into the EMR: books it,
 * moves it or cancels it. What told us of it decides nothing but what is booked with whom, and that
 * only while nothing is booked yet.
 */
@Component
class Bringer {

  private final Bookings bookings;
  private final Calendars calendars;
  private final GhlApi ghl;
  private final PatientRecords records;
  private final Tenancy tenancy;
  private final Clock clock;

  Bringer(
      Bookings bookings,
      Calendars calendars,
      GhlApi ghl,
      PatientRecords records,
      Tenancy tenancy,
      Clock clock) {
    this.bookings = bookings;
    this.calendars = calendars;
    this.ghl = ghl;
    this.records = records;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /**
   * The answer for whoever told us; its status is 500 while it is not decided.
   *
   * @param event as it was just read
   */
  HookAnswer bring(
      Connection connection, GhlAccount account, Bridged row, Optional<GhlEvent> event) {
    OtherId other = new OtherId(OtherId.Of.GHL, row.ghlAppointment());
    Optional<String> standing = bookings.known(connection, other);
    if (bookings.isUnsettled(connection, other)) {
      return HookAnswer.refused(
          500, "unknown", "Its booking is not settled yet; this is looked at again by itself.");
    }
    if (GhlStates.isEnded(row.ghlState())) {
      return standing
          .map(id -> cancel(connection, row, id))
          .orElseGet(
              () ->
                  HookAnswer.done(
                      "nothing_to_do", "Nothing of this appointment stands in the EMR.", null));
    }
    if (!GhlStates.isLive(row.ghlState())) {
      return HookAnswer.done(
          "nothing_to_do", "The appointment is over; the EMR is left as it is.", null);
    }
    GhlEvent live = event.orElseThrow();
    if (!live.startsAt().isAfter(clock.instant())) {
      return HookAnswer.done(
          "nothing_to_do", "The appointment has begun; the EMR is left as it is.", null);
    }
    return standing
        .filter(id -> isLive(connection, id))
        .map(id -> move(connection, row, id, live))
        .orElseGet(() -> book(connection, account, row, live, other));
  }

  /** Whether something of it stands in the EMR, as far as we know. */
  boolean stands(Connection connection, String ghlAppointment) {
    return bookings
        .known(connection, new OtherId(OtherId.Of.GHL, ghlAppointment))
        .filter(id -> isLive(connection, id))
        .isPresent();
  }

  /** What was cancelled in the EMR is booked anew; the EMR itself is asked before that. */
  private boolean isLive(Connection connection, String appointment) {
    return tenancy
        .inClinic(
            connection.clinic(),
            () ->
                records.appointment(
                    connection.clinic(), connection.id(), EmrRef.appointment(appointment)))
        .filter(each -> each.status().isLive() && each.removedAt() == null)
        .isPresent();
  }

  private HookAnswer cancel(Connection connection, Bridged row, String appointment) {
    HookAnswer answer = cancelled(connection, row, appointment);
    return answer.code().equals(Code.NOT_FOUND.word())
        ? HookAnswer.done("nothing_to_do", "The EMR has no such appointment any more.", appointment)
        : answer;
  }

  private HookAnswer cancelled(Connection connection, Bridged row, String appointment) {
    return answer(
        bookings.cancel(
            connection,
            new Cancel(appointment, Cancellation.Reason.OTHER, null, false, false),
            asked(row)));
  }

  private HookAnswer move(Connection connection, Bridged row, String appointment, GhlEvent live) {
    return answer(
        bookings.reschedule(
            connection,
            new Reschedule(appointment, live.startsAt(), live.endsAt(), null, null, null, false),
            asked(row)));
  }

  private HookAnswer book(
      Connection connection, GhlAccount account, Bridged row, GhlEvent live, OtherId other) {
    Choice choice =
        calendars
            .find(connection.clinic(), connection.id(), live.calendarId())
            .map(row.choice()::under)
            .orElse(row.choice());
    String treatment = choice.treatment();
    String practitioner = choice.practitioner();
    if (treatment == null || practitioner == null) {
      return HookAnswer.refused(
          422,
          "needs_info",
          "The workflow must say the "
              + (treatment == null ? "treatment" : "practitioner")
              + " in its custom data, or the calendar must be mapped to one.");
    }
    String contactId = live.contactId();
    Optional<GhlContact> contact =
        contactId == null ? Optional.empty() : ghl.contact(account, contactId);
    if (contact.isEmpty()) {
      return HookAnswer.refused(
          422, "needs_info", "The appointment has no contact in GoHighLevel any more.");
    }
    Instant end = live.endsAt();
    return answer(
        bookings.book(
            connection,
            new Book(
                who(contact.get()),
                practitioner,
                treatment,
                choice.site(),
                choice.category(),
                choice.room(),
                other,
                live.startsAt(),
                end == null && choice.length() != null
                    ? live.startsAt().plus(choice.length())
                    : end,
                null),
            asked(row)));
  }

  /** One change is one intent, however often it is tried. */
  private static Asked asked(Bridged row) {
    return new Asked(null, row.key());
  }

  private static Who who(GhlContact contact) {
    return new Who(
        null,
        contact.find(GhlContactField.FIRST_NAME).orElse(null),
        contact.find(GhlContactField.LAST_NAME).orElse(null),
        contact.birthDate().orElse(null),
        contact.find(GhlContactField.EMAIL).orElse(null),
        contact.find(GhlContactField.PHONE).orElse(null),
        true);
  }

  private static HookAnswer answer(BookingAnswer answer) {
    BookingAnswer.Entry entry = answer.appointment();
    String id = entry == null ? null : entry.id();
    Code code = answer.code();
    int status =
        switch (code) {
          case BOOKED, RESCHEDULED, CANCELLED, ALREADY_BOOKED -> 200;
          case NOT_ENABLED -> 403;
          // Not decided: the same change is tried again, by whoever comes first.
          case UNKNOWN, EMR_UNAVAILABLE, RATE_LIMITED, IN_PROGRESS, IDEMPOTENCY_MISMATCH -> 500;
          default -> 422;
        };
    return new HookAnswer(
        status,
        status == 500 && code == Code.IDEMPOTENCY_MISMATCH ? Code.IN_PROGRESS.word() : code.word(),
        answer.says(),
        id,
        answer.alternatives());
  }
}
