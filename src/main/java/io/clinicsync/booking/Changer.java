package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Cancel;
import io.clinicsync.booking.BookingRequests.Reschedule;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.records.Catalogues;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Moves and cancels appointments; each is read again in the EMR before it is touched. */
@Component
class Changer {

  private static final Duration USUAL_LENGTH = Duration.ofMinutes(30);
  private static final EmrRef NOT_KNOWN = EmrRef.of(RecordKind.TREATMENT, "unknown");

  private final Tenancy tenancy;
  private final Connections connections;
  private final Connectors connectors;
  private final Catalogues catalogues;
  private final PolicyCheck policy;
  private final Holds holds;
  private final Overlaps overlaps;
  private final Attempts attempts;
  private final Confirmations confirmations;

  Changer(
      Tenancy tenancy,
      Connections connections,
      Connectors connectors,
      Catalogues catalogues,
      PolicyCheck policy,
      Holds holds,
      Overlaps overlaps,
      Attempts attempts,
      Confirmations confirmations) {
    this.tenancy = tenancy;
    this.connections = connections;
    this.connectors = connectors;
    this.catalogues = catalogues;
    this.policy = policy;
    this.holds = holds;
    this.overlaps = overlaps;
    this.attempts = attempts;
    this.confirmations = confirmations;
  }

  static Stopped notBookable() {
    return Stopped.because(
        Code.LINK_TO_BOOK,
        "This EMR takes no bookings through us; use the clinic's own booking page.");
  }

