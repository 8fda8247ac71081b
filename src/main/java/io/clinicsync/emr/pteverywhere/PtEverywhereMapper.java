package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns master data and reports into records. */
final class PtEverywhereMapper {

  private static final List<String> PATIENT_SOURCE =
      List.of(
          "_id",
          "firstName",
          "lastName",
          "middleName",
          "email",
          "phoneNumber",
          "dateOfBirth",
          "address",
          "city",
          "state",
          "zipCode",
          "status");

  /** Texts of the report on patients, each also an extra. */
  private static final List<String> FIGURES =
      List.of(
          "firstSeenBy", "lastSeenBy", "totalAppointmentVisit", "totalSessionCompleted", "status");

  private static final List<String> VISIT_SOURCE =
      List.of(
          "_id",
          "dateOfService",
          "startDateTime",
          "endDateTime",
          "appointmentStatus",
          "units",
          "cancellationNotice",
          "createdBy",
          "lastUpdateDate");

  private PtEverywhereMapper() {}

  /** A patient with what the reports add; the master data says it first. */
  static Patient patient(Entry master, PtEverywhereFigures.Figures figures, ZoneId zone) {
    Entry report = figures.report();
    ObjectNode merged = master.trimmed(PATIENT_SOURCE);
    Entry demographics = figures.demographics();
    for (String member : PATIENT_SOURCE) {
      if (!merged.hasNonNull(member) && demographics.has(member)) {
        merged.set(member, demographics.json().get(member));
      }
    }
    Map<String, String> extras = new TreeMap<>();
    for (String member : FIGURES) {
      put(merged, extras, member, merged.hasNonNull(member) ? null : report.text(member));
    }
    put(merged, extras, "activeCases", demographics.text("openCaseStr"));
    put(merged, extras, "firstAppointment", day(report.in("firstAppointment"), zone));
    List<String> payers = payers(report.json().path("payersName"));
    List<String> ranks = List.of("primaryPayer", "secondaryPayer", "tertiaryPayer");
    for (int i = 0; i < ranks.size() && i < payers.size(); i++) {
      put(merged, extras, ranks.get(i), payers.get(i));
    }
    for (String sum : List.of("totalRevenue", "totalCollected")) {
      BigDecimal amount = amount(report, sum);
      if (amount != null) {
        merged.put(sum, amount);
        extras.put(sum, amount.toPlainString());
      }
    }
    boolean damaged = master.damaged() || report.damaged() || demographics.damaged();
    Entry whole = new Entry(merged, damaged, master.large());
    String status = whole.text("status");
    if (status != null) {
      extras.put("status", status);
    }
    return record(whole, report, extras, zone);
  }

  private static Patient record(
      Entry whole, Entry report, Map<String, String> extras, ZoneId zone) {
    String phone = or(whole.text("phoneNumber"), report.text("phone"));
    return new Patient(
        EmrRef.patient(whole.requireText("_id")),
        null,
        null,
        registered(report, zone),
        name(whole, report),
        whole.date("dateOfBirth"),
        null,
        or(whole.text("email"), report.text("email")),
        phone == null
            ? List.of()
            : List.of(new Patient.Phone(Patient.Phone.Type.OTHER, phone, null)),
        new Patient.Address(
            whole.text("address"),
            null,
            whole.text("city"),
            whole.text("state"),
            whole.text("zipCode"),
            null),
        new Patient.Consent(null, null, null, null, null),
        Patient.Standing.ORDINARY,
        null,
        report.text("referredByName"),
        extras,
        whole.storable((ObjectNode) whole.json()));
  }

  private static @Nullable String or(@Nullable String first, @Nullable String second) {
    return first == null ? second : first;
  }

  private static Patient.Name name(Entry whole, Entry report) {
    String first = whole.text("firstName");
    String last = whole.text("lastName");
    String full = report.text("patientName");
    if (first == null && last == null && full != null) {
      int space = full.lastIndexOf(' ');
      first = space < 0 ? full : full.substring(0, space).strip();
      last = space < 0 ? null : full.substring(space + 1);
    }
    return new Patient.Name(null, first, last, null);
  }

