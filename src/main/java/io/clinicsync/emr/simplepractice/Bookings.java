package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Books into the practice's calendar as its own application would. No write of it is documented, so
 * that only what the calendar shows afterwards counts. It is taken to accept overlaps, keeps no
 * note we could sign, and does not say when an entry was made: what stood there before is noted
 * instead, so that nothing older is taken for ours.
 *
 * @see <a href="https://secure.simplepractice.com">The application; nothing of it is documented</a>
 */
final class Bookings implements BookingGateway {

  private static final BookingFacts FACTS = new BookingFacts(false, true, false);
  private static final String STOOD_BEFORE = "before:";
  private static final Duration AROUND = Duration.ofHours(1);

  private final Frontend frontend;
  private final Calendar calendar;
  private final Clients clients;
  private final Taken taken;

  Bookings(Frontend frontend, Calendar calendar, Clients clients) {
    this.frontend = frontend;
    this.calendar = calendar;
    this.clients = clients;
    this.taken = new Taken(frontend);
  }

  @Override
  public BookingFacts facts() {
    return FACTS;
  }

  @Override
  public boolean moves(Move to) {
    return to.site() == null;
  }

  @Override
  public List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    required(practitioner);
    return taken.within(account, practitioner, span);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A note is dropped, since the calendar has no place for one. The service is billed at its
   * usual rate.
   */
  @Override
  public Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (booking.seats() > 1) {
      throw rejected("SimplePractice takes no bookings for groups through us");
    }
    String clinician = required(booking.practitioner());
    String office = required(booking.site());
    required(booking.treatment());
    Patient client =
        clients.get(account, booking.patient()).orElseThrow(() -> missing(booking.patient()));
    Write write =
        Write.create("simplepractice.appointments.create", "appointments", "appointments");
    ObjectNode attributes = write.attributes();
    attributes.put("startTime", Calendar.time(booking.startsAt(), account.zone()));
    attributes.put("endTime", Calendar.time(booking.endsAt(), account.zone()));
    attributes.put("thisType", "Appointment").put("attendanceStatus", "Show");
    attributes.putArray("cptCodes").add(billed(account, booking.treatment()));
    write
        .linked("client", type(client), client.ref().id().value())
        .linked("clinician", "clinicians", clinician)
        .linked("office", "offices", office);
    List<String> before = standing(account, booking).stream().map(Loaded::id).toList();
    attempt.note(STOOD_BEFORE + String.join(",", before));
    Loaded answer = frontend.write(account, write);
    EmrRef made = EmrRef.appointment(Write.id(answer, write.operation()));
    return shown(
        account,
        made,
        write,
        each -> each.status().isLive() && client.ref().equals(each.patient()));
  }

  /** A couple is linked by another type than a client. */
  private static String type(Patient client) {
    return "true".equals(client.extras().get("couple")) ? "clientCouples" : "clients";
  }

  private ObjectNode billed(EmrAccount account, EmrRef treatment) {
    Entry code =
        PracticeCatalogue.codes(frontend, account).stream()
            .filter(each -> treatment.id().value().equals(Loaded.id(each)))
            .findFirst()
            .orElseThrow(() -> missing(treatment));
    ObjectNode billed = code.in("attributes").trimmed(List.of("code", "rate"));
    return billed.put("id", treatment.id().value()).put("units", 1);
  }

  /** What stands there of this client with this clinician from this moment on. */
  private List<Entry> standing(EmrAccount account, NewBooking booking) {
    Instant start = booking.startsAt().truncatedTo(ChronoUnit.SECONDS);
    TimeRange around = new TimeRange(start.minus(AROUND), start.plus(AROUND));
    Query asked =
        Calendar.asked()
            .with("filter[clinicianId]", required(booking.practitioner()))
            .with("filter[timeRange]", Calendar.range(around, account.zone()));
    return frontend
        .list(account, "simplepractice.appointments.list", "appointments", asked)
        .data()
        .stream()
        .filter(Mapper::isAppointment)
        .filter(
            each ->
                SimplePracticeConnector.readable(
                    each,
                    entry -> {
                      Appointment there = calendar.read(entry);
                      return there.status() != Appointment.Status.CANCELLED
                          && booking.patient().equals(there.patient())
                          && booking.practitioner().equals(there.practitioner())
                          && start.equals(there.startsAt());
                    }))
        .toList();
  }

  /**
   * {@inheritDoc}
   *
   * <p>By client, clinician and start, less what stood there before anything was sent.
   */
  @Override
  public Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    String note = attempt.note().orElse("");
    if (!note.startsWith(STOOD_BEFORE)) {
      return Optional.empty();
    }
    Set<String> before = Set.of(note.substring(STOOD_BEFORE.length()).split(","));
    return standing(account, booking).stream()
        .filter(each -> !before.contains(String.valueOf(Loaded.id(each))))
        .findFirst()
        .map(each -> SimplePracticeConnector.readable(each, calendar::read));
  }

  /**
   * {@inheritDoc}
   *
   * <p>To another clinician, but not to another office. Of a series only this appointment is moved.
   */
  @Override
  public Appointment reschedule(
      EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt) {
    Appointment now = current(account, appointment);
    if (now.status() == Appointment.Status.CANCELLED) {
      throw rejected("The appointment is cancelled and cannot be moved");
    }
    if (to.site() != null && !to.site().equals(now.site())) {
      throw rejected("SimplePractice moves no appointment to another office; cancel and book anew");
    }
    Write write = change("simplepractice.appointments.move", appointment);
    write.attributes().put("startTime", Calendar.time(to.startsAt(), account.zone()));
    write.attributes().put("endTime", Calendar.time(to.endsAt(), account.zone()));
    write.attributes().put("updateScope", "single");
    EmrRef clinician = to.practitioner();
    if (clinician != null && !clinician.equals(now.practitioner())) {
      write.linked("clinician", "clinicians", required(clinician));
    }
    frontend.write(account, write);
    return shown(
        account,
        appointment,
        write,
        each ->
            each.startsAt().equals(to.startsAt().truncatedTo(ChronoUnit.SECONDS))
                && (clinician == null || clinician.equals(each.practitioner())));
  }

  /**
   * {@inheritDoc}
   *
   * <p>As {@code Cancelled}, which is not billed; a reason and a note have no place there.
   *
   * @see <a href="https://support.simplepractice.com">Managing appointment statuses and billing</a>
   */
  @Override
  public Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      return before;
    }
    Write write = change("simplepractice.appointments.cancel", appointment);
    write.attributes().put("attendanceStatus", "Cancelled");
    Predicate<Appointment> cancelled = each -> each.status() == Appointment.Status.CANCELLED;
    try {
      frontend.write(account, write);
    } catch (EmrException refusal) {
      if (refusal.kind() != Kind.NOT_FOUND && refusal.kind() != Kind.REQUEST_REJECTED) {
        throw refusal;
      }
      // Somebody may have been faster: a look tells.
      return Optional.of(current(account, appointment))
          .filter(cancelled)
          .orElseThrow(() -> rejected("SimplePractice does not cancel this appointment"));
    }
    return shown(account, appointment, write, cancelled);
  }

  private static Write change(String operation, EmrRef appointment) {
    return Write.change(operation, "appointments", "appointments", required(appointment));
  }

  private Appointment current(EmrAccount account, EmrRef appointment) {
    return calendar.get(account, appointment).orElseThrow(() -> missing(appointment));
  }

  /** As the calendar shows it after a write; where it shows something else, nobody knows. */
  private Appointment shown(
      EmrAccount account, EmrRef appointment, Write write, Predicate<Appointment> expected) {
    Optional<Appointment> shown;
    try {
      shown = calendar.get(account, appointment);
    } catch (EmrException unseen) {
      throw Write.unknown(write.operation(), unseen);
    }
    return shown.filter(expected).orElseThrow(() -> Write.unknown(write.operation(), null));
  }

  /** The number of a reference; any other cannot be the vendor's. */
  private static String required(EmrRef ref) {
    String id = ref.id().value();
    if (!Calendar.isId(id)) {
      throw missing(ref);
    }
    return id;
  }

  private static EmrException missing(@Nullable EmrRef ref) {
    String what = ref == null ? "record" : ref.kind().toString();
    return new EmrException(Kind.NOT_FOUND, "SimplePractice has no such " + what);
  }

  private static EmrException rejected(String sentence) {
    return new EmrException(Kind.REQUEST_REJECTED, sentence);
  }
}
