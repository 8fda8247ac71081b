package io.clinicsync.emr.promptemr;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.ImportedRows.Row;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns rows into records. */
final class PromptEmrMapper {

  /** Members of the patient in Prompt's own words, by our field. */
  private static final Map<String, String> PATIENT_SOURCE =
      Map.ofEntries(
          Map.entry("firstName", "FirstName"),
          Map.entry("lastName", "LastName"),
          Map.entry("preferredName", "PreferredName"),
          Map.entry("middleName", "MiddleName"),
          Map.entry("dob", "DateOfBirth"),
          Map.entry("email", "Email"),
          Map.entry("mobilePhone", "MobilePhone"),
          Map.entry("homePhone", "HomePhone"),
          Map.entry("street1", "Street1"),
          Map.entry("street2", "Street2"),
          Map.entry("city", "City"),
          Map.entry("state", "StateOrProvince"),
          Map.entry("postalCode", "PostalCode"),
          Map.entry("country", "CountryCode"),
          Map.entry("gender", "Gender"),
          Map.entry("inactive", "Inactive"));

  private static final List<String> VISIT_SOURCE =
      List.of(
          "visitType",
          "visitNumber",
          "provider",
          "facility",
          "stage",
          "claimNumber",
          "start",
          "end");

  private static final List<String> CHARGE_SOURCE =
      List.of(
          "dateOfService",
          "claimNumber",
          "cptCode",
          "units",
          "billed",
          "patientPaid",
          "insurerPaid",
          "balance",
          "provider",
          "facility");

  private PromptEmrMapper() {}

  static Patient patient(Row row, Entry entry) {
    String first = entry.text("firstName");
    String last = first == null ? entry.requireText("lastName") : entry.text("lastName");
    Map<String, String> extras = new TreeMap<>();
    extra(extras, "middleName", entry.text("middleName"));
    String inactive = entry.text("inactive");
    if (inactive != null) {
      extras.put("active", inactive.equals("true") ? "false" : "true");
    }
    ObjectNode source =
        JsonNodeFactory.instance.objectNode().put("PatientId", row.ref().id().value());
    new TreeMap<>(PATIENT_SOURCE)
        .forEach(
            (field, member) -> {
              if (entry.has(field)) {
                source.put(member, entry.text(field));
              }
            });
    return new Patient(
        row.ref(),
        row.asOf(),
        row.removedAt(),
        entry.instant("createdAt"),
        new Patient.Name(null, first, last, entry.text("preferredName")),
        entry.date("dob"),
        entry.text("gender"),
        entry.text("email"),
        phones(entry),
        new Patient.Address(
            entry.text("street1"),
            entry.text("street2"),
            entry.text("city"),
            entry.text("state"),
            entry.text("postalCode"),
            entry.text("country")),
        new Patient.Consent(null, null, null, null, null),
        Patient.Standing.ORDINARY,
        null,
        null,
        extras,
        entry.storable(source));
  }

  private static void extra(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }

  private static List<Patient.Phone> phones(Entry entry) {
    List<Patient.Phone> phones = new ArrayList<>();
    String mobile = entry.text("mobilePhone");
    if (mobile != null) {
      phones.add(new Patient.Phone(Patient.Phone.Type.MOBILE, mobile, null));
    }
    String home = entry.text("homePhone");
    if (home != null) {
      phones.add(new Patient.Phone(Patient.Phone.Type.HOME, home, null));
    }
    return phones;
  }

  static Appointment visit(Row row, Entry entry) {
    Map<String, String> extras = new TreeMap<>();
    extra(extras, "stage", entry.text("stage"));
    return new Appointment(
        row.ref(),
        row.asOf(),
        row.removedAt(),
        EmrRef.patient(entry.requireText("patient")),
        ref(entry, "provider", RecordKind.PRACTITIONER),
        ref(entry, "visitType", RecordKind.TREATMENT),
        ref(entry, "facility", RecordKind.SITE),
        null,
        entry.requireInstant("start"),
        entry.instant("end"),
        Appointment.Status.valueOf(entry.requireText("status")),
        null,
        null,
        entry.text("cancelledReason"),
        null,
        null,
        row.movedFrom(),
        null,
        extras,
        entry.storable(source(row, entry, VISIT_SOURCE)));
  }

  private static ObjectNode source(Row row, Entry entry, List<String> members) {
    ObjectNode source = JsonNodeFactory.instance.objectNode().put("id", row.ref().id().value());
    String patient = entry.text("patient");
    if (patient != null) {
      source.put("PatientId", patient);
    }
    source.setAll(entry.trimmed(members));
    return source;
  }

  private static @Nullable EmrRef ref(Entry entry, String member, RecordKind kind) {
    String name = entry.text(member);
    return name == null ? null : EmrRef.of(kind, name);
  }

  /**
   * A line of charges. A balance is taken for the patient's (assumed); without one it is not known
   * what is still owed.
   */
  static Invoice charge(Row row, Entry entry, EmrAccount account) {
    String patient = entry.text("patient");
    LocalDate day = LocalDate.parse(entry.requireText("dateOfService"));
    Money billed = money(entry, "billed", account);
    Money byPatient = money(entry, "patientPaid", account);
    Money byInsurer = money(entry, "insurerPaid", account);
    Money balance = money(entry, "balance", account);
    Money total =
        Objects.requireNonNullElseGet(billed, () -> sum(account, byPatient, byInsurer, balance));
    boolean settled = balance != null && balance.amount().signum() <= 0;
    Invoice.Status status =
        balance == null
            ? Invoice.Status.UNKNOWN
            : settled ? Invoice.Status.PAID : Invoice.Status.OPEN;
    Money nothing = new Money(BigDecimal.ZERO, account.currency());
    return new Invoice(
        row.ref(),
        row.asOf(),
        row.removedAt(),
        patient == null ? null : EmrRef.patient(patient),
        ref(entry, "provider", RecordKind.PRACTITIONER),
        null,
        entry.text("claimNumber"),
        day,
        status,
        total,
        null,
        balance,
        // Known not to be told apart: all that is owed stands in the balance.
        balance == null ? null : nothing,
        byPatient,
        byInsurer,
        settled ? day.atStartOfDay(account.zone()).toInstant() : null,
        Map.of(),
        entry.storable(source(row, entry, CHARGE_SOURCE)));
  }

  private static @Nullable Money money(Entry entry, String member, EmrAccount account) {
    BigDecimal amount = entry.decimal(member);
    return amount == null ? null : new Money(amount, account.currency());
  }

  private static Money sum(EmrAccount account, @Nullable Money... parts) {
    Money sum = new Money(BigDecimal.ZERO, account.currency());
    for (Money part : parts) {
      if (part != null) {
        sum = sum.plus(part);
      }
    }
    return sum;
  }
}
