package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns FHIR resources into records. */
final class HalaxyMapper {

  private static final List<String> PATIENT_SOURCE =
      List.of(
          "resourceType",
          "id",
          "active",
          "name",
          "telecom",
          "gender",
          "birthDate",
          "deceasedBoolean",
          "address");
  private static final List<String> APPOINTMENT_SOURCE =
      List.of(
          "resourceType",
          "id",
          "start",
          "end",
          "minutesDuration",
          "created",
          "supportingInformation");
  private static final List<String> INVOICE_SOURCE =
      List.of(
          "resourceType",
          "id",
          "status",
          "type",
          "date",
          "title",
          "payorType",
          "recipient",
          "practitioner",
          "totalNet",
          "totalGross",
          "totalTax",
          "totalPaid",
          "totalBalance");

  private HalaxyMapper() {}

  static @Nullable String id(Entry entry) {
    String id = entry.json().path("id").asText("");
    return id.isEmpty() ? null : id;
  }

  private static String requireId(Entry entry) {
    String id = entry.requireText("id");
    if (!HalaxyReference.isId(id)) {
      throw UnreadableEntry.shape("id is not one of FHIR's");
    }
    return id;
  }

  static @Nullable Instant changedAt(Entry entry) {
    return entry.in("meta").instant("lastUpdated");
  }

  static @Nullable Instant changedAtIfReadable(Entry entry) {
    try {
      return changedAt(entry);
    } catch (UnreadableEntry unreadable) {
      return null;
    }
  }

  static Patient patient(Entry entry) {
    String id = requireId(entry);
    Instant changedAt = changedAt(entry);
    boolean active = !Boolean.FALSE.equals(entry.flag("active"));
    boolean deceased = Boolean.TRUE.equals(entry.flag("deceasedBoolean"));
    return new Patient(
        EmrRef.patient(id),
        changedAt,
        active || deceased ? null : changedAt,
        null,
        name(entry.each("name")),
        entry.date("birthDate"),
        entry.text("gender"),
        email(entry),
        phones(entry),
        address(entry),
        new Patient.Consent(null, null, null, null, null),
        new Patient.Standing(deceased, false, false, false),
        null,
        null,
        Map.of("active", Boolean.toString(active)),
        entry.storable(entry.trimmed(PATIENT_SOURCE)));
  }

  /** Several names are normal: the official one, else one with a family name. */
  private static Patient.Name name(List<Entry> names) {
    Entry legal = null;
    String preferred = null;
    for (Entry each : names) {
      String use = each.text("use");
      if ("usual".equals(use)) {
        preferred = first(each, "given");
      }
      boolean better =
          legal == null
              || "official".equals(use)
              || (!"official".equals(legal.text("use"))
                  && legal.text("family") == null
                  && each.text("family") != null);
      legal = better ? each : legal;
    }
    return legal == null
        ? new Patient.Name(null, null, null, preferred)
        : new Patient.Name(
            first(legal, "prefix"), first(legal, "given"), legal.text("family"), preferred);
  }

  /** The first text of a list; null when there is none. */
  static @Nullable String first(Entry entry, String member) {
    String text = entry.json().path(member).path(0).asText("").strip();
    return text.isEmpty() ? null : text;
  }

  static @Nullable String email(Entry entry) {
    for (Entry each : entry.each("telecom")) {
      String value = each.text("value");
      if ("email".equals(each.text("system")) && value != null) {
        return value;
      }
    }
    return null;
  }

  private static List<Patient.Phone> phones(Entry entry) {
    List<Patient.Phone> phones = new ArrayList<>();
    for (Entry each : entry.each("telecom")) {
      String value = each.text("value");
      Patient.Phone.Type type = phoneType(each.text("system"), each.text("use"));
      if (value != null && type != null) {
        String international = value.matches("\\+[0-9]{7,15}") ? value.substring(1) : null;
        phones.add(new Patient.Phone(type, value, international));
      }
    }
    return phones;
  }

  private static Patient.Phone.@Nullable Type phoneType(
      @Nullable String system, @Nullable String use) {
    return switch (system == null ? "" : system) {
      case "sms" -> Patient.Phone.Type.MOBILE;
      case "fax" -> Patient.Phone.Type.FAX;
      case "phone" ->
          switch (use == null ? "" : use) {
            case "home" -> Patient.Phone.Type.HOME;
            case "work" -> Patient.Phone.Type.WORK;
            case "mobile" -> Patient.Phone.Type.MOBILE;
            default -> Patient.Phone.Type.OTHER;
          };
      default -> null;
    };
  }

  private static Patient.Address address(Entry entry) {
    List<Entry> addresses = entry.each("address");
    if (addresses.isEmpty()) {
      return new Patient.Address(null, null, null, null, null, null);
    }
    Entry address = addresses.getFirst();
    List<String> lines = new ArrayList<>();
    for (JsonNode line : address.json().path("line")) {
      if (!line.asText("").isBlank()) {
        lines.add(line.asText().strip());
      }
    }
    return new Patient.Address(
        lines.isEmpty() ? null : String.join(", ", lines),
        null,
        address.text("city"),
        address.text("state"),
        address.text("postalCode"),
        address.text("country"));
  }

