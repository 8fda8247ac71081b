package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.booking.BookingRequests.BookHeld;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Books in the order that can do no harm: who and what is meant, what the clinic allows, our own
 * hold on the time, the EMR's diary, one write, the diary again [BK-1].
 */
@Component
class Booker {

  static final Duration LONGEST = Duration.ofDays(1);

  private final Connections connections;
  private final Connectors connectors;
  private final OnHand onHand;
  private final PatientFinder patients;
  private final Registrar registrar;
  private final PolicyCheck policy;
  private final OwnPages pages;
  private final Holds holds;
  private final CallerHolds callerHolds;
  private final TimeTaking times;
  private final Overlaps overlaps;
  private final OtherIds otherIds;
  private final Attempts attempts;
  private final Confirmations confirmations;

  Booker(
      Connections connections,
      Connectors connectors,
      OnHand onHand,
      PatientFinder patients,
      Registrar registrar,
      PolicyCheck policy,
      OwnPages pages,
      Holds holds,
      CallerHolds callerHolds,
      TimeTaking times,
      Overlaps overlaps,
      OtherIds otherIds,
      Attempts attempts,
      Confirmations confirmations) {
    this.connections = connections;
    this.connectors = connectors;
    this.onHand = onHand;
    this.patients = patients;
    this.registrar = registrar;
    this.policy = policy;
    this.pages = pages;
    this.holds = holds;
    this.callerHolds = callerHolds;
    this.times = times;
    this.overlaps = overlaps;
    this.otherIds = otherIds;
    this.attempts = attempts;
    this.confirmations = confirmations;
  }

  /**
   * Books a time.
   *
   * @param agent whether a voice or chat agent asks
   */
  BookingAnswer book(
      Connection connection, Attempt attempt, Book request, boolean agent, Trace trace) {
    inItsTurn(attempt);
    return book(resolved(connection, attempt, request, null, agent, trace), request);
  }

  /**
   * Books a time that a caller holds.
   *
   * @param asked with the caller's key; a hold of any other is not found
   */
  BookingAnswer book(
      Connection connection, Attempt attempt, BookHeld request, Asked asked, Trace trace) {
    UUID key = Objects.requireNonNull(asked.keyId());
    CallerHolds.Kept kept =
        callerHolds
            .find(connection.clinic(), connection.id(), key, request.hold())
            .orElseThrow(() -> Stopped.field(Code.NOT_FOUND, "hold", "This key has no such hold."));
    Book wanted = request.of(kept);
    inItsTurn(attempt);
    return book(resolved(connection, attempt, wanted, kept.id(), asked.agent(), trace), wanted);
  }

  private BookingAnswer book(BookingStage stage, Book request) {
    Optional<Patient> known =
        patients.find(
            stage.read().candidates(),
            stage.account(),
            stage.directory(),
            request.who(),
            stage.read().country());
    stage.trace().step("patient", known.isPresent() ? "known" : "new");
    notBookedBefore(stage, known);
    policy.mayBook(
        stage.wish(),
        known,
        known.flatMap(each -> stage.read().of(each)),
        ref -> current(stage, ref));
    if (known.isEmpty()) {
      // Before a caller's hold passes over: with more about the patient it can still be booked.
      registrar.mayRegister(stage.wanted(request.who()));
    }
    try {
      BookingStage changing = stage.changing();
      Catalogue.Practitioner practitioner = times.held(changing);
      Registrar.Registered person =
          known
              .map(each -> new Registrar.Registered(each, stage.attempt(), false))
              .orElseGet(() -> registered(stage, request.who()));
      return written(changing, practitioner.ref(), person, request.note());
    } catch (Stopped stopped) {
      throw stopped.answer().code() == Code.SLOT_TAKEN
          ? times.withAlternatives(stage, stopped.attempt())
          : stopped;
    } catch (EmrException failed) {
      throw failed.kind() == EmrException.Kind.SLOT_TAKEN
          ? times.withAlternatives(stage, null)
          : failed;
    }
  }

  /** A time that is held and free, by the EMR's ids. */
  record Free(
      EmrRef practitioner, EmrRef treatment, EmrRef site, Instant startsAt, Instant endsAt) {}

  /**
   * Holds a time for somebody who is not known yet, checked as a booking up to the diary.
   *
   * @param holder under whose id it is held; the caller lets go of it when this fails
   * @param agent whether a voice or chat agent asks
   */
  Free hold(Connection connection, Attempt holder, Book wish, boolean agent, Trace trace) {
    BookingStage stage = resolved(connection, holder, wish, null, agent, trace);
    if (!stage.exclusive()) {
      throw Stopped.field(
          Code.FAILED, "treatment", "A seat of a class cannot be held; it can be booked at once.");
    }
    policy.mayHold(stage.rules(), stage.startsAt());
    try {
      return new Free(
          times.held(stage).ref(),
          stage.wished().treatment().ref(),
          stage.wished().site().ref(),
          stage.startsAt(),
          stage.endsAt());
    } catch (Stopped stopped) {
      throw stopped.answer().code() == Code.SLOT_TAKEN
          ? times.withAlternatives(stage, null)
          : stopped;
    }
  }

