package io.clinicsync.emr.simplepractice;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Clients by e-mail address, by telephone number, and by name where none of those found is called
 * so. The vendor's search is fuzzy and leaves couples out (seen 2025 in public clients), so that
 * what it gives is compared here.
 */
final class Directory implements PatientDirectory {

  private static final int TELLING_DIGITS = 7;
  private static final String FIELDS =
      "firstName,lastName,status,createdAt,defaultPhoneNumber,defaultEmailAddress";

  private final Frontend frontend;
  private final Clients clients;

  Directory(Frontend frontend, Clients clients) {
    this.frontend = frontend;
    this.clients = clients;
  }

  @Override
  public List<Patient> find(EmrAccount account, PatientQuery query) {
    Wanted wanted =
        new Wanted(given(query.firstName()), given(query.lastName()), given(query.phone()));
    String email = given(query.email());
    Map<EmrRef, Patient> found = new LinkedHashMap<>();
    if (email != null) {
      search(account, email, each -> email.equalsIgnoreCase(each.email()), found);
    }
    // Families share addresses: who is meant may have another one than the relative found by it.
    if (wanted.phone() != null && found.values().stream().noneMatch(wanted::isNamed)) {
      search(account, national(wanted.phone()), wanted::isReachedBy, found);
    }
    if (wanted.last() != null && found.values().stream().noneMatch(wanted::isNamed)) {
      search(account, wanted.last(), wanted::mayBe, found);
    }
    return new ArrayList<>(found.values());
  }

  private void search(
      EmrAccount account, String text, Predicate<Patient> meant, Map<EmrRef, Patient> found) {
    for (int page = 1; ; page++) {
      Query asked =
          Frontend.paged(page).with("filter[search]", text).with("fields[clients]", FIELDS);
      Loaded some = frontend.list(account, "simplepractice.clients.search", "clients", asked);
      for (Entry each : some.data()) {
        Patient patient =
            SimplePracticeConnector.readable(each, entry -> Mapper.patient(entry, some));
        if (meant.test(patient)) {
          found.putIfAbsent(patient.ref(), patient);
        }
      }
      if (some.data().size() < Frontend.PAGE) {
        return;
      }
      if (page >= Frontend.MOST_PAGES) {
        throw new EmrException(
            EmrException.Kind.REQUEST_REJECTED, "Too many clients are called alike");
      }
    }
  }

  /** Digits as they are typed within North America, else with the country's. */
  private static String national(String phone) {
    String digits = phone.replaceAll("\\D", "");
    return digits.length() == 11 && digits.startsWith("1") ? digits.substring(1) : digits;
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /**
   * {@inheritDoc}
   *
   * <p>A date of birth is dropped, since none was seen in the vendor's records. Clinician and
   * office are left to the practice's defaults.
   */
  @Override
  public Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt) {
    Write write = Write.create("simplepractice.clients.create", "clients", "clients");
    write.attributes().put("firstName", patient.firstName()).put("lastName", patient.lastName());
    write.attributes().put("status", "active");
    String email = given(patient.email());
    if (email != null) {
      write.with("emails", "emails").put("address", email).put("isDefault", "true");
    }
    String phone = given(patient.phone());
    if (phone != null) {
      String number = phone.startsWith("+1") ? national(phone) : phone;
      write.with("phones", "phones").put("number", number).put("isDefault", "true");
    }
    Loaded answer = frontend.write(account, write);
    EmrRef made = EmrRef.patient(Write.id(answer, write.operation()));
    try {
      return clients.get(account, made).orElseThrow(() -> Write.unknown(write.operation(), null));
    } catch (EmrException unseen) {
      throw Write.unknown(write.operation(), unseen);
    }
  }

  /** Who is looked for. */
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

    /** A number tells people of one name apart; somebody without one is not ruled out by it. */
    boolean mayBe(Patient patient) {
      return phone == null || patient.phones().isEmpty()
          ? isNamed(patient)
          : hasLastName(patient) && isReachedBy(patient);
    }

    boolean isReachedBy(Patient patient) {
      String digits = String.valueOf(phone).replaceAll("\\D", "");
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
