package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.http.HttpAnswer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Patients by Jane's own search, by e-mail address and by name. Who comes into question is read
 * whole before it is told. A telephone number only tells people of one name apart. Archived
 * patients are assumed to be left out by the search, as they are by the list.
 */
final class JaneDirectory implements PatientDirectory {

  private static final int LIMIT = 50;

  /** As many as Jane's own pages ask for; there may be more than were given then. */
  private static final int FULL = 10;

  private static final int MOST_READ = 10;
  private static final int TELLING_DIGITS = 7;

  private final JaneWeb web;
  private final JaneWebPatients patients;

  JaneDirectory(JaneWeb web, JaneWebPatients patients) {
    this.web = web;
    this.patients = patients;
  }

  @Override
  public List<Patient> find(EmrAccount account, PatientQuery query) {
    Wanted wanted =
        new Wanted(given(query.firstName()), given(query.lastName()), given(query.phone()));
    String email = given(query.email());
    Map<String, Patient> found = new LinkedHashMap<>();
    if (email != null) {
      for (Entry each : search(account, email)) {
        if (email.equalsIgnoreCase(text(each, "email"))) {
          take(account, each, found);
        }
      }
    }
    // Families share an address: who is meant may have another one than the relative found by it.
    if (wanted.last() != null && found.values().stream().noneMatch(wanted::isNamed)) {
      for (Entry each : byName(account, wanted)) {
        take(account, each, found);
      }
    }
    // Those found by their address stay, whatever they are called.
    return found.values().stream()
        .filter(
            each -> (email != null && email.equalsIgnoreCase(each.email())) || wanted.mayBe(each))
        .toList();
  }

  /** The likeliest first; each of them is read, a second each, so that there is an end to it. */
  private List<Entry> byName(EmrAccount account, Wanted wanted) {
    String last = String.valueOf(wanted.last());
    List<Entry> all = search(account, last);
    boolean cut = all.size() >= FULL && wanted.first() != null;
    List<Entry> fitting = cut ? search(account, wanted.first() + " " + last) : List.<Entry>of();
    Map<String, Entry> named = new LinkedHashMap<>();
    Stream.concat(fitting.stream(), all.stream())
        .filter(each -> last.equalsIgnoreCase(text(each, "last_name")))
        .forEach(each -> named.putIfAbsent(JaneWebPatients.idOf(each), each));
    return named.values().stream()
        .sorted(Comparator.comparing(wanted::unlikeliness))
        .limit(MOST_READ)
        .toList();
  }

  private static String text(Entry entry, String member) {
    return entry.json().path(member).asText("").strip();
  }

  private void take(EmrAccount account, Entry entry, Map<String, Patient> found) {
    String id = JaneWebPatients.idOf(entry);
    if (!found.containsKey(id)) {
      patients.get(account, EmrRef.patient(id)).ifPresent(each -> found.put(id, each));
    }
  }

  private List<Entry> search(EmrAccount account, String words) {
    ObjectNode body = JaneWrite.object().put("q", words).put("limit", LIMIT);
    JaneWrite question =
        JaneWrite.question(
            "jane.web.patients.search",
            "/admin/api/v2/patient_lookup/lookup",
            body.put("autocomplete", true));
    HttpAnswer answer = web.visit(account, visit -> visit.send(question));
    Document document = VendorWire.parse(answer, question.operation());
    JsonNode list = document.json();
    if (!list.isArray()) {
      throw VendorWire.broken(question.operation());
    }
    return document.entries(list);
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  @Override
  public Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt) {
    ObjectNode body = JaneWrite.object();
    ObjectNode person = body.putObject("patient");
    person.put("first_name", patient.firstName()).put("last_name", patient.lastName());
    Optional.ofNullable(given(patient.email())).ifPresent(each -> person.put("email", each));
    Optional.ofNullable(given(patient.phone())).ifPresent(each -> person.put("mobile_phone", each));
    Optional.ofNullable(patient.birthDate()).ifPresent(each -> person.put("dob", each.toString()));
    body.put("browser_tab_id", attempt.key());
    JaneWrite write = JaneWrite.post("jane.web.patients.create", JaneWebPatients.PATH, body);
    HttpAnswer answer = web.visit(account, visit -> visit.send(write));
    try {
      Document document = VendorWire.parse(answer, write.operation());
      JsonNode inner = document.json().path("patient");
      Entry made = document.entry(inner.isObject() ? inner : document.json());
      return JaneConnector.readable(made, new JaneWebMapper(account)::patient);
    } catch (EmrException unreadable) {
      throw JaneRefusal.unknown(write.operation());
    }
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
      return isMine(other.raw());
    }

    private boolean isMine(String other) {
      String digits = phone == null ? "" : phone.replaceAll("\\D", "");
      String typed = other.replaceAll("\\D", "").replaceFirst("^0+", "");
      return typed.length() >= TELLING_DIGITS && digits.endsWith(typed);
    }

    /** Of an entry of the search: it has no preferred name and not all numbers. */
    int unlikeliness(Entry entry) {
      if (isMine(text(entry, "mobile_phone")) || isMine(text(entry, "home_phone"))) {
        return 0;
      }
      return first == null || first.equalsIgnoreCase(text(entry, "first_name")) ? 1 : 2;
    }

    @Override
    public String toString() {
      return "Wanted";
    }
  }
}
