package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Phone;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what the vendor sends into records. */
final class Mapper {

  private static final List<String> CLIENT =
      List.of(
          "hashedId",
          "firstName",
          "lastName",
          "middleName",
          "suffix",
          "preferredName",
          "name",
          "status",
          "createdAt",
          "inActiveTreatment",
          "isMinor",
          "defaultEmailAddress",
          "defaultPhoneNumber");
  private static final List<String> BILLING =
      List.of("totalPaid", "balanceDue", "unallocatedPaymentAmount");
  private static final List<String> APPOINTMENT =
      List.of(
          "startTime",
          "endTime",
          "duration",
          "attendanceStatus",
          "thisType",
          "clinicianId",
          "officeId",
          "officeName",
          "clientConfirmationStatus",
          "fullDay",
          "isRecurring");
  private static final List<String> CODE =
      List.of("id", "code", "description", "rate", "ratePerUnit", "units");

  private Mapper() {}

  /** A client or a couple; list and single read write their type differently. */
  static Patient patient(Entry resource, Loaded loaded) {
    Entry client = Loaded.attributes(resource);
    boolean couple = isCouple(resource, client);
    Entry billing = loaded.related(resource, "clientBillingOverview").orElse(null);
    String first = client.text("firstName");
    String last = client.text("lastName");
    ObjectNode kept = client.trimmed(CLIENT);
    String id = resource.requireText("id");
    kept.put("id", id).put("couple", couple);
    if (billing != null) {
      kept.set("billing", billing.trimmed(BILLING));
    }
    return new Patient(
        EmrRef.patient(id),
        null,
        null,
        client.instant("createdAt"),
        new Patient.Name(
            null,
            first == null && last == null ? client.text("name") : first,
            last,
            client.text("preferredName")),
        null,
        client.text("sex"),
        client.text("defaultEmailAddress"),
        phones(client, loaded.relatedMany(resource, "phones")),
        new Patient.Address(null, null, null, null, null, null),
        new Patient.Consent(null, null, null, null, null),
        new Patient.Standing(false, "inactive".equals(client.text("status")), false, false),
        null,
        null,
        extras(resource, client, couple, billing),
        resource.storable(kept));
  }

  private static boolean isCouple(Entry resource, Entry client) {
    return "clientCouples".equals(resource.text("type"))
        || "ClientCouple".equals(client.text("thisType"));
  }

  /** The vendor's default first, then the others as they come. */
  private static List<Phone> phones(Entry client, List<Entry> numbers) {
    List<String> typed = new ArrayList<>();
    String main = client.text("defaultPhoneNumber");
    if (main != null) {
      typed.add(main);
    }
    for (Entry each : numbers) {
      String number = each.text("number");
      if (number != null && !typed.contains(number)) {
        typed.add(number);
      }
    }
    return typed.stream().map(number -> new Phone(Phone.Type.MOBILE, number, null)).toList();
  }

  private static Map<String, String> extras(
      Entry resource, Entry client, boolean couple, @Nullable Entry billing) {
    Map<String, String> extras = new HashMap<>();
    put(extras, "status", client.text("status"));
    put(extras, "middle_name", client.text("middleName"));
    put(extras, "hashed_id", client.text("hashedId"));
    put(extras, "clinician_id", Loaded.linked(resource, "clinician"));
    put(extras, "in_active_treatment", flag(client, "inActiveTreatment"));
    put(extras, "is_minor", flag(client, "isMinor"));
    extras.put("couple", Boolean.toString(couple));
    if (billing != null) {
      put(extras, "total_paid", amount(billing, "totalPaid"));
      put(extras, "balance_due", amount(billing, "balanceDue"));
      put(extras, "credit", amount(billing, "unallocatedPaymentAmount"));
    }
    return extras;
  }

  private static void put(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }

  private static @Nullable String flag(Entry entry, String member) {
    Boolean flag = entry.flag(member);
    return flag == null ? null : flag.toString();
  }

  /** Money is text in some places and a number in others. */
  private static @Nullable String amount(Entry entry, String member) {
    BigDecimal amount = entry.decimal(member);
    return amount == null ? null : amount.toPlainString();
  }