  BookingAnswer reschedule(
      Connection connection, Attempt attempt, Reschedule request, Trace trace) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    BookingGateway gateway = gateway(connection, account);
    Appointment now = current(connection, account, request.appointment(), trace);
    if (!now.status().isLive()) {
      throw Stopped.field(
          Code.FAILED, "appointment", "Only an appointment that is still ahead can be moved.");
    }
    Instant end = request.endsAt();
    Duration length =
        end != null
            ? Duration.between(request.startsAt(), end)
            : now.endsAt() == null ? USUAL_LENGTH : Duration.between(now.startsAt(), now.endsAt());
    if (length.isNegative() || length.isZero()) {
      throw Stopped.field(Code.NEEDS_INFO, "ends_at", "The end must lie after the start.");
    }
    boolean late = policy.mayChange(connection, now, false);
    policy.mayStart(connection, now, request.startsAt());
    Move to = move(connection, request, request.startsAt().plus(length));
    EmrRef practitioner = Objects.requireNonNullElse(to.practitioner(), now.practitioner());
    if (isThere(now, to, practitioner)) {
      return confirmations.confirm(
          attempt,
          now,
          BookingAnswer.confirmed(
              Code.RESCHEDULED, "The appointment is at this time already.", now),
          trace);
    }
    TimeRange span = new TimeRange(to.startsAt(), to.endsAt());
    String own = now.ref().id().value();
    if (practitioner != null
        && (!holds.take(attempt, Holds.practitioner(practitioner), span)
            || overlaps.isTaken(gateway, account, practitioner, span, own, null))) {
      throw new Stopped(Overlaps.TAKEN);
    }
    Attempt writing = attempts.writing(attempt, target(now, to, practitioner), own);
    Appointment moved =
        EmrFailures.write(
            writing, () -> gateway.reschedule(account, now.ref(), to, attempts.asWrite(writing)));
    trace.step("moved", moved.ref().id().value());
    if (practitioner != null
        && overlaps.isTaken(gateway, account, practitioner, span, moved.ref().id().value(), null)) {
      return movedBack(writing, gateway, account, now, trace);
    }
    return confirmations.confirm(
        writing,
        moved,
        BookingAnswer.confirmed(
            Code.RESCHEDULED,
            late
                ? "The appointment was moved; this was inside the clinic's notice."
                : "The appointment was moved.",
            moved),
        trace);
  }

  /** Somebody came first while we moved: it goes back to where it was [R29]. */
  private BookingAnswer movedBack(
      Attempt attempt,
      BookingGateway gateway,
      EmrAccount account,
      Appointment before,
      Trace trace) {
    trace.step("after the write", "overlaps");
    Instant end = before.endsAt();
    Appointment back =
        EmrFailures.write(
            attempt,
            () ->
                gateway.reschedule(
                    account,
                    before.ref(),
                    new Move(
                        before.startsAt(),
                        end == null ? before.startsAt().plus(USUAL_LENGTH) : end,
                        before.practitioner(),
                        before.site(),
                        false),
                    attempts.asWrite(attempt)));
    trace.step("moved back", back.ref().id().value());
    return confirmations.end(attempt, Overlaps.TAKEN, trace);
  }

  BookingAnswer cancel(Connection connection, Attempt attempt, Cancel request, Trace trace) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    BookingGateway gateway = gateway(connection, account);
    Appointment now = current(connection, account, request.appointment(), trace);
    if (now.status() == Appointment.Status.CANCELLED) {
      return confirmations.confirm(
          attempt,
          now,
          BookingAnswer.confirmed(Code.CANCELLED, "The appointment was cancelled before.", now),
          trace);
    }
    if (!now.status().isLive()) {
      throw Stopped.field(
          Code.FAILED, "appointment", "Only an appointment that is still ahead can be cancelled.");
    }
    boolean late = policy.mayChange(connection, now, true);
    Attempt writing = attempts.writing(attempt, null, now.ref().id().value());
    Appointment cancelled =
        EmrFailures.write(
            writing,
            () ->
                gateway.cancel(
                    account,
                    now.ref(),
                    new Cancellation(
                        request.reason(),
                        request.note(),
                        request.notifyPatient(),
                        request.notifyWaitList()),
                    attempts.asWrite(writing)));
    return confirmations.confirm(
        writing,
        cancelled,
        BookingAnswer.confirmed(
            Code.CANCELLED,
            late
                ? "The appointment is cancelled; this was inside the clinic's notice."
                : "The appointment is cancelled.",
            cancelled),
        trace);
  }

  private BookingGateway gateway(Connection connection, EmrAccount account) {
    return connectors
        .capability(connection.emr(), account, BookingGateway.class)
        .orElseThrow(Changer::notBookable);
  }

  /** The appointment as the EMR has it now; our copy may be minutes old. */
  private Appointment current(Connection connection, EmrAccount account, String id, Trace trace) {
    EmrRef ref = EmrRef.appointment(id);
    Optional<Appointment> found =
        connectors
            .capability(connection.emr(), account, AppointmentSource.class)
            .flatMap(source -> source.get(account, ref))
            .filter(each -> each.removedAt() == null);
    trace.step("read", found.map(each -> each.status().name()).orElse("not found"));
    return found.orElseThrow(
        () -> Stopped.field(Code.NOT_FOUND, "appointment", "There is no appointment of this id."));
  }

  private Move move(Connection connection, Reschedule request, Instant endsAt) {
    String practitioner = request.practitioner();
    String site = request.site();
    EmrRef who = null;
    EmrRef where = null;
    if (practitioner != null || site != null) {
      Catalogue catalogue =
          tenancy
              .inClinic(
                  connection.clinic(), () -> catalogues.find(connection.clinic(), connection.id()))
              .orElseThrow(
                  () ->
                      Stopped.because(
                          Code.EMR_UNAVAILABLE, "The EMR's catalogue has not been read yet."));
      References references = new References(catalogue);
      who = practitioner == null ? null : references.practitioner(practitioner).ref();
      where = site == null ? null : references.site(site).ref();
    }
    return new Move(request.startsAt(), endsAt, who, where, request.notifyPatient());
  }

  private static boolean isThere(
      Appointment now, Move to, @org.jspecify.annotations.Nullable EmrRef practitioner) {
    return now.startsAt().equals(to.startsAt())
        && (now.endsAt() == null || now.endsAt().equals(to.endsAt()))
        && Objects.equals(now.practitioner(), practitioner)
        && (to.site() == null || to.site().equals(now.site()));
  }

  /** Where it goes, for whoever has to find out later whether it went there. */
  private static NewBooking target(
      Appointment now, Move to, @org.jspecify.annotations.Nullable EmrRef practitioner) {
    return new NewBooking(
        Objects.requireNonNullElse(now.patient(), EmrRef.patient("unknown")),
        Objects.requireNonNullElse(practitioner, EmrRef.of(RecordKind.PRACTITIONER, "unknown")),
        Objects.requireNonNullElse(now.treatment(), NOT_KNOWN),
        Objects.requireNonNullElse(
            to.site() == null ? now.site() : to.site(), EmrRef.of(RecordKind.SITE, "unknown")),
        null,
        to.startsAt(),
        to.endsAt(),
        1,
        null);
  }
}