  /** Who is registered now; the clinic's rules hold also for one somebody else registered. */
  private Registrar.Registered registered(BookingStage stage, Who who) {
    Registrar.Registered person = registrar.register(stage.wanted(who));
    if (!person.made()) {
      policy.mayBook(
          stage.wish(),
          Optional.of(person.patient()),
          Optional.empty(),
          ref -> current(stage, ref));
    }
    return person;
  }

  /** Calls about one id of the caller's go one after the other, an unsettled one first. */
  private void inItsTurn(Attempt attempt) {
    BookingRequests.OtherId other = attempt.otherId();
    if (other == null) {
      return;
    }
    holds.takeInTurn(attempt, "other:" + other.of() + ":" + other.value());
    if (otherIds.isUnsettled(attempt.clinic(), attempt.connection(), other, attempt.id())) {
      throw Stopped.field(
          Code.UNKNOWN,
          "appointment",
          "The appointment of this id is still being booked; ask again in a moment.");
    }
  }

  /** One id of the caller's is one appointment, however often it comes. */
  private void notBookedBefore(BookingStage stage, Optional<Patient> known) {
    BookingRequests.OtherId other = stage.attempt().otherId();
    if (other == null) {
      return;
    }
    Appointment standing =
        otherIds
            .appointment(stage.connection().clinic(), stage.connection().id(), other)
            .flatMap(id -> current(stage, EmrRef.appointment(id)))
            .filter(each -> each.status().isLive() && each.removedAt() == null)
            .orElse(null);
    if (standing == null) {
      return;
    }
    if (standing.patient() != null
        && !known.map(Patient::ref).filter(standing.patient()::equals).isPresent()) {
      throw Stopped.field(
          Code.FAILED, "appointment", "This id is another patient's appointment; use another one.");
    }
    if (standing.startsAt().equals(stage.startsAt())) {
      throw new Stopped(
          BookingAnswer.confirmed(
                  Code.ALREADY_BOOKED, "This appointment is booked already.", standing)
              .asBefore());
    }
    throw Stopped.field(
        Code.FAILED,
        "appointment",
        "The appointment of this id is booked for another time; move it instead.");
  }

  /** An appointment as the EMR has it now; our copy may be minutes old. */
  private Optional<Appointment> current(BookingStage stage, EmrRef appointment) {
    return connectors
        .capability(stage.connection().emr(), stage.account(), AppointmentSource.class)
        .flatMap(source -> source.get(stage.account(), appointment));
  }

  private BookingStage resolved(
      Connection connection,
      Attempt attempt,
      Book request,
      @Nullable UUID hold,
      boolean agent,
      Trace trace) {
    OnHand.Read read = onHand.read(connection, request.who());
    EmrAccount account = connections.open(read.sealed(), Urgency.BOOKING);
    BookingGateway gateway =
        connectors
            .capability(connection.emr(), account, BookingGateway.class)
            .orElseThrow(() -> pages.instead(connection, account));
    Catalogue catalogue =
        read.catalogue()
            .map(all -> agent ? AgentView.of(all, read.policies()) : all)
            .orElseThrow(
                () ->
                    Stopped.because(
                        Code.EMR_UNAVAILABLE, "The EMR's catalogue has not been read yet."));
    Instant end = request.endsAt();
    if (end != null
        && (!end.isAfter(request.startsAt()) || end.isAfter(request.startsAt().plus(LONGEST)))) {
      throw Stopped.field(
          Code.NEEDS_INFO, "ends_at", "The end must lie after the start, by a day at most.");
    }
    References.Found wished =
        new References(catalogue)
            .find(request, end == null ? null : Duration.between(request.startsAt(), end));
    Catalogue.Room room =
        request.room() == null
            ? null
            : new References(catalogue).room(request.room(), wished.site());
    trace.step(
        "resolved",
        wished.treatment().ref().id() + " with " + wished.practitioners().size() + " possible");
    if (end == null) {
      Duration length = wished.treatment().duration();
      if (length == null) {
        throw Stopped.field(
            Code.NEEDS_INFO, "ends_at", "The EMR does not say how long this takes; give its end.");
      }
      end = request.startsAt().plus(length);
    }
    PatientDirectory directory =
        connectors.capability(connection.emr(), account, PatientDirectory.class).orElse(null);
    return new BookingStage(
        connection,
        account,
        gateway,
        directory,
        wished,
        room == null ? null : room.ref(),
        request.startsAt(),
        end,
        Policies.of(read.policies(), wished.treatment().ref().id().value()),
        read,
        hold,
        attempt,
        trace);
  }

  private BookingAnswer written(
      BookingStage stage, EmrRef practitioner, Registrar.Registered person, @Nullable String note) {
    NewBooking booking =
        new NewBooking(
            person.patient().ref(),
            practitioner,
            stage.wished().treatment().ref(),
            stage.wished().site().ref(),
            stage.room(),
            stage.startsAt(),
            stage.endsAt(),
            stage.wished().treatment().seats(),
            note);
    Attempt writing = attempts.writing(person.attempt(), booking, null, null, true);
    Appointment booked =
        EmrFailures.write(
            writing,
            () -> stage.gateway().book(stage.account(), booking, attempts.asWrite(writing)));
    String id = booked.ref().id().value();
    stage.trace().step("written", id);
    return EmrFailures.afterwards(
        writing.booked(id, Attempt.State.WRITING),
        () -> overlaps.settle(writing, stage.account(), stage.gateway(), booked, stage.trace()));
  }
}
