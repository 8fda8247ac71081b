package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Clinics;
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
import io.clinicsync.people.Phones;
import io.clinicsync.records.Catalogues;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Books in the order that can do no harm: who and what is meant, what the clinic allows, our own
 * hold on the time, the EMR's diary, one write, the diary again [BK-1].
 */
@Component
class Booker {

  static final Duration LONGEST = Duration.ofDays(1);

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final Catalogues catalogues;
  private final PatientFinder patients;
  private final PolicyCheck policy;
  private final OwnPages pages;
  private final Holds holds;
  private final Openings openings;
  private final Overlaps overlaps;
  private final AttemptLog log;
  private final OtherIds otherIds;
  private final Attempts attempts;
  private final Confirmations confirmations;

  Booker(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      Catalogues catalogues,
      PatientFinder patients,
      PolicyCheck policy,
      OwnPages pages,
      Holds holds,
      Openings openings,
      Overlaps overlaps,
      AttemptLog log,
      OtherIds otherIds,
      Attempts attempts,
      Confirmations confirmations) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.catalogues = catalogues;
    this.patients = patients;
    this.policy = policy;
    this.pages = pages;
    this.holds = holds;
    this.openings = openings;
    this.overlaps = overlaps;
    this.log = log;
    this.otherIds = otherIds;
    this.attempts = attempts;
    this.confirmations = confirmations;
  }

  /** What everything after the resolving needs. */
  private record Stage(
      Connection connection,
      EmrAccount account,
      BookingGateway gateway,
      @Nullable PatientDirectory directory,
      References.Found wished,
      @Nullable EmrRef room,
      Instant startsAt,
      Instant endsAt,
      Attempt attempt,
      Trace trace) {

    TimeRange span() {
      return new TimeRange(startsAt, endsAt);
    }

    PolicyCheck.Wish wish(Who who) {
      return new PolicyCheck.Wish(connection, wished.treatment(), startsAt, who);
    }

    boolean exclusive() {
      return wished.treatment().seats() <= 1;
    }
  }

  BookingAnswer book(Connection connection, Attempt attempt, Book request, Trace trace) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    BookingGateway gateway =
        connectors
            .capability(connection.emr(), account, BookingGateway.class)
            .orElseThrow(() -> pages.instead(connection, account));
    Stage stage = resolved(connection, account, gateway, attempt, request, trace);
    notBookedBefore(stage);
    Optional<Patient> known =
        patients.find(
            connection.clinic(),
            account,
            stage.directory(),
            request.who(),
            clinics.require(connection.clinic()).country());
    trace.step("patient", known.isPresent() ? "known" : "new");
    policy.mayBook(stage.wish(request.who()), known, ref -> current(stage, ref));
    try {
      Catalogue.Practitioner practitioner = held(stage);
      Registered person =
          known
              .map(each -> new Registered(each, attempt))
              .orElseGet(() -> registered(stage, request.who()));
      return written(stage, practitioner.ref(), person, request.note());
    } catch (Stopped stopped) {
      throw stopped.answer().code() == Code.SLOT_TAKEN
          ? withAlternatives(stage, stopped.attempt())
          : stopped;
    } catch (EmrException failed) {
      throw failed.kind() == EmrException.Kind.SLOT_TAKEN ? withAlternatives(stage, null) : failed;
    }
  }

  /** One id of the caller's is one appointment, however often it comes. */
  private void notBookedBefore(Stage stage) {
    BookingRequests.OtherId other = stage.attempt().otherId();
    if (other == null) {
      return;
    }
    holds.takeInTurn(stage.attempt(), "other:" + other.of() + ":" + other.value());
    Appointment standing =
        otherIds
            .appointment(stage.connection().clinic(), stage.connection().id(), other)
            .flatMap(id -> current(stage, EmrRef.appointment(id)))
            .filter(each -> each.status().isLive() && each.removedAt() == null)
            .orElse(null);
    if (standing == null) {
      return;
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

  /** A patient, and how far the attempt is since. */
  private record Registered(Patient patient, Attempt attempt) {}

  /** An appointment as the EMR has it now; our copy may be minutes old. */
  private Optional<Appointment> current(Stage stage, EmrRef appointment) {
    return connectors
        .capability(stage.connection().emr(), stage.account(), AppointmentSource.class)
        .flatMap(source -> source.get(stage.account(), appointment));
  }

  private Stage resolved(
      Connection connection,
      EmrAccount account,
      BookingGateway gateway,
      Attempt attempt,
      Book request,
      Trace trace) {
    Catalogue catalogue =
        tenancy
            .inClinic(
                connection.clinic(), () -> catalogues.find(connection.clinic(), connection.id()))
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
    return new Stage(
        connection,
        account,
        gateway,
        directory,
        wished,
        room == null ? null : room.ref(),
        request.startsAt(),
        end,
        attempt,
        trace);
  }

  /** The first practitioner whose time is ours and free; with none of them the time is taken. */
  private Catalogue.Practitioner held(Stage stage) {
    BookingPolicy rules = policy.of(stage.connection(), stage.wished().treatment());
    TimeRange kept = rules.kept(stage.startsAt(), stage.endsAt());
    for (Catalogue.Practitioner each : candidates(stage)) {
      if (stage.exclusive()) {
        if (!holds.take(stage.attempt(), Holds.practitioner(each.ref()), kept)) {
          stage.trace().step("hold", "taken by another call");
          continue;
        }
      } else {
        holds.takeInTurn(
            stage.attempt(), Holds.seatsOf(each.ref(), stage.wished().treatment().ref()));
      }
      if (isFull(stage, each, rules)) {
        stage.trace().step("daily cap", "reached");
        holds.release(stage.attempt());
        continue;
      }
      boolean taken =
          overlaps.isTaken(
              stage.gateway(),
              stage.account(),
              each.ref(),
              stage.exclusive() ? kept : stage.span(),
              Set.of(),
              stage.exclusive() ? null : stage.wished().treatment().ref());
      stage.trace().step("diary", taken ? "taken" : "free");
      if (!taken) {
        return each;
      }
      holds.release(stage.attempt());
    }
    throw new Stopped(Overlaps.TAKEN);
  }

  private boolean isFull(Stage stage, Catalogue.Practitioner practitioner, BookingPolicy rules) {
    if (rules.dailyCap() <= 0) {
      return false;
    }
    ZoneId zone = stage.connection().zone();
    LocalDate day = stage.startsAt().atZone(zone).toLocalDate();
    TimeRange whole =
        new TimeRange(
            day.atStartOfDay(zone).toInstant(), day.plusDays(1).atStartOfDay(zone).toInstant());
    return log.bookedWithin(
            stage.connection().clinic(), stage.connection().id(), practitioner.ref(), whole)
        >= rules.dailyCap();
  }

  /** Where the caller has no wish, whoever the EMR shows as free then. */
  private List<Catalogue.Practitioner> candidates(Stage stage) {
    List<Catalogue.Practitioner> all = stage.wished().practitioners();
    if (all.size() == 1 || !openings.known(stage.connection(), stage.account())) {
      return all;
    }
    List<EmrRef> free =
        openings
            .find(
                stage.connection(),
                stage.account(),
                all.stream().map(Catalogue.Practitioner::ref).toList(),
                all.stream()
                    .map(
                        each ->
                            new Catalogue.Offering(
                                stage.wished().site().ref(),
                                stage.wished().treatment().ref(),
                                each.ref()))
                    .toList(),
                stage.span())
            .stream()
            .filter(slot -> slot.startsAt().equals(stage.startsAt()))
            .map(slot -> slot.practitioner())
            .toList();
    return all.stream().filter(each -> free.contains(each.ref())).toList();
  }

  private Registered registered(Stage stage, Who who) {
    PatientDirectory directory = stage.directory();
    if (!who.register()
        || directory == null
        || !policy.of(stage.connection(), stage.wished().treatment()).register()) {
      throw Stopped.field(
          Code.NOT_FOUND, "patient", "The clinic has no patient of this name and address.");
    }
    for (PatientDirectory.Detail each : directory.needs()) {
      if (!each.isKnown(person(who, ""))) {
        throw Stopped.field(
            Code.NEEDS_INFO,
            "patient." + each.field(),
            "The EMR registers nobody without this; ask for it.");
      }
    }
    String country = clinics.require(stage.connection().clinic()).country();
    // Two calls for one new person must not register two, however each of them writes the address.
    holds.takeInTurn(
        stage.attempt(), "person:" + References.fold(Objects.requireNonNull(who.lastName())));
    Optional<Patient> meanwhile =
        patients.find(stage.connection().clinic(), stage.account(), directory, who, country);
    if (meanwhile.isPresent()) {
      policy.mayBook(stage.wish(who), meanwhile, ref -> current(stage, ref));
      return new Registered(meanwhile.get(), stage.attempt());
    }
    Attempt registering = attempts.registering(stage.attempt());
    Patient made =
        EmrFailures.write(
            registering,
            () ->
                directory.create(
                    stage.account(), person(who, country), attempts.asWrite(registering)));
    stage.trace().step("registered", made.ref().id().value());
    confirmations.met(registering, made);
    return new Registered(made, registering);
  }

  private static PatientDirectory.NewPatient person(Who who, String country) {
    String email = who.email();
    String phone = who.phone();
    return new PatientDirectory.NewPatient(
        Objects.requireNonNull(who.firstName()).strip(),
        Objects.requireNonNull(who.lastName()).strip(),
        who.birthDate(),
        email == null || email.isBlank() ? null : email.strip(),
        phone == null || phone.isBlank()
            ? null
            : Phones.e164(phone, country).orElse(phone.strip()));
  }

  private BookingAnswer written(
      Stage stage, EmrRef practitioner, Registered person, @Nullable String note) {
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

  private Stopped withAlternatives(Stage stage, @Nullable Attempt attempt) {
    BookingAnswer taken =
        stage.exclusive()
            ? Overlaps.TAKEN
            : BookingAnswer.refused(
                Code.CLASS_FULL,
                "starts_at",
                "This class has no seat left, or there is none then.");
    return new Stopped(
        taken.with(
            openings.near(stage.connection(), stage.account(), stage.wished(), stage.startsAt())),
        attempt);
  }
}
