package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.SoughtPerson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Patients by e-mail address, and by name where nobody has that address. Nookal cannot look for a
 * telephone number. A parameter it does not know is ignored and gives an arbitrary first page, so
 * whatever comes is compared here, and a page that has nothing to do with the question is no
 * answer.
 *
 * @see <a href="https://api.nookal.com/developers">searchPatients, addPatient</a>
 */
final class NookalDirectory implements PatientDirectory {

  private static final String SEARCH = "searchPatients";
  private static final String ADD = "addPatient";

  private final NookalApi api;
  private final NookalPatients patients;

  NookalDirectory(NookalApi api) {
    this.api = api;
    this.patients = new NookalPatients(api);
  }

  /**
   * {@inheritDoc}
   *
   * @throws EmrException CONTRACT_BROKEN when Nookal does not narrow its list by anything asked:
   *     then nobody can say that somebody is not there
   */
  @Override
  public List<Patient> find(EmrAccount account, PatientQuery query) {
    SoughtPerson sought = SoughtPerson.of(query);
    List<Patient> found = new ArrayList<>();
    boolean asked = false;
    boolean answered = false;
    if (sought.email() != null) {
      List<Patient> by = search(account, "email", sought.email());
      asked = true;
      answered = by.stream().allMatch(sought::hasEmail);
      found.addAll(by.stream().filter(sought::hasEmail).toList());
    }
    // Families share an address: who is meant may have another one than the relative found by it.
    if (sought.last() != null && found.stream().noneMatch(sought::isNamed)) {
      Named named = byName(account, sought.last());
      asked = true;
      answered |= named.answered();
      for (Patient each : named.patients()) {
        if (sought.mayBe(each) && found.stream().noneMatch(of -> of.ref().equals(each.ref()))) {
          found.add(each);
        }
      }
    }
    if (found.isEmpty() && asked && !answered) {
      throw new EmrException(Kind.CONTRACT_BROKEN, "Nookal's search gives whoever it likes");
    }
    return found;
  }

  /**
   * Who a search by name gave.
   *
   * @param answered whether that has to do with the name at all
   */
  private record Named(List<Patient> patients, boolean answered) {
    @Override
    public String toString() {
      return "Named";
    }
  }

  /** By last name, and loosely where that finds nobody, since case may matter. */
  private Named byName(EmrAccount account, String last) {
    List<Patient> exact = search(account, "last_name", last);
    if (exact.stream().anyMatch(each -> isIn(each, last))) {
      return new Named(exact, true);
    }
    List<Patient> loose = search(account, "fuzzy_search", last);
    boolean about = loose.isEmpty() || loose.stream().anyMatch(each -> isIn(each, last));
    return new Named(loose, exact.isEmpty() || about);
  }

  private static boolean isIn(Patient patient, String last) {
    Patient.Name name = patient.name();
    return Stream.of(name.first(), name.last(), name.preferredFirst())
        .anyMatch(
            part ->
                part != null
                    && part.toLowerCase(Locale.ROOT).contains(last.toLowerCase(Locale.ROOT)));
  }

  /** One page: whoever is among more people than that is not told apart by this. */
  private List<Patient> search(EmrAccount account, String parameter, String text) {
    List<Entry> rows =
        api.list(account, SEARCH, "patients", new NookalForm().with(parameter, text), 1).entries();
    return rows.stream().map(row -> NookalConnector.readable(row, NookalMapper::patient)).toList();
  }

  @Override
  public Set<Detail> needs() {
    return Set.of(Detail.BIRTH_DATE);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Nookal wants a date of birth. Names go without their accents, which would come back as other
   * letters. The number is sent under both names that other clients use for it.
   *
   * @see <a href="https://api.nookal.com/developers">addPatient</a>
   */
  @Override
  public Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt) {
    if (patient.birthDate() == null) {
      throw NookalConnector.rejected("Nookal registers nobody without a date of birth");
    }
    NookalForm form =
        new NookalForm()
            .with("first_name", NookalText.name(patient.firstName()))
            .with("last_name", NookalText.name(patient.lastName()))
            .with("date_of_birth", patient.birthDate());
    if (patient.email() != null && !patient.email().isBlank()) {
      form.with("email", patient.email().strip());
    }
    if (patient.phone() != null && !patient.phone().isBlank()) {
      form.with("mobile", patient.phone().strip()).with("phone", patient.phone().strip());
    }
    NookalApi.Written written = api.written(account, ADD, form);
    if (written.refusal() != null) {
      throw written.refusal();
    }
    String id = written.results().json().path("patient_id").asText("");
    try {
      // Nookal may say success although nothing was kept, so it is read again.
      return patients
          .get(account, EmrRef.patient(id))
          .orElseThrow(() -> NookalApi.unknown(ADD, null));
    } catch (EmrException unseen) {
      throw NookalApi.unknown(ADD, unseen);
    }
  }
}
