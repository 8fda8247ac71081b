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
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Moves and cancels appointments; each is read again in the EMR before it is touched. */
@Component
class Changer {

  private static final Duration USUAL_LENGTH = Duration.ofMinutes(30);
  private static final EmrRef NOT_KNOWN = EmrRef.of(RecordKind.TREATMENT, "unknown");

  private final Connections connections;
  private final Connectors connectors;
  private final AgentView agentView;
  private final PolicyCheck policy;
  private final OwnPages pages;
  private final OtherIds otherIds;
  private final Replacing replacing;
  private final Holds holds;
  private final DailyCap cap;
  private final Overlaps overlaps;
  private final Moves moves;
  private final Attempts attempts;
  private final Confirmations confirmations;

  Changer(
      Connections connections,
      Connectors connectors,
      AgentView agentView,
      PolicyCheck policy,
      OwnPages pages,
      OtherIds otherIds,
      Replacing replacing,
      Holds holds,
      DailyCap cap,
      Overlaps overlaps,
      Moves moves,
      Attempts attempts,
      Confirmations confirmations) {
    this.connections = connections;
    this.connectors = connectors;
    this.agentView = agentView;
    this.policy = policy;
    this.pages = pages;
    this.otherIds = otherIds;
    this.replacing = replacing;
    this.holds = holds;
    this.cap = cap;
    this.overlaps = overlaps;
    this.moves = moves;
    this.attempts = attempts;
    this.confirmations = confirmations;
  }

