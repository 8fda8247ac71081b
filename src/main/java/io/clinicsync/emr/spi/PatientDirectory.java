package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Patient;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds and creates patients in the EMR itself. Called by {@code booking}. */
public non-sealed interface PatientDirectory extends Capability {

  /**
   * Patients that may be meant, archived ones included; the caller compares names and dates of
   * birth. Empty when there are none.
   */
  List<Patient> find(EmrAccount account, PatientQuery query);

  /** What this EMR registers nobody without, beside a name; asked for before anything is sent. */
  default Set<Detail> needs() {
    return Set.of();
  }

  /** Something that is known of a person, or not. */
  enum Detail {
    BIRTH_DATE,
    EMAIL,
    PHONE;

    /** Whether it is known of a person. */
    public boolean isKnown(NewPatient person) {
      return switch (this) {
        case BIRTH_DATE -> person.birthDate() != null;
        case EMAIL -> person.email() != null && !person.email().isBlank();
        case PHONE -> person.phone() != null && !person.phone().isBlank();
      };
    }

    /** As callers name it. */
    public String field() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Creates a patient; sent once.
   *
   * @return as the EMR confirmed it
   * @throws EmrException REQUEST_REJECTED when the EMR does not take it, OUTCOME_UNKNOWN when the
   *     answer is lost: {@link #find} tells
   */
  Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt);

  /**
   * Whom to look for; at least one of e-mail, phone or last name. {@code toString} shows nothing.
   *
   * @param phone E.164
   */
  record PatientQuery(
      @Nullable String email,
      @Nullable String phone,
      @Nullable String firstName,
      @Nullable String lastName) {
    @Override
    public String toString() {
      return "PatientQuery";
    }
  }

  /**
   * A person to register. {@code toString} shows nothing.
   *
   * @param phone E.164
   */
  record NewPatient(
      String firstName,
      String lastName,
      @Nullable LocalDate birthDate,
      @Nullable String email,
      @Nullable String phone) {
    @Override
    public String toString() {
      return "NewPatient";
    }
  }
}
