package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.people.Phones;
import io.clinicsync.tenancy.ClinicId;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Registers people in the EMR, for a booking or for their own sake: one person once, however many
 * calls want it at a time.
 */
@Component
class Registrar {

  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final PatientFinder patients;
  private final Policies policies;
  private final Holds holds;
  private final Attempts attempts;
  private final AttemptQueue queue;
  private final Confirmations confirmations;

  Registrar(
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      PatientFinder patients,
      Policies policies,
      Holds holds,
      Attempts attempts,
      AttemptQueue queue,
      Confirmations confirmations) {
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.patients = patients;
    this.policies = policies;
    this.holds = holds;
    this.attempts = attempts;
    this.queue = queue;
    this.confirmations = confirmations;
  }

  /**
   * Somebody who may have to be registered.
   *
   * @param directory null where the EMR registers nobody through us
   * @param rules that decide
   */
  record Wanted(
      Connection connection,
      EmrAccount account,
      @Nullable PatientDirectory directory,
      Who who,
      BookingPolicy rules,
      Attempt attempt,
      Trace trace) {}

  /**
   * A patient, and how far the attempt is since.
   *
   * @param made false where somebody else registered the same person meanwhile
   */
  record Registered(Patient patient, Attempt attempt, boolean made) {}

  /** Whether somebody unknown may be registered at all; asked before a time is held. */
  void mayRegister(Wanted wanted) {
    if (!wanted.who().register() || wanted.directory() == null || !wanted.rules().register()) {
      throw Stopped.field(
          Code.NOT_FOUND, "patient", "The clinic has no patient of this name and address.");
    }
    missing(Objects.requireNonNull(wanted.directory()), wanted.who());
  }

  /** What this EMR wants to know of a person is asked for before anything is held or sent. */
  private static void missing(PatientDirectory directory, Who who) {
    for (PatientDirectory.Detail each : directory.needs()) {
      if (!each.isKnown(person(who, ""))) {
        throw Stopped.field(
            Code.NEEDS_INFO,
            "patient." + each.field(),
            "The EMR registers nobody without this; ask for it.");
      }
    }
  }

  /** Registers somebody who is not known, unless somebody else did meanwhile. */
  Registered register(Wanted wanted) {
    Who who = wanted.who();
    PatientDirectory directory = Objects.requireNonNull(wanted.directory());
    missing(directory, who);
    // Two calls for one new person must not register two, however each of them writes the address.
    holds.takeInTurn(
        wanted.attempt(), "person:" + References.fold(Objects.requireNonNull(who.lastName())));
    Optional<Patient> meanwhile = found(wanted.connection(), wanted.account(), directory, who);
    if (meanwhile.isPresent()) {
      return new Registered(meanwhile.get(), wanted.attempt(), false);
    }
    Attempt registering = attempts.registering(wanted.attempt());
    String country = country(wanted.connection().clinic());
    Patient made =
        EmrFailures.write(
            registering,
            () ->
                directory.create(
                    wanted.account(), person(who, country), attempts.asWrite(registering)));
    wanted.trace().step("registered", made.ref().id().value());
    confirmations.met(registering, made);
    return new Registered(made, registering, true);
  }

  /** Registers somebody without an appointment. */
  BookingAnswer registerAlone(Connection connection, Attempt attempt, Who who, Trace trace) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    PatientDirectory directory = directory(connection, account).orElseThrow(Registrar::nobody);
    Optional<Patient> known = found(connection, account, directory, who);
    trace.step("patient", known.isPresent() ? "known" : "new");
    if (known.isPresent()) {
      confirmations.metFirst(attempt, known.get());
      return confirmations.end(attempt, alreadyThere(known.get()), trace);
    }
    BookingPolicy rules = policies.of(connection.clinic(), connection.id(), null);
    if (!rules.register()) {
      throw Stopped.because(
          Code.POLICY_BLOCKED, "The clinic lets nobody be registered this way; it must be called.");
    }
    Wanted wanted = new Wanted(connection, account, directory, who, rules, attempt, trace);
    try {
      Registered person = register(wanted);
      return confirmations.end(
          person.attempt(),
          person.made() ? registered(person.patient()) : alreadyThere(person.patient()),
          trace);
    } catch (Unanswered lost) {
      return lookedFor(wanted, lost, trace);
    }
  }

  /** Looks once at once, since most lost answers are of writes that succeeded. */
  private BookingAnswer lookedFor(Wanted wanted, Unanswered lost, Trace trace) {
    Patient there =
        seen(wanted.connection(), wanted.account(), wanted.directory(), wanted.who()).orElse(null);
    trace.step("looked for", there == null ? "not found" : "found");
    if (there == null) {
      throw lost;
    }
    confirmations.metFirst(lost.attempt(), there);
    return confirmations.end(lost.attempt(), registered(there), trace);
  }

  /**
   * Looks again for somebody whose registration got no answer: only who asks can say who is meant,
   * since an attempt keeps no names.
   *
   * @return empty while it is not certain
   */
  Optional<BookingAnswer> lookAgain(Connection connection, UUID attempt, Who who) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    Patient there =
        seen(connection, account, directory(connection, account).orElse(null), who).orElse(null);
    if (there == null) {
      return Optional.empty();
    }
    try {
      return queue
          .claimUnknown(connection.clinic(), attempt)
          .map(
              claimed -> {
                confirmations.metFirst(claimed, there);
                return confirmations.end(claimed, registered(there), new Trace());
              });
    } catch (Overtaken settledMeanwhile) {
      return Optional.empty();
    }
  }

  /** Whoever is there now; nobody where that cannot be said, so that nothing is ended by it. */
  private Optional<Patient> seen(
      Connection connection, EmrAccount account, @Nullable PatientDirectory directory, Who who) {
    try {
      return found(connection, account, directory, who);
    } catch (EmrException | Stopped notSaid) {
      return Optional.empty();
    }
  }

  private Optional<Patient> found(
      Connection connection, EmrAccount account, @Nullable PatientDirectory directory, Who who) {
    return patients.find(
        connection.clinic(), account, directory, who, country(connection.clinic()));
  }

  private Optional<PatientDirectory> directory(Connection connection, EmrAccount account) {
    return connectors.capability(connection.emr(), account, PatientDirectory.class);
  }

  private String country(ClinicId clinic) {
    return clinics.require(clinic).country();
  }

  private static Stopped nobody() {
    return Stopped.because(
        Code.LINK_TO_BOOK,
        "This EMR registers nobody through us; use the clinic's own booking page.");
  }

  private static BookingAnswer registered(Patient patient) {
    return BookingAnswer.person(Code.REGISTERED, "The person is registered.", patient.ref());
  }

  private static BookingAnswer alreadyThere(Patient patient) {
    return BookingAnswer.person(
        Code.ALREADY_THERE, "The clinic has this person already.", patient.ref());
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
}
