package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.people.NameMatch;
import io.clinicsync.people.NameMatch.Nearness;
import io.clinicsync.people.NameMatch.PersonName;
import io.clinicsync.people.Phones;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds who is meant: by the EMR's id, else by name with e-mail or phone, in our copy first and in
 * the EMR where that has no answer. An address alone is nobody, dates of birth that differ rule
 * somebody out, and who stays uncertain is asked about, never guessed [ID-2].
 */
@Component
class PatientFinder {

  private final Tenancy tenancy;
  private final PatientRecords records;

  PatientFinder(Tenancy tenancy, PatientRecords records) {
    this.tenancy = tenancy;
    this.records = records;
  }

  /**
   * The patient; empty when there certainly is none of this name and address.
   *
   * @param directory null where the EMR cannot be searched
   * @param country the clinic's, for phones without country code
   */
  Optional<Patient> find(
      ClinicId clinic,
      EmrAccount account,
      @Nullable PatientDirectory directory,
      Who who,
      String country) {
    return find(ours(clinic, account.id(), who), account, directory, who, country);
  }

  /** As above, among those of our copy that {@link #ours} gave. */
  Optional<Patient> find(
      List<Patient> candidates,
      EmrAccount account,
      @Nullable PatientDirectory directory,
      Who who,
      String country) {
    Optional<Patient> ours = known(candidates, who, country);
    if (ours.isPresent() || directory == null) {
      return ours;
    }
    Seeker seeker = new Seeker(who, country);
    PatientQuery query =
        new PatientQuery(seeker.email(), seeker.phone(), who.firstName(), who.lastName());
    return among(directory.find(account, query), seeker);
  }

  private static Optional<Patient> known(List<Patient> candidates, Who who, String country) {
    if (who.id() == null) {
      checkEnough(who);
      return among(candidates, new Seeker(who, country));
    }
    return Optional.of(
        candidates.stream()
            .filter(PatientFinder::stands)
            .findFirst()
            .orElseThrow(
                () ->
                    Stopped.field(
                        Code.NOT_FOUND, "patient.id", "There is no patient of this id.")));
  }

  /** Who is meant, as far as our copy can say that without a question. */
  Optional<Patient> sure(List<Patient> candidates, Who who, String country) {
    try {
      return known(candidates, who, country);
    } catch (Stopped uncertain) {
      return Optional.empty();
    }
  }

  /** Whom our copy has by this id or last name, whoever of them is meant. */
  List<Patient> ours(ClinicId clinic, ConnectionId connection, Who who) {
    String id = who.id();
    return tenancy.inClinic(
        clinic,
        () ->
            id == null
                ? records
                    .withLastName(clinic, Arrays.asList(who.lastName(), who.firstName()))
                    .stream()
                    .filter(each -> each.connection().equals(connection))
                    .map(PatientRecords.Known::patient)
                    .toList()
                : records.patient(clinic, connection, new EmrId(id)).stream().toList());
  }

  private static void checkEnough(Who who) {
    if (isBlank(who.lastName()) || isBlank(who.firstName())) {
      throw Stopped.field(
          Code.NEEDS_INFO,
          isBlank(who.firstName()) ? "patient.first_name" : "patient.last_name",
          "The patient's first and last name are needed.");
    }
    if (isBlank(who.email()) && isBlank(who.phone())) {
      throw Stopped.field(
          Code.NEEDS_INFO, "patient.email", "The patient's e-mail or phone is needed.");
    }
  }

  /** Who is sought, in comparable form. */
  private record Seeker(Who who, String email, @Nullable String phone, PersonName name) {

    Seeker(Who who, String country) {
      this(
          who,
          text(who.email()).toLowerCase(Locale.ROOT),
          Phones.e164(text(who.phone()), country).orElse(null),
          new PersonName(who.firstName(), who.lastName(), null));
    }

    boolean reaches(Patient patient) {
      String number = phone;
      return (!email.isEmpty() && email.equalsIgnoreCase(text(patient.email())))
          || (number != null
              && patient.phones().stream().anyMatch(each -> Phones.same(number, each.raw())));
    }

    boolean mayBe(Patient patient) {
      return who.birthDate() == null
          || patient.birthDate() == null
          || who.birthDate().equals(patient.birthDate());
    }

    boolean isNamesakeBornThen(Patient patient) {
      return stands(patient)
          && patient.birthDate() != null
          && patient.birthDate().equals(who.birthDate())
          && nearness(patient) == Nearness.EQUAL;
    }

    Nearness nearness(Patient patient) {
      Patient.Name other = patient.name();
      return NameMatch.compare(
          name, new PersonName(other.first(), other.last(), other.preferredFirst()));
    }
  }

  private static Optional<Patient> among(List<Patient> candidates, Seeker seeker) {
    List<Patient> reached =
        candidates.stream()
            .filter(PatientFinder::stands)
            .filter(each -> seeker.reaches(each) && seeker.mayBe(each))
            .toList();
    List<Patient> named =
        reached.stream().filter(each -> seeker.nearness(each) == Nearness.EQUAL).toList();
    if (named.size() == 1) {
      return Optional.of(named.getFirst());
    }
    if (named.size() > 1) {
      List<Patient> born =
          seeker.who().birthDate() == null
              ? List.of()
              : named.stream()
                  .filter(each -> seeker.who().birthDate().equals(each.birthDate()))
                  .toList();
      if (born.size() == 1) {
        return Optional.of(born.getFirst());
      }
      throw Stopped.field(
          Code.NEEDS_INFO,
          "patient.birth_date",
          "More than one patient has this name and address; the date of birth tells them apart.");
    }
    if (reached.stream().anyMatch(each -> seeker.nearness(each) == Nearness.SUGGESTION)) {
      // Anna and Ann on one phone may be one person or two: creating a second would be a guess too.
      throw Stopped.field(
          Code.NEEDS_INFO,
          "patient.first_name",
          "A patient of a similar name has this address; give the name as the clinic has it.");
    }
    if (seeker.who().birthDate() != null
        && candidates.stream().anyMatch(each -> seeker.isNamesakeBornThen(each))) {
      throw Stopped.field(
          Code.NEEDS_INFO,
          "patient.email",
          "A patient of this name and date of birth has another address; give the one the clinic has.");
    }
    return Optional.empty();
  }

  static boolean stands(Patient patient) {
    return patient.removedAt() == null
        && patient.mergedInto() == null
        && !patient.standing().deceased();
  }

  private static String text(@Nullable String given) {
    return given == null ? "" : given.strip();
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