  /**
   * Moves an appointment.
   *
   * @param agent whether a voice or chat agent asks; it knows of no appointment whose treatment is
   *     kept from agents
   */
  BookingAnswer reschedule(
      Connection connection, Attempt attempt, Reschedule request, boolean agent, Trace trace) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    BookingGateway gateway = gateway(connection, account);
    Appointment now =
        seen(
            connection,
            current(connection, account, alone(connection, attempt, request.appointment()), trace),
            agent);
    if (!now.status().isLive()) {
      throw Stopped.field(
          Code.FAILED, "appointment", "Only an appointment that is still ahead can be moved.");
    }
    Instant end = request.endsAt();
    Duration length =
        end != null
            ? Duration.between(request.startsAt(), end)
            : now.endsAt() == null ? USUAL_LENGTH : Duration.between(now.startsAt(), now.endsAt());
    if (length.isNegative() || length.isZero() || length.compareTo(Booker.LONGEST) > 0) {
      throw Stopped.field(
          Code.NEEDS_INFO, "ends_at", "The end must lie after the start, by a day at most.");
    }
    boolean late = policy.mayChange(connection, now, false);
    policy.mayStart(connection, now, request.startsAt());
    sameTreatment(connection, now, request.treatment(), agent);
    Move to = move(connection, request, now, request.startsAt().plus(length));
    EmrRef practitioner = Objects.requireNonNullElse(to.practitioner(), now.practitioner());
    NewBooking target = target(now, to, practitioner);
    if (Moves.isThere(now, target)) {
      return confirmations.confirm(
          attempt,
          now,
          BookingAnswer.confirmed(Code.RESCHEDULED, "The appointment is at this time already.", now)
              .asBefore(),
          trace);
    }
    String own = now.ref().id().value();
    if (practitioner != null) {
      BookingPolicy rules = policy.of(connection, now);
      TimeRange kept = rules.kept(to.startsAt(), to.endsAt());
      DailyCap.Place place = new DailyCap.Place(connection, practitioner, to.startsAt(), null, own);
      if (!holds.take(
              attempt,
              Holds.practitioner(practitioner),
              kept,
              () -> cap.hasRoom(attempt, place, rules))
          || overlaps.isTaken(gateway, account, practitioner, kept, Set.of(own), null)) {
        throw new Stopped(Overlaps.TAKEN);
      }
    }
    if (!gateway.moves(to)) {
      return replacing.replace(account, gateway, attempt, now, target, trace);
    }
    Attempt writing = attempts.writing(attempt, target, own, back(now), practitioner != null);
    Appointment moved =
        EmrFailures.write(
            writing, () -> gateway.reschedule(account, now.ref(), to, attempts.asWrite(writing)));
    trace.step("moved", moved.ref().id().value());
    return EmrFailures.afterwards(
        writing,
        () ->
            moves.settle(
                writing,
                account,
                gateway,
                moved,
                late
                    ? "The appointment was moved; this was inside the clinic's notice."
                    : "The appointment was moved.",
                trace));
  }

  private static Attempt.Back back(Appointment now) {
    Instant end = now.endsAt();
    return new Attempt.Back(
        now.startsAt(),
        end == null ? now.startsAt().plus(USUAL_LENGTH) : end,
        now.practitioner() == null ? null : now.practitioner().id().value(),
        now.site() == null ? null : now.site().id().value());
  }

  /** Cancels an appointment; as {@link #reschedule} for agents. */
  BookingAnswer cancel(
      Connection connection, Attempt attempt, Cancel request, boolean agent, Trace trace) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    BookingGateway gateway = gateway(connection, account);
    Appointment now =
        seen(
            connection,
            current(connection, account, alone(connection, attempt, request.appointment()), trace),
            agent);
    if (now.status() == Appointment.Status.CANCELLED) {
      return confirmations.confirm(
          attempt,
          now,
          BookingAnswer.confirmed(Code.CANCELLED, "The appointment was cancelled before.", now)
              .asBefore(),
          trace);
    }
    if (!now.status().isLive()) {
      throw Stopped.field(
          Code.FAILED, "appointment", "Only an appointment that is still ahead can be cancelled.");
    }
    boolean late = policy.mayChange(connection, now, true);
    Attempt writing = attempts.writing(attempt, null, now.ref().id().value(), null, false);
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
        .orElseThrow(() -> pages.instead(connection, account));
  }

  /**
   * The appointment that is meant, once nobody else changes it: one change at a time, and none
   * while an earlier one is not settled.
   */
  private String alone(Connection connection, Attempt attempt, String id) {
    String meant = otherIds.meant(connection, id);
    notWhileOpen(attempt, meant);
    holds.takeInTurn(attempt, "appointment:" + meant);
    notWhileOpen(attempt, meant);
    return otherIds.meant(connection, id);
  }

  private void notWhileOpen(Attempt attempt, String appointment) {
    if (attempts.isOpenAbout(attempt, appointment)) {
      throw Stopped.field(
          Code.UNKNOWN,
          "appointment",
          "An earlier change of this appointment is not settled yet; ask again in a moment.");
    }
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
    return found.orElseThrow(Changer::unknown);
  }

  private static Stopped unknown() {
    return Stopped.field(Code.NOT_FOUND, "appointment", "There is no appointment of this id.");
  }

  /** Whoever names the practitioner or site the appointment has already means to keep them. */
  private Move move(Connection connection, Reschedule request, Appointment now, Instant endsAt) {
    String practitioner = request.practitioner();
    String site = request.site();
    EmrRef who = null;
    EmrRef where = null;
    if (practitioner != null || site != null) {
      References references = new References(catalogue(connection, false));
      who = practitioner == null ? null : references.practitioner(practitioner).ref();
      where = site == null ? null : references.site(site).ref();
    }
    return new Move(
        request.startsAt(),
        endsAt,
        Objects.equals(who, now.practitioner()) ? null : who,
        Objects.equals(where, now.site()) ? null : where,
        request.notifyPatient());
  }

  /** A caller that names another treatment means something else than a move. */
  private void sameTreatment(
      Connection connection,
      Appointment now,
      @org.jspecify.annotations.Nullable String wanted,
      boolean agent) {
    if (wanted == null || now.treatment() == null) {
      return;
    }
    EmrRef meant =
        new References(catalogue(connection, agent))
            .treatment(wanted, null, null, null, null)
            .ref();
    if (!meant.equals(now.treatment())) {
      throw Stopped.field(
          Code.FAILED,
          "treatment",
          "A move keeps the treatment; cancel the appointment and book the other one.");
    }
  }

  private Appointment seen(Connection connection, Appointment now, boolean agent) {
    if (!agentView.appointments(connection, agent).test(now)) {
      throw unknown();
    }
    return now;
  }

  private Catalogue catalogue(Connection connection, boolean agent) {
    return agentView
        .catalogue(connection, agent)
        .orElseThrow(
            () ->
                Stopped.because(
                    Code.EMR_UNAVAILABLE, "The EMR's catalogue has not been read yet."));
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
