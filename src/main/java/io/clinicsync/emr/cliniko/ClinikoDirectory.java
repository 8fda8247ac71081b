package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.WriteAttempt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Patients by e-mail address, and by name where nobody has that address. Cliniko cannot look for a
 * telephone number, so a number only tells people of one name apart.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/patient">Patient</a>
 */
final class ClinikoDirectory implements PatientDirectory {

  private static final List<String> HIDDEN = List.of("archived_at");
  private static final int LONGEST_TRAIL = 5;
  private static final int TELLING_DIGITS = 7;

  private final ClinikoApi api;
  private final ClinikoPatients patients;

  ClinikoDirectory(ClinikoApi api) {
    this.api = api;
    this.patients = new ClinikoPatients(api);
  }

  @Override
  public List<Patient> find(EmrAccount account, PatientQuery query) {
    Wanted wanted =
        new Wanted(given(query.firstName()), given(query.lastName()), given(query.phone()));
    String email = given(query.email());
    List<Patient> found = new ArrayList<>();
    if (email != null) {
      found.addAll(byEmail(account, email));
    }
    // Families share an address: who is meant may have another one than the relative found by it.
    if (wanted.last() != null && found.stream().noneMatch(wanted::isNamed)) {
      found.addAll(byName(account, wanted));
    }
    return survivors(account, found);
  }

  /** Whether "=" ignores case is not documented, so what it misses is looked for by "contains". */
  private List<Patient> byEmail(EmrAccount account, String email) {
    List<Patient> exact = list(account, query -> query.filter("email:=" + email));
    List<Patient> found =
        exact.isEmpty() ? list(account, query -> query.filter("email:~" + email)) : exact;
    return found.stream().filter(patient -> email.equalsIgnoreCase(patient.email())).toList();
  }

  private List<Patient> byName(EmrAccount account, Wanted wanted) {
    return list(account, query -> query.filter("last_name:~" + wanted.last())).stream()
        .filter(wanted::mayBe)
        .toList();
  }

  private List<Patient> list(EmrAccount account, UnaryOperator<ClinikoQuery> filters) {
    return api
        .all(
            account,
            "/patients",
            "patients",
            () -> filters.apply(ClinikoQuery.list()).including(HIDDEN))
        .stream()
        .filter(row -> !row.has("deleted_at"))
        .map(row -> ClinikoConnector.readable(row, ClinikoMapper::patient))
        .toList();
  }

  /** A merged patient's appointments went to the survivor, so the survivor is who is meant. */
  private List<Patient> survivors(EmrAccount account, List<Patient> found) {
    Map<EmrRef, Patient> known = new LinkedHashMap<>();
    found.forEach(patient -> known.put(patient.ref(), patient));
    Map<EmrRef, Patient> left = new LinkedHashMap<>();
    for (Patient patient : found) {
      survivor(account, patient, known).ifPresent(each -> left.put(each.ref(), each));
    }
    return new ArrayList<>(left.values());
  }

  private Optional<Patient> survivor(
      EmrAccount account, Patient patient, Map<EmrRef, Patient> known) {
    Optional<Patient> current = Optional.of(patient);
    for (int step = 0; step < LONGEST_TRAIL; step++) {
      EmrRef into = current.map(Patient::mergedInto).orElse(null);
      if (into == null) {
        return current;
      }
      Patient here = known.get(into);
      current = here == null ? patients.get(account, into) : Optional.of(here);
    }
    return Optional.empty();
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://docs.api.cliniko.com/openapi/patient/createpatient-post">Create
   *     patient</a>
   */
  @Override
  public Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt) {
    ClinikoWrite write =
        ClinikoWrite.post("cliniko.patients.create", "/patients")
            .with("first_name", patient.firstName())
            .with("last_name", patient.lastName());
    if (patient.birthDate() != null) {
      write.with("date_of_birth", patient.birthDate().toString());
    }
    String email = given(patient.email());
    if (email != null) {
      write.with("email", email);
    }
    String phone = given(patient.phone());
    if (phone != null) {
      write
          .body()
          .putArray("patient_phone_numbers")
          .addObject()
          .put("phone_type", "Mobile")
          .put("number", phone);
    }
    return confirmed(api.written(account, write), write);
  }

  /** Who is looked for by name. */
  private record Wanted(@Nullable String first, @Nullable String last, @Nullable String phone) {

    boolean isNamed(Patient patient) {
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
    boolean mayBe(Patient patient) {
      if (phone == null) {
        return isNamed(patient);
      }
      return patient.phones().isEmpty()
          ? isNamed(patient)
          : hasLastName(patient) && patient.phones().stream().anyMatch(this::isMine);
    }

    private boolean isMine(Patient.Phone other) {
      String digits = String.valueOf(phone).replaceAll("\\D", "");
      String typed = other.raw().replaceAll("\\D", "").replaceFirst("^0+", "");
      return digits.equals(other.international())
          || (typed.length() >= TELLING_DIGITS && digits.endsWith(typed));
    }

    @Override
    public String toString() {
      return "Wanted";
    }
  }

  private static Patient confirmed(ClinikoEntry row, ClinikoWrite write) {
    try {
      return ClinikoConnector.readable(row, ClinikoMapper::patient);
    } catch (EmrException unreadable) {
      throw ClinikoApi.unknown(write.operation(), unreadable);
    }
  }
}
