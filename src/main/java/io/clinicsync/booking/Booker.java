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
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Books in the order that can do no harm: who and what is meant, what the clinic allows, our own
 * hold on the time, the EMR's diary, one write, the diary again [BK-1].
 */
@Component
class Booker {

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final Catalogues catalogues;
  private final PatientFinder patients;
  private final PolicyCheck policy;
  private final Holds holds;
  private final Openings openings;
  private final Overlaps overlaps;
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
      Holds holds,
      Openings openings,
      Overlaps overlaps,
      Attempts attempts,
      Confirmations confirmations) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.catalogues = catalogues;
    this.patients = patients;
    this.policy = policy;
    this.holds = holds;
    this.openings = openings;
    this.overlaps = overlaps;
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
      Instant startsAt,
      Instant endsAt,
      Attempt attempt,
      Trace trace) {

    TimeRange span() {
      return new TimeRange(startsAt, endsAt);
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
            .orElseThrow(Changer::notBookable);
    Stage stage = resolved(connection, account, gateway, attempt, request, trace);
    Optional<Patient> known =
        patients.find(
            connection.clinic(),
            account,
            stage.directory(),
            request.who(),
            clinics.require(connection.clinic()).country());
    trace.step("patient", known.isPresent() ? "known" : "new");
    policy.mayBook(
        connection,
        stage.wished().treatment(),
        stage.startsAt(),
        stage.endsAt(),
        known,
        request.who());
    try {
      Catalogue.Practitioner practitioner = held(stage);
      Patient patient = known.orElseGet(() -> registered(stage, request.who()));
      return written(stage, practitioner.ref(), patient.ref(), request.note());
    } catch (Stopped stopped) {
      throw stopped.answer().code() == Code.SLOT_TAKEN ? withAlternatives(stage) : stopped;
    } catch (EmrException failed) {
      throw failed.kind() == EmrException.Kind.SLOT_TAKEN ? withAlternatives(stage) : failed;
    }
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
    References.Found wished =
        new References(catalogue)
            .find(
                request.practitioner(),
                request.treatment(),
                request.site(),
                end == null ? null : Duration.between(request.startsAt(), end));
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
    if (!end.isAfter(request.startsAt())) {
      throw Stopped.field(Code.NEEDS_INFO, "ends_at", "The end must lie after the start.");
    }
    PatientDirectory directory =
        connectors.capability(connection.emr(), account, PatientDirectory.class).orElse(null);
    return new Stage(
        connection, account, gateway, directory, wished, request.startsAt(), end, attempt, trace);
  }

  /** The first practitioner whose time is ours and free; with none of them the time is taken. */
  private Catalogue.Practitioner held(Stage stage) {
    BookingPolicy rules = policy.of(stage.connection(), stage.wished().treatment());
    TimeRange kept =
        new TimeRange(
            stage.startsAt().minus(Duration.ofMinutes(rules.bufferBeforeMinutes())),
            stage.endsAt().plus(Duration.ofMinutes(rules.bufferAfterMinutes())));
    for (Catalogue.Practitioner each : candidates(stage)) {
      if (isFull(stage, each, rules)) {
        stage.trace().step("daily cap", "reached");
        continue;
      }
      if (stage.exclusive()) {
        if (!holds.take(stage.attempt(), Holds.practitioner(each.ref()), kept)) {
          stage.trace().step("hold", "taken by another call");
          continue;
        }
      } else {
        holds.takeInTurn(
            stage.attempt(), Holds.seatsOf(each.ref(), stage.wished().treatment().ref()));
      }
      boolean taken =
          overlaps.isTaken(
              stage.gateway(),
              stage.account(),
              each.ref(),
              stage.exclusive() ? kept : stage.span(),
              null,
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
    return attempts.bookedWithin(
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

  private Patient registered(Stage stage, Who who) {
    PatientDirectory directory = stage.directory();
    if (!who.register() || directory == null || !policy.mayRegister(stage.connection())) {
      throw Stopped.field(
          Code.NOT_FOUND, "patient", "The clinic has no patient of this name and address.");
    }
    String country = clinics.require(stage.connection().clinic()).country();
    // Two calls for one new person must not register two.
    holds.takeInTurn(
        stage.attempt(),
        "person:"
            + Integer.toHexString(
                (who.firstName() + "|" + who.lastName() + "|" + who.email() + "|" + who.phone())
                    .toLowerCase(Locale.ROOT)
                    .hashCode()));
    Optional<Patient> meanwhile =
        patients.find(stage.connection().clinic(), stage.account(), directory, who, country);
    if (meanwhile.isPresent()) {
      return meanwhile.get();
    }
    String phone = who.phone();
    Patient made =
        directory.create(
            stage.account(),
            new PatientDirectory.NewPatient(
                Objects.requireNonNull(who.firstName()).strip(),
                Objects.requireNonNull(who.lastName()).strip(),
                who.birthDate(),
                who.email() == null || who.email().isBlank() ? null : who.email().strip(),
                phone == null || phone.isBlank()
                    ? null
                    : Phones.e164(phone, country).orElse(phone.strip())),
            attempts.asWrite(stage.attempt()));
    stage.trace().step("registered", made.ref().id().value());
    confirmations.met(stage.attempt(), made);
    return made;
  }

  private BookingAnswer written(
      Stage stage, EmrRef practitioner, EmrRef patient, @Nullable String note) {
    NewBooking booking =
        new NewBooking(
            patient,
            practitioner,
            stage.wished().treatment().ref(),
            stage.wished().site().ref(),
            null,
            stage.startsAt(),
            stage.endsAt(),
            stage.wished().treatment().seats(),
            note);
    Attempt writing = attempts.writing(stage.attempt(), booking, null);
    Appointment booked =
        EmrFailures.write(
            writing,
            () -> stage.gateway().book(stage.account(), booking, attempts.asWrite(writing)));
    stage.trace().step("written", booked.ref().id().value());
    return overlaps.settle(writing, stage.account(), stage.gateway(), booked, stage.trace());
  }

  private Stopped withAlternatives(Stage stage) {
    return new Stopped(
        Overlaps.TAKEN.with(
            openings.near(stage.connection(), stage.account(), stage.wished(), stage.startsAt())));
  }
}
