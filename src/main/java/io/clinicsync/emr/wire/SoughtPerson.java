package io.clinicsync.emr.wire;

import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import org.jspecify.annotations.Nullable;

/**
 * Whom somebody looks for in an EMR whose own search is loose, or has none: what it gives is
 * compared here. {@code toString} shows nothing.
 *
 * @param email stripped; null when not given, as for the others
 * @param phone E.164
 */
public record SoughtPerson(
    @Nullable String email, @Nullable String phone, @Nullable String first, @Nullable String last) {

  /** So many digits tell a number from others, also where the country is left out. */
  private static final int TELLING_DIGITS = 7;

  public static SoughtPerson of(PatientQuery query) {
    return new SoughtPerson(
        given(query.email()),
        given(query.phone()),
        given(query.firstName()),
        given(query.lastName()));
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /** Whether the patient has this e-mail address. */
  public boolean hasEmail(Patient patient) {
    return email != null && email.equalsIgnoreCase(patient.email());
  }

  /** Whether the patient has this name; a first name that is not given rules nobody out. */
  public boolean isNamed(Patient patient) {
    Patient.Name name = patient.name();
    return hasLastName(patient)
        && (first == null
            || first.equalsIgnoreCase(name.first())
            || first.equalsIgnoreCase(name.preferredFirst()));
  }

  private boolean hasLastName(Patient patient) {
    return last != null && last.equalsIgnoreCase(patient.name().last());
  }

  /** A number finds Ann where Anna is asked for; somebody without one is not ruled out by it. */
  public boolean mayBe(Patient patient) {
    if (phone == null || patient.phones().isEmpty()) {
      return isNamed(patient);
    }
    return hasLastName(patient) && patient.phones().stream().anyMatch(this::isMine);
  }

  private boolean isMine(Patient.Phone other) {
    String digits = String.valueOf(phone).replaceAll("\\D", "");
    String typed = other.raw().replaceAll("\\D", "").replaceFirst("^0+", "");
    return digits.equals(other.international())
        || (typed.length() >= TELLING_DIGITS && digits.endsWith(typed));
  }

  @Override
  public String toString() {
    return "SoughtPerson";
  }
}