  /**
   * Whether an entry of the calendar is a client's appointment: breaks, blocks and those of other
   * calendars are not. What cannot be told apart is taken, to be rejected.
   */
  static boolean isAppointment(Entry resource) {
    if (!resource.json().isObject()) {
      return true;
    }
    String type = resource.json().path("type").asText("appointments");
    String thisType = resource.json().path("attributes").path("thisType").asText("Appointment");
    return type.equals("appointments") && thisType.equals("Appointment");
  }

  /**
   * An appointment as it stands at a moment: the vendor shows those ahead as attended already, so
   * that one becomes so only when it has ended.
   */
  static Appointment appointment(Entry resource, Instant now) {
    Entry visit = Loaded.attributes(resource);
    Instant start = visit.requireInstant("startTime");
    Instant end = end(visit, start);
    String word = visit.text("attendanceStatus");
    Appointment.Status status = status(word, end == null ? start : end, now);
    List<Entry> codes = visit.each("cptCodes");
    Entry code = codes.isEmpty() ? null : codes.getFirst();
    String site = Loaded.linked(resource, "office");
    String clinician = Loaded.linked(resource, "clinician");
    String id = resource.requireText("id");
    return new Appointment(
        EmrRef.appointment(id),
        null,
        null,
        ref(RecordKind.PATIENT, Loaded.linked(resource, "client")),
        ref(RecordKind.PRACTITIONER, clinician == null ? visit.text("clinicianId") : clinician),
        ref(RecordKind.TREATMENT, code == null ? null : code.text("id")),
        ref(RecordKind.SITE, site == null ? visit.text("officeId") : site),
        null,
        start,
        end,
        status,
        null,
        null,
        status == Appointment.Status.CANCELLED ? reason(word) : null,
        null,
        null,
        null,
        null,
        extras(visit, code, word),
        source(resource, visit, codes, id));
  }

  private static String source(Entry resource, Entry visit, List<Entry> codes, String id) {
    ObjectNode kept = visit.trimmed(APPOINTMENT).put("id", id);
    ArrayNode billed = kept.putArray("cptCodes");
    codes.forEach(each -> billed.add(each.trimmed(CODE)));
    return resource.storable(kept);
  }

  private static Map<String, String> extras(
      Entry visit, @Nullable Entry code, @Nullable String word) {
    Map<String, String> extras = new HashMap<>();
    put(extras, "attendance_status", word);
    put(extras, "office_name", visit.text("officeName"));
    put(extras, "confirmation", visit.text("clientConfirmationStatus"));
    put(extras, "recurring", flag(visit, "isRecurring"));
    put(extras, "minutes", visit.text("duration"));
    if (code != null) {
      String description = code.text("description");
      put(extras, "service_code", code.text("code"));
      put(extras, "service_name", description == null ? code.text("code") : description);
    }
    return extras;
  }

  private static @Nullable EmrRef ref(RecordKind kind, @Nullable String id) {
    return id == null ? null : EmrRef.of(kind, id);
  }

  static @Nullable Instant end(Entry visit, Instant start) {
    Instant end = visit.instant("endTime");
    Integer minutes = visit.integer("duration");
    if (end == null && minutes != null && minutes > 0) {
      end = start.plus(Duration.ofMinutes(minutes));
    }
    return end != null && end.isAfter(start) ? end : null;
  }

  /** Five words; newer help pages write "Canceled". */
  static Appointment.Status status(@Nullable String word, Instant end, Instant now) {
    return switch (plain(word)) {
      case "show" -> end.isAfter(now) ? Appointment.Status.BOOKED : Appointment.Status.ARRIVED;
      case "no show" -> Appointment.Status.NO_SHOW;
      case "cancelled", "late cancelled", "clinician cancelled" -> Appointment.Status.CANCELLED;
      default -> Appointment.Status.UNKNOWN;
    };
  }

  static String plain(@Nullable String word) {
    return word == null ? "" : word.toLowerCase(Locale.ROOT).replace("canceled", "cancelled");
  }

  /** Why, as far as the word says it. */
  private static @Nullable String reason(@Nullable String word) {
    return Optional.of(plain(word))
        .map(
            plain ->
                switch (plain) {
                  case "late cancelled" -> "Late cancelled";
                  case "clinician cancelled" -> "Clinician cancelled";
                  default -> "";
                })
        .filter(reason -> !reason.isEmpty())
        .orElse(null);
  }
}
