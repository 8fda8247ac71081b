package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.http.HttpAnswer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Jane's provisional appointments. One keeps a time free until it is booked under the same id, let
 * go, or forgotten by Jane by itself (after ten minutes, assumed). It has no patient, so that it
 * alone is never an appointment.
 */
final class JaneHolds {

  private static final String PATH = "/admin/api/v2/appointments";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private final InstantSource clock;

  JaneHolds(InstantSource clock) {
    this.clock = clock;
  }

  static String path(String id) {
    return PATH + "/" + id;
  }

  /** A time as Jane takes it: with the clinic's offset, never with Z, whole seconds. */
  static String time(Instant at, ZoneId zone) {
    return TIME.format(at.atZone(zone));
  }

  /**
   * Holds a time; sent once.
   *
   * @return the hold as Jane shows it, with a readable id
   * @throws EmrException UNAVAILABLE when the answer is lost, since a hold alone books nothing
   */
  Entry take(EmrAccount account, JaneVisit visit, NewBooking booking, WriteAttempt attempt) {
    ObjectNode body = JaneWrite.object();
    ObjectNode wanted = body.putObject("appointment");
    wanted.put("location_id", JaneBookings.number(booking.site()));
    wanted.put("staff_member_id", JaneBookings.number(booking.practitioner()));
    wanted.put("start_at", time(booking.startsAt(), account.zone()));
    wanted.put("end_at", time(booking.endsAt(), account.zone())).put("break", false);
    EmrRef room = booking.room();
    if (room == null) {
      wanted.putNull("room_id");
    } else {
      wanted.put("room_id", JaneBookings.number(room));
    }
    body.put("book", false).put("browser_tab_id", attempt.key());
    JaneWrite write = JaneWrite.post("jane.web.appointments.reserve", PATH, body);
    JaneAnchor asked = new JaneAnchor(null, clock.instant());
    asked.leaveWith(attempt);
    try {
      return readable(visit.send(write), write);
    } catch (EmrException failure) {
      if (failure.kind() != Kind.OUTCOME_UNKNOWN) {
        throw failure;
      }
      letGoUnseen(account, visit, booking, asked);
      throw new EmrException(
          Kind.UNAVAILABLE, "Jane did not say whether it holds the time", null, failure);
    }
  }

  private static Entry readable(HttpAnswer answer, JaneWrite write) {
    try {
      Entry held = JaneWebAppointments.bare(VendorWire.parse(answer, write.operation()));
      String id = JaneConnector.readable(held, entry -> entry.requireText("id"));
      if (JaneWebPatients.number(id).isPresent()) {
        return held;
      }
    } catch (EmrException unreadable) {
      // As below.
    }
    throw JaneRefusal.unknown(write.operation());
  }

  /**
   * Lets a hold go whose answer never came, where it can be told from others: it is the only one at
   * just this time, has nobody in it, and is no older than the attempt. Else Jane forgets it.
   */
  void letGoUnseen(EmrAccount account, JaneVisit visit, NewBooking booking, JaneAnchor asked) {
    try {
      String staff = JaneBookings.required(booking.practitioner());
      String location = JaneBookings.required(booking.site());
      TimeRange span = new TimeRange(booking.startsAt(), booking.endsAt());
      List<Entry> ours =
          JaneCalendar.rows(account, visit, staff, location, span).stream()
              .filter(row -> isHold(row) && !row.has("patient_id"))
              .filter(row -> isAt(row, booking))
              .filter(row -> JaneTimes.changed(row).filter(asked::mayBeOf).isPresent())
              .toList();
      if (ours.size() == 1) {
        drop(visit, ours.getFirst().json().path("id").asText());
      }
    } catch (EmrException notNow) {
      // Nothing is booked in it, and it ends by itself.
    }
  }

  private static boolean isAt(Entry row, NewBooking booking) {
    return JaneConnector.readable(
        row,
        each ->
            JaneBookings.isAt(each, "start_at", booking.startsAt())
                && JaneBookings.isAt(each, "end_at", booking.endsAt()));
  }

  private static boolean isHold(Entry row) {
    return JaneConnector.readable(row, JaneState::of) == Status.HELD;
  }

  /** Lets a hold go that will not be booked; where that fails, Jane forgets it by itself. */
  void letGo(JaneVisit visit, String id, RuntimeException because) {
    try {
      ended(visit, id);
    } catch (EmrException notNow) {
      because.addSuppressed(notNow);
    }
  }

  /**
   * Makes sure that a hold cannot be booked any more, not even by a request that is still under
   * way, and says what became of it.
   *
   * @return as Jane shows it then; empty when it is gone
   * @throws EmrException UNAVAILABLE while it is not certain
   */
  Optional<Entry> ended(JaneVisit visit, String id) {
    Optional<Entry> before = JaneWebAppointments.entry(visit, EmrRef.appointment(id));
    // Sent for a hold only: what a bare DELETE does to an appointment nobody has seen.
    if (before.filter(JaneHolds::isHold).isEmpty()) {
      return before;
    }
    try {
      drop(visit, id);
    } catch (EmrException failure) {
      switch (failure.kind()) {
        case NOT_FOUND, REQUEST_REJECTED, OUTCOME_UNKNOWN -> {}
        default -> throw failure;
      }
    }
    Optional<Entry> after = JaneWebAppointments.entry(visit, EmrRef.appointment(id));
    if (after.filter(JaneHolds::isHold).isPresent()) {
      throw new EmrException(Kind.UNAVAILABLE, "Jane still holds a time we let go");
    }
    return after;
  }

  private static void drop(JaneVisit visit, String id) {
    visit.send(JaneWrite.delete("jane.web.appointments.release", path(id), null));
  }
}
