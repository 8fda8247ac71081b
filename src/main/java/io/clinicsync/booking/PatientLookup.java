package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.people.Links;
import io.clinicsync.people.NameMatch;
import io.clinicsync.people.NameMatch.Nearness;
import io.clinicsync.people.NameMatch.PersonName;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says which patient a caller means, and nothing else about them: the one their contact is linked
 * to, else as {@link PatientFinder} finds them [ID-2].
 */
@Component
public class PatientLookup {

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final PatientFinder finder;
  private final PatientRecords patients;
  private final Records records;
  private final Links links;

  PatientLookup(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      PatientFinder finder,
      PatientRecords patients,
      Records records,
      Links links) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.finder = finder;
    this.patients = patients;
    this.records = records;
    this.links = links;
  }

  /** What a lookup came to. */
  public sealed interface Looked {
    /** One patient; {@code toString} shows no name. */
    record Found(String id, @Nullable String firstName, @Nullable String lastName)
        implements Looked {
      @Override
      public String toString() {
        return "Found[" + id + "]";
      }
    }

    /** Nobody, or not certainly one: not_found, needs_info or emr_unavailable. */
    record Not(BookingAnswer answer) implements Looked {}
  }

  /**
   * Looks for a patient. The EMR itself is asked only where our copy has no answer.
   *
   * @param contact the person's contact in GoHighLevel; null when it is not known
   */
  public Looked find(Connection connection, Who who, @Nullable String contact) {
    try {
      return linked(connection, who, contact)
          .or(() -> otherwise(connection, who))
          .<Looked>map(
              each ->
                  new Looked.Found(
                      each.ref().id().value(), each.name().first(), each.name().last()))
          .orElseGet(
              () ->
                  new Looked.Not(
                      BookingAnswer.refused(
                          Code.NOT_FOUND,
                          null,
                          "The clinic has no patient of this name and address.")));
    } catch (Stopped stopped) {
      return new Looked.Not(stopped.answer());
    } catch (EmrException failed) {
      return new Looked.Not(EmrFailures.answer(failed));
    }
  }

  /** Of a household that shares a contact, the one of this name; none where the names differ. */
  private Optional<Patient> linked(Connection connection, Who who, @Nullable String contact) {
    if (contact == null || who.id() != null || who.firstName() == null || who.lastName() == null) {
      return Optional.empty();
    }
    PersonName name = new PersonName(who.firstName(), who.lastName(), null);
    List<Patient> named =
        ofContact(connection, contact).stream()
            .filter(PatientFinder::stands)
            .filter(each -> isNamed(each, name) && mayBe(each, who))
            .toList();
    if (named.size() < 2) {
      return named.stream().findFirst();
    }
    List<Patient> born =
        named.stream()
            .filter(each -> who.birthDate() != null && who.birthDate().equals(each.birthDate()))
            .toList();
    if (born.size() == 1) {
      return Optional.of(born.getFirst());
    }
    throw Stopped.field(
        Code.NEEDS_INFO,
        "patient.birth_date",
        "More than one patient of this name has this contact; the date of birth tells them apart.");
  }

  private List<Patient> ofContact(Connection connection, String contact) {
    ClinicId clinic = connection.clinic();
    return tenancy.inClinic(
        clinic,
        () -> {
          List<EmrId> ids =
              links.sharing(clinic, List.of(contact)).stream()
                  .filter(each -> each.connection().equals(connection.id()))
                  .map(Links.Share::patient)
                  .toList();
          return List.copyOf(patients.patients(clinic, connection.id(), ids).values());
        });
  }

  private static boolean isNamed(Patient patient, PersonName name) {
    Patient.Name other = patient.name();
    return NameMatch.compare(
            name, new PersonName(other.first(), other.last(), other.preferredFirst()))
        == Nearness.EQUAL;
  }

  private static boolean mayBe(Patient patient, Who who) {
    return who.birthDate() == null
        || patient.birthDate() == null
        || who.birthDate().equals(patient.birthDate());
  }

  private Optional<Patient> otherwise(Connection connection, Who who) {
    ClinicId clinic = connection.clinic();
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    PatientDirectory directory =
        connectors.capability(connection.emr(), account, PatientDirectory.class).orElse(null);
    Optional<Patient> found =
        finder.find(clinic, account, directory, who, clinics.require(clinic).country());
    found.ifPresent(patient -> keep(connection, patient));
    return found;
  }

  /** Whom only the EMR knew so far: the answer's id must mean something in the next call. */
  private void keep(Connection connection, Patient patient) {
    ClinicId clinic = connection.clinic();
    tenancy.inClinic(
        clinic,
        () -> {
          if (patients.patient(clinic, connection.id(), patient.ref().id()).isEmpty()) {
            records.store(
                clinic, connection.id(), List.of(patient), Records.Mode.OWN_WRITE, Duration.ZERO);
          }
        });
  }
}
