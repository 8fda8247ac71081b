package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.http.HttpAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Books in the clinic's web session, in the two steps of Jane's own pages: a time is held, then
 * booked under the id of the hold. The id is noted in between, so that whoever comes after a crash
 * finds the one appointment there can be, or lets the hold go.
 *
 * <p>Jane publishes none of these addresses; what was seen of them is in {@code
 * docs/connectors.md}. Whether they refuse a taken time is not known, so the diary is read.
 */
final class JaneBookings implements BookingGateway {

  private static final BookingFacts FACTS = new BookingFacts(false, true, true);
  private static final int LONGEST_REASON = 500;

  private final JaneWeb web;
  private final JaneCalendar calendar;
  private final JaneHolds holds;
  private final JaneWebAppointments appointments;
  private final InstantSource clock;

  JaneBookings(JaneWeb web, JaneWebAppointments appointments, InstantSource clock) {
    this.web = web;
    this.calendar = new JaneCalendar(web, clock);
    this.holds = new JaneHolds(clock);
    this.appointments = appointments;
    this.clock = clock;
  }

  @Override
  public BookingFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Every location is asked, a second each. Times that are held by somebody count as taken.
   */
  @Override
  public List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    return calendar.busy(account, practitioner, span);
  }

  /**
   * {@inheritDoc}
   *
   * <p>UNAVAILABLE also when Jane dropped the hold before it was booked, or did not say whether it
   * holds the time: nothing is booked then, and asking again is fine.
   */
  @Override
  public Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (booking.seats() > 1) {
      throw rejected("Places in Jane's classes cannot be taken by us");
    }
    for (EmrRef each : List.of(booking.patient(), booking.practitioner(), booking.treatment())) {
      required(each);
    }
    required(booking.site());
    return web.visit(
        account,
        visit -> {
          Entry held = holds.take(account, visit, booking, attempt);
          String id = held.json().path("id").asText();
          try {
            new JaneAnchor(id, clock.instant()).leaveWith(attempt);
            return booked(account, visit, held, booking, attempt);
          } catch (RuntimeException failure) {
            if (!(failure instanceof EmrException known && known.kind() == Kind.OUTCOME_UNKNOWN)) {
              holds.letGo(visit, id, failure);
            }
            throw failure;
          }
        });
  }

  private static Appointment booked(
      EmrAccount account, JaneVisit visit, Entry held, NewBooking booking, WriteAttempt attempt) {
    String id = held.json().path("id").asText();
    ObjectNode body = JaneWrite.object().put("book", true);
    ObjectNode row = body.putObject("appointment");
    held.json().properties().forEach(each -> row.set(each.getKey(), each.getValue()));
    row.put("treatment_id", number(booking.treatment()));
    row.put("patient_id", number(booking.patient()));
    row.putObject("patient").put("id", number(booking.patient()));
    row.put("staff_member_id", number(booking.practitioner()));
    row.put("location_id", number(booking.site()));
    row.put("start_at", JaneHolds.time(booking.startsAt(), account.zone()));
    row.put("end_at", JaneHolds.time(booking.endsAt(), account.zone()));
    row.put("duration", Duration.between(booking.startsAt(), booking.endsAt()).toSeconds());
    row.put("booker_type", "StaffMember").put("state", "reserved").put("break", false);
    if (booking.note() != null) {
      row.put("notes_text", booking.note());
    }
    body.put("browser_tab_id", attempt.key());
    JaneWrite write =
        JaneWrite.put(
            "jane.web.appointments.book", "/admin/api/v3/appointments/" + id + "/book", body);
    HttpAnswer answer;
    try {
      answer = visit.send(write);
    } catch (EmrException failure) {
      throw failure.kind() == Kind.NOT_FOUND
          ? new EmrException(
              Kind.UNAVAILABLE, "Jane let the hold go before it was booked", null, failure)
          : failure;
    }
    return shown(
        account,
        answer,
        write,
        now ->
            isThis(now, id) && isOurs(now, booking) && isAt(now, "start_at", booking.startsAt()));
  }

  /**
   * The appointment an answer shows.
   *
   * @throws EmrException OUTCOME_UNKNOWN when it shows none, or not what was wanted
   */
  private static Appointment shown(
      EmrAccount account, HttpAnswer answer, JaneWrite write, Predicate<Entry> wanted) {
    try {
      Entry entry = JaneWebAppointments.bare(VendorWire.parse(answer, write.operation()));
      if (JaneConnector.readable(entry, wanted::test)) {
        return JaneConnector.readable(entry, new JaneWebMapper(account)::appointment);
      }
    } catch (EmrException unreadable) {
      // As below.
    }
    throw JaneRefusal.unknown(write.operation());
  }

  private static boolean isThis(Entry entry, String id) {
    return id.equals(entry.text("id"));
  }

  /** Whether an entry is this patient's and truly booked. */
  private static boolean isOurs(Entry entry, NewBooking booking) {
    Status status = JaneState.of(entry);
    return status.counts()
        && status != Status.CANCELLED
        && status != Status.UNKNOWN
        && !entry.has("archived_at")
        && entry.json().path("patient_id").asText("").equals(booking.patient().id().value());
  }

  static boolean isAt(Entry entry, String member, Instant at) {
    return second(at).equals(entry.instant(member));
  }

  private static Instant second(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Assumed: the address and that the id stays. An answer that does not show the new time leaves
   * the move in doubt.
   */
  @Override
  public Appointment reschedule(
      EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (!before.status().isLive()) {
      throw rejected("Only an appointment that is still ahead can be moved");
    }
    if (before.booking() != null) {
      throw rejected("A participant of a class cannot be moved; cancel, and book anew");
    }
    EmrRef staff = to.practitioner() == null ? before.practitioner() : to.practitioner();
    EmrRef site = to.site() == null ? before.site() : to.site();
    boolean elsewhere = to.practitioner() != null || to.site() != null;
    ObjectNode body = JaneWrite.object();
    ObjectNode row = body.putObject("appointment");
    row.put("start_at", JaneHolds.time(to.startsAt(), account.zone()));
    row.put("end_at", JaneHolds.time(to.endsAt(), account.zone()));
    put(row, "staff_member_id", staff);
    put(row, "location_id", site);
    put(row, "room_id", elsewhere ? null : before.room());
    body.put("with_notifications", to.notifyPatient());
    JaneWrite write =
        JaneWrite.put("jane.web.appointments.move", JaneHolds.path(required(appointment)), body);
    HttpAnswer answer;
    try {
      answer = web.visit(account, visit -> visit.send(write));
    } catch (EmrException failure) {
      // It was there a moment ago.
      throw failure.kind() == Kind.NOT_FOUND
          ? rejected("Jane does not move this appointment; cancel, and book anew")
          : failure;
    }
    return shown(
        account,
        answer,
        write,
        now ->
            isThis(now, appointment.id().value())
                && isAt(now, "start_at", to.startsAt())
                && isAt(now, "end_at", to.endsAt()));
  }

  private static void put(ObjectNode row, String member, @Nullable EmrRef ref) {
    if (ref == null) {
      row.putNull(member);
    } else {
      row.put(member, number(ref));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Jane keeps one free text as the reason: our word for it, and the note behind.
   */
  @Override
  public Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Status.CANCELLED) {
      return before;
    }
    if (!before.status().counts()) {
      throw rejected("This is no appointment yet; Jane lets it go by itself");
    }
    ObjectNode body = JaneWrite.object().put("cancelled_reason", reason(how));
    body.put("with_notifications", how.notifyPatient()).put("send_wlns", how.notifyWaitList());
    JaneWrite write =
        JaneWrite.delete(
            "jane.web.appointments.cancel", JaneHolds.path(required(appointment)), body);
    EmrException refusal = null;
    try {
      web.visit(account, visit -> visit.send(write));
    } catch (EmrException failure) {
      if (failure.kind() != Kind.NOT_FOUND && failure.kind() != Kind.REQUEST_REJECTED) {
        throw failure;
      }
      refusal = failure;
    }
    return cancelled(account, appointment, write, refusal);
  }

  static String reason(Cancellation how) {
    String word =
        switch (how.reason()) {
          case FEELING_BETTER -> "Feeling better";
          case CONDITION_WORSE -> "Condition worse";
          case SICK -> "Sick";
          case AWAY -> "Away";
          case WORK -> "Work commitment";
          case OTHER -> "Other";
        };
    String note = how.note();
    if (note == null || note.isBlank()) {
      return word;
    }
    String whole = word + ": " + note.strip();
    return whole.length() > LONGEST_REASON ? whole.substring(0, LONGEST_REASON) : whole;
  }

  /** The answer may be empty, or a refusal because somebody was faster: a look tells. */
  private Appointment cancelled(
      EmrAccount account, EmrRef appointment, JaneWrite write, @Nullable EmrException refusal) {
    Appointment after;
    try {
      after = current(account, appointment);
    } catch (EmrException unseen) {
      if (refusal == null) {
        throw JaneRefusal.unknown(write.operation());
      }
      throw unseen;
    }
    if (after.status() == Status.CANCELLED) {
      return after;
    }
    throw refusal == null
        ? JaneRefusal.unknown(write.operation())
        : rejected("Jane does not cancel this appointment");
  }

  private Appointment current(EmrAccount account, EmrRef appointment) {
    return appointments
        .get(account, appointment)
        // What was archived is gone from the diary, unless it was cancelled before.
        .filter(each -> each.removedAt() == null || each.status() == Status.CANCELLED)
        .orElseThrow(
            () -> new EmrException(Kind.NOT_FOUND, "Jane has no such appointment any more"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the id in the note. A hold that was not booked is let go first, so that no request still
   * under way can book it afterwards.
   */
  @Override
  public Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    JaneAnchor anchor = JaneAnchor.of(attempt).orElse(null);
    if (anchor == null) {
      return Optional.empty();
    }
    return web.visit(
        account,
        visit -> {
          String id = anchor.id();
          if (id == null) {
            holds.letGoUnseen(account, visit, booking, anchor);
            return Optional.<Appointment>empty();
          }
          return holds
              .ended(visit, id)
              .filter(entry -> JaneConnector.readable(entry, each -> isOurs(each, booking)))
              .map(entry -> JaneConnector.readable(entry, new JaneWebMapper(account)::appointment));
        });
  }

  /** The number in a reference that a request cannot do without. */
  static String required(EmrRef ref) {
    return JaneWebPatients.number(ref.id().value())
        .orElseThrow(
            () -> new EmrException(Kind.NOT_FOUND, "The " + ref.kind() + " is not one of Jane's"));
  }

  static long number(EmrRef ref) {
    return Long.parseLong(required(ref));
  }

  private static EmrException rejected(String sentence) {
    return new EmrException(Kind.REQUEST_REJECTED, sentence);
  }
}