  /**
   * One patient's place in an appointment.
   *
   * @param group whether others take part too
   */
  static Appointment appointment(Entry entry, String patient, boolean group, HalaxyRoles roles) {
    String id = requireId(entry);
    Entry own = HalaxyParticipants.patient(entry, patient);
    String word = HalaxyParticipants.status(own);
    Instant start = entry.requireInstant("start");
    Instant end = entry.instant("end");
    String role = HalaxyParticipants.role(entry);
    HalaxyRoles.Role known = roles.of(role);
    Map<String, String> extras = new TreeMap<>();
    put(extras, "status", word);
    put(extras, "practitioner_role_id", role);
    put(extras, "invoice_id", HalaxyParticipants.invoice(own));
    return new Appointment(
        EmrRef.appointment(group ? id + "/" + patient : id),
        changedAt(entry),
        null,
        EmrRef.patient(patient),
        ref(RecordKind.PRACTITIONER, known.practitioner()),
        ref(RecordKind.TREATMENT, HalaxyParticipants.service(entry)),
        ref(RecordKind.SITE, known.clinic()),
        null,
        start,
        end != null && end.isAfter(start) ? end : null,
        status(word),
        entry.instant("created"),
        null,
        null,
        null,
        group ? id : null,
        null,
        null,
        extras,
        entry.storable(source(entry, own)));
  }

  /** Without what staff wrote and without the others who take part. */
  private static ObjectNode source(Entry entry, Entry own) {
    ObjectNode source = entry.trimmed(APPOINTMENT_SOURCE);
    ArrayNode participants = source.putArray("participant");
    for (Entry each : entry.each("participant")) {
      if (HalaxyReference.id(each, "actor", "PractitionerRole") != null) {
        participants.add(each.trimmed(List.of("type", "actor")));
      }
    }
    participants.add(own.trimmed(List.of("actor", "extension", "modifierExtension")));
    return source;
  }

  /**
   * The state stands on the Patient participant only. A word for not attending is not documented
   * anywhere we saw; those that say so are assumed. Any other word is UNKNOWN.
   */
  static Appointment.Status status(@Nullable String word) {
    String code = word == null ? "" : word.toLowerCase(Locale.ROOT);
    return switch (code) {
      case "attended", "arrived" -> Appointment.Status.ARRIVED;
      case "booked", "accepted" -> Appointment.Status.BOOKED;
      case "confirmed" -> Appointment.Status.CONFIRMED;
      case "tentative" -> Appointment.Status.HELD;
      case "cancelled", "cancelled (no charge)" -> Appointment.Status.CANCELLED;
      default -> {
        if (code.startsWith("cancelled")) {
          yield Appointment.Status.CANCELLED;
        }
        boolean missed =
            code.contains("not attend") || code.contains("no show") || code.contains("no-show");
        yield missed ? Appointment.Status.NO_SHOW : Appointment.Status.UNKNOWN;
      }
    };
  }

  /** Whether it is a bill at all; quotes are none. */
  static boolean isInvoice(Entry entry) {
    return !entry.json().path("type").asText("").equals("quote");
  }

  /**
   * A bill.
   *
   * @param link the appointment a bill to somebody else than a patient is for; null when not known
   */
  static Invoice invoice(
      Entry entry, HalaxyLinks.@Nullable Link link, HalaxyRoles roles, String currency) {
    String id = requireId(entry);
    HalaxyReference recipient = HalaxyReference.in(entry, "recipient");
    String patient =
        recipient != null && recipient.type().equals("Patient") ? recipient.id() : null;
    boolean own = patient != null;
    Money total = money(entry, "totalGross", currency);
    if (total == null) {
      throw UnreadableEntry.shape("totalGross is missing");
    }
    String word = entry.text("status");
    Money balance = money(entry, "totalBalance", currency);
    // What was written off is still shown as balance.
    Money owed = "write-off".equals(word) ? new Money(BigDecimal.ZERO, total.currency()) : balance;
    Money paid = money(entry, "totalPaid", currency);
    Money none = new Money(BigDecimal.ZERO, total.currency());
    Map<String, String> extras = new TreeMap<>();
    put(extras, "status", word);
    put(extras, "payor_type", entry.text("payorType"));
    return new Invoice(
        EmrRef.of(RecordKind.INVOICE, id),
        changedAt(entry),
        null,
        ref(RecordKind.PATIENT, own ? patient : link == null ? null : link.patient()),
        ref(
            RecordKind.PRACTITIONER,
            roles.of(HalaxyReference.id(entry, "practitioner", "PractitionerRole")).practitioner()),
        ref(RecordKind.APPOINTMENT, own || link == null ? null : link.appointment()),
        id,
        entry.date("date"),
        status(word, balance),
        total,
        money(entry, "totalTax", currency),
        own ? owed : none,
        own ? none : owed,
        own ? paid : none,
        own ? none : paid,
        null,
        extras,
        entry.storable(entry.trimmed(INVOICE_SOURCE)));
  }

  private static Invoice.Status status(@Nullable String word, @Nullable Money balance) {
    return switch (word == null ? "" : word) {
      case "issued", "active" ->
          balance != null && balance.amount().signum() <= 0
              ? Invoice.Status.PAID
              : Invoice.Status.OPEN;
      case "write-off" -> Invoice.Status.CLOSED;
      default -> Invoice.Status.UNKNOWN;
    };
  }

  private static @Nullable Money money(Entry entry, String member, String currency) {
    Entry money = entry.in(member);
    BigDecimal amount = money.decimal("value");
    String own = money.text("currency");
    return amount == null ? null : new Money(amount, own == null ? currency : own);
  }

  private static @Nullable EmrRef ref(RecordKind kind, @Nullable String id) {
    return id == null ? null : EmrRef.of(kind, id);
  }

  private static void put(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }
}
