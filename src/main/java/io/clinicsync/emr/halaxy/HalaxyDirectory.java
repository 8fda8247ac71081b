package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.WriteAttempt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Patients by last name: Halaxy has no search by e-mail address or telephone number, which only
 * tell people of one name apart.
 *
 * @see <a href="https://developers.halaxy.com/reference/patient">Patient</a>
 */
final class HalaxyDirectory implements PatientDirectory {

  private static final String TYPE = "Patient";
  private static final int TELLING_DIGITS = 7;

  private final HalaxyApi api;
  private final HalaxyPatients patients;

  HalaxyDirectory(HalaxyApi api, HalaxyPatients patients) {
    this.api = api;
    this.patients = patients;
  }

  /**
   * {@inheritDoc}
   *
   * @throws EmrException REQUEST_REJECTED without a last name, since nobody could be found so
   */
  @Override
  public List<Patient> find(EmrAccount account, PatientQuery query) {
    String last = given(query.lastName());
    if (last == null) {
      throw new EmrException(
          EmrException.Kind.REQUEST_REJECTED, "Halaxy finds patients by their last name only");
    }
    Wanted wanted =
        new Wanted(given(query.firstName()), last, given(query.email()), given(query.phone()));
    return api.all(account, TYPE, new HalaxyQuery().with("family", last)).stream()
        .map(entry -> HalaxyConnector.readable(entry, HalaxyMapper::patient))
        .filter(wanted::mayBe)
        .toList();
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.halaxy.com/reference/patient">POST /Patient</a>
   */
  @Override
  public Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt) {
    HalaxyWrite write = HalaxyWrite.create(TYPE);
    ObjectNode name = write.body().putArray("name").addObject().put("use", "official");
    name.putArray("given").add(patient.firstName());
    name.put("family", patient.lastName());
    String phone = given(patient.phone());
    if (phone != null) {
      // A mobile number is one that takes messages.
      telecom(write, "sms", "mobile", phone);
    }
    String email = given(patient.email());
    if (email != null) {
      telecom(write, "email", "home", email);
    }
    if (patient.birthDate() != null) {
      write.body().put("birthDate", patient.birthDate().toString());
    }
    EmrRef made = EmrRef.patient(write.idIn(api.written(account, write)));
    try {
      return patients
          .get(account, made)
          .orElseThrow(() -> HalaxyWrite.unknown(write.operation(), null));
    } catch (EmrException unseen) {
      throw HalaxyWrite.unknown(write.operation(), unseen);
    }
  }

  private static void telecom(HalaxyWrite write, String system, String use, String value) {
    write
        .body()
        .withArray("telecom")
        .addObject()
        .put("system", system)
        .put("use", use)
        .put("value", value);
  }

  /** Who is looked for. */
  private record Wanted(
      @Nullable String first, String last, @Nullable String email, @Nullable String phone) {

    /** A number tells people of one name apart; somebody without one is not ruled out by it. */
    boolean mayBe(Patient patient) {
      if (!last.equalsIgnoreCase(patient.name().last())) {
        return false;
      }
      return (email != null && email.equalsIgnoreCase(patient.email()))
          || (phone == null || patient.phones().isEmpty()
              ? isNamed(patient)
              : isReachedBy(patient, phone));
    }

    private boolean isNamed(Patient patient) {
      return first == null
          || first.equalsIgnoreCase(patient.name().first())
          || first.equalsIgnoreCase(patient.name().preferredFirst());
    }

    private static boolean isReachedBy(Patient patient, String phone) {
      String digits = phone.replaceAll("\\D", "");
      return patient.phones().stream()
          .map(each -> each.raw().replaceAll("\\D", "").replaceFirst("^0+", ""))
          .anyMatch(typed -> typed.length() >= TELLING_DIGITS && digits.endsWith(typed));
    }

    @Override
    public String toString() {
      return "Wanted";
    }
  }
}