  private static void put(
      ObjectNode merged, Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      merged.put(name, value);
      extras.put(name, value);
    }
  }

  /** Its form is not known; read where it is a date. */
  private static @Nullable Instant registered(Entry report, ZoneId zone) {
    try {
      String text = report.text("registrationDateStr");
      return text == null ? null : LocalDate.parse(text).atStartOfDay(zone).toInstant();
    } catch (DateTimeException otherForm) {
      return null;
    }
  }

  /** The clinic's day of a moment, or the date itself. */
  private static @Nullable String day(Entry appointment, ZoneId zone) {
    String text = appointment.text("startDate");
    if (text == null) {
      return null;
    }
    try {
      return text.length() <= 10
          ? LocalDate.parse(text).toString()
          : OffsetDateTime.parse(text).atZoneSameInstant(zone).toLocalDate().toString();
    } catch (DateTimeException otherForm) {
      return null;
    }
  }

  private static List<String> payers(JsonNode names) {
    List<String> payers = new ArrayList<>();
    if (names.isArray()) {
      names.forEach(each -> payers.add(each.asText("").strip()));
    } else {
      payers.addAll(List.of(names.asText("").split("\\s*[,;|]\\s*")));
    }
    payers.removeIf(each -> each.isBlank() || each.equals("-") || each.equals("null"));
    return payers;
  }

  /** A number, or a text such as {@code $1,200.00}; null when there is no digit in it. */
  static @Nullable BigDecimal amount(Entry entry, String member) {
    String text = entry.text(member);
    if (text == null || text.chars().noneMatch(Character::isDigit)) {
      return null;
    }
    boolean negative = text.startsWith("(") && text.endsWith(")");
    String plain = text.replaceAll("[$,\\s()]|USD", "");
    try {
      BigDecimal amount = new BigDecimal(plain);
      return negative ? amount.negate() : amount;
    } catch (NumberFormatException unreadable) {
      throw UnreadableEntry.shape(member + " is not an amount");
    }
  }

  static @Nullable Money money(Entry entry, String member, String currency) {
    BigDecimal amount = amount(entry, member);
    return amount == null ? null : new Money(amount, currency);
  }

  /** A row of the report of visits. */
  static Appointment appointment(Entry entry) {
    ObjectNode source = entry.trimmed(VISIT_SOURCE);
    Map<String, String> extras = new TreeMap<>();
    String patient = entry.in("patient").text("_id");
    if (patient != null) {
      source.put("patientId", patient);
    }
    for (String member : List.of("service", "provider", "location")) {
      Entry named = entry.in(member);
      if (named.has("_id")) {
        source.set(member, named.trimmed(List.of("_id", "name")));
      }
      String name = named.text("name");
      if (name != null) {
        extras.put(member + "Name", name);
      }
    }
    for (String member : List.of("charges", "payments")) {
      BigDecimal amount = amount(entry, member);
      if (amount != null) {
        source.put(member, amount);
        extras.put(member, amount.toPlainString());
      }
    }
    Entry invoice = entry.in("invoice");
    if (invoice.has("invoiceNo")) {
      source.set("invoice", invoice.trimmed(List.of("invoiceNo", "invoiceStatus")));
    }
    for (String member : List.of("invoiceNo", "invoiceStatus")) {
      String text = invoice.text(member);
      if (text != null) {
        extras.put(member, text);
      }
    }
    String word = entry.text("appointmentStatus");
    if (word != null) {
      extras.put("status", word);
    }
    String notice = entry.text("cancellationNotice");
    return new Appointment(
        EmrRef.appointment(entry.requireText("_id")),
        changedAt(entry),
        null,
        patient == null ? null : EmrRef.patient(patient),
        ref(entry, "provider", RecordKind.PRACTITIONER),
        ref(entry, "service", RecordKind.TREATMENT),
        ref(entry, "location", RecordKind.SITE),
        null,
        entry.requireInstant("startDateTime"),
        entry.instant("endDateTime"),
        status(word, notice),
        null,
        null,
        notice,
        null,
        null,
        null,
        null,
        extras,
        entry.storable(source));
  }

  private static @Nullable EmrRef ref(Entry entry, String member, RecordKind kind) {
    String id = entry.in(member).text("_id");
    return id == null ? null : EmrRef.of(kind, id);
  }

  private static @Nullable Instant changedAt(Entry entry) {
    try {
      return entry.instant("lastUpdateDate");
    } catch (UnreadableEntry otherForm) {
      return null;
    }
  }

  /**
   * What an appointment's word means. Only Scheduled and Completed were seen; a notice of
   * cancellation means cancelled (assumed). A word that says nothing we know stays unknown.
   */
  static Status status(@Nullable String word, @Nullable String notice) {
    String text = word == null ? "" : word.toLowerCase(Locale.ROOT);
    String letters = text.replaceAll("[^a-z]", "");
    if (notice != null || letters.contains("cancel")) {
      return Status.CANCELLED;
    }
    if (letters.contains("noshow")) {
      return Status.NO_SHOW;
    }
    if (letters.contains("complete")
        || letters.contains("checkedout")
        || letters.contains("checkedin")
        || letters.equals("arrived")) {
      return Status.ARRIVED;
    }
    if (letters.equals("confirmed")) {
      return Status.CONFIRMED;
    }
    return letters.contains("schedule") || letters.equals("booked")
        ? Status.BOOKED
        : Status.UNKNOWN;
  }
}
