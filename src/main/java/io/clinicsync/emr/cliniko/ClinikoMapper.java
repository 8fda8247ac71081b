package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Cliniko's rows in our words. What is not listed here, clinical notes above all, is not kept. */
final class ClinikoMapper {

  /**
   * Marks the id of a participant of a class, since Cliniko counts bookings and attendees apart.
   */
  static final String ATTENDEE = "attendee-";

  private static final List<String> PATIENT_MEMBERS =
      List.of(
          "id",
          "first_name",
          "last_name",
          "preferred_first_name",
          "title",
          "label",
          "email",
          "date_of_birth",
          "sex",
          "gender",
          "gender_identity",
          "address_1",
          "address_2",
          "address_3",
          "city",
          "state",
          "post_code",
          "country",
          "country_code",
          "time_zone",
          "patient_phone_numbers",
          "accepted_email_marketing",
          "accepted_sms_marketing",
          "accepted_privacy_policy",
          "receives_confirmation_emails",
          "reminder_type",
          "referral_source",
          "archived_at",
          "deleted_at",
          "merged_at",
          "created_at",
          "updated_at");
  private static final List<String> PATIENT_REFERENCES = List.of("merged_with_patient");
  private static final List<String> BOOKING_MEMBERS =
      List.of(
          "id",
          "starts_at",
          "ends_at",
          "patient_arrived",
          "did_not_arrive",
          "cancelled_at",
          "cancellation_reason",
          "cancellation_reason_description",
          "max_attendees",
          "archived_at",
          "deleted_at",
          "created_at",
          "updated_at");
  private static final List<String> BOOKING_REFERENCES =
      List.of("patient", "practitioner", "business", "appointment_type", "repeated_from");
  private static final List<String> ATTENDEE_MEMBERS =
      List.of(
          "id",
          "arrived",
          "cancelled_at",
          "cancellation_reason",
          "cancellation_reason_description",
          "archived_at",
          "deleted_at",
          "created_at",
          "updated_at");
  private static final List<String> ATTENDEE_REFERENCES = List.of("patient", "booking");
  private static final List<String> INVOICE_MEMBERS =
      List.of(
          "id",
          "number",
          "issue_date",
          "status",
          "status_description",
          "total_amount",
          "net_amount",
          "tax_amount",
          "discounted_amount",
          "closed_at",
          "archived_at",
          "deleted_at",
          "created_at",
          "updated_at");
  private static final List<String> INVOICE_REFERENCES =
      List.of("patient", "practitioner", "business", "appointment");

  /** Labels of cancellation codes; 31 is no longer sent but still read. */
  private static final Map<Integer, String> CANCELLATION_REASONS =
      Map.of(
          10, "Feeling better",
          20, "Condition worse",
          30, "Sick",
          31, "COVID-19 related",
          40, "Away",
          50, "Other",
          60, "Work");

  private ClinikoMapper() {}

  static Patient patient(ClinikoEntry row) {
    String source = row.storable(row.trimmed(PATIENT_MEMBERS, PATIENT_REFERENCES));
    String survivor = row.reference("merged_with_patient");
    Map<String, String> extras = new LinkedHashMap<>();
    put(extras, "reminderType", row.text("reminder_type"));
    put(extras, "timeZone", row.text("time_zone"));
    return new Patient(
        EmrRef.patient(row.requireId()),
        row.requireInstant("updated_at"),
        first(row.instant("merged_at"), row.instant("deleted_at"), row.instant("archived_at")),
        row.instant("created_at"),
        new Patient.Name(
            row.text("title"),
            row.text("first_name"),
            row.text("last_name"),
            row.text("preferred_first_name")),
        row.date("date_of_birth"),
        first(row.text("gender_identity"), row.text("sex"), row.text("gender")),
        row.text("email"),
        phones(row),
        new Patient.Address(
            row.text("address_1"),
            joined(row.text("address_2"), row.text("address_3")),
            row.text("city"),
            row.text("state"),
            row.text("post_code"),
            first(row.text("country_code"), row.text("country"))),
        new Patient.Consent(
            row.flag("accepted_email_marketing"),
            row.flag("accepted_sms_marketing"),
            row.flag("receives_confirmation_emails"),
            null,
            row.flag("accepted_privacy_policy")),
        Patient.Standing.ORDINARY,
        survivor == null ? null : EmrRef.patient(survivor),
        row.text("referral_source"),
        extras,
        source);
  }

  private static List<Patient.Phone> phones(ClinikoEntry row) {
    List<Patient.Phone> phones = new ArrayList<>();
    for (JsonNode phone : row.json().path("patient_phone_numbers")) {
      String raw = phone.path("number").asText("").strip();
      String digits = phone.path("normalized_number").asText("").strip();
      if (!raw.isEmpty()) {
        phones.add(
            new Patient.Phone(
                phoneType(phone.path("phone_type").asText("")),
                raw,
                digits.matches("\\d{5,18}") ? digits : null));
      }
    }
    return phones;
  }

  private static Patient.Phone.Type phoneType(String word) {
    return switch (word) {
      case "Mobile" -> Patient.Phone.Type.MOBILE;
      case "Home" -> Patient.Phone.Type.HOME;
      case "Work" -> Patient.Phone.Type.WORK;
      case "Fax" -> Patient.Phone.Type.FAX;
      default -> Patient.Phone.Type.OTHER;
    };
  }

  /**
   * An individual appointment.
   *
   * @param attendee its participant row where that changed on its own; it knows best whether the
   *     patient came
   */
  static Appointment individual(ClinikoEntry row, @Nullable ClinikoEntry attendee) {
    String source = row.storable(row.trimmed(BOOKING_MEMBERS, BOOKING_REFERENCES));
    Instant changedAt = row.requireInstant("updated_at");
    if (attendee != null) {
      changedAt = later(changedAt, attendee.requireInstant("updated_at"));
    }
    return appointment(
        EmrRef.appointment(row.requireId()),
        row,
        row,
        changedAt,
        individualStatus(row, attendee),
        null,
        source);
  }

  private static Appointment.Status individualStatus(
      ClinikoEntry row, @Nullable ClinikoEntry attendee) {
    if (row.has("cancelled_at")) {
      return Appointment.Status.CANCELLED;
    }
    if (attendee != null && attendee.has("arrived")) {
      return arrival(attendee);
    }
    Boolean came = row.flag("patient_arrived");
    Boolean missed = row.flag("did_not_arrive");
    boolean cameIs = Boolean.TRUE.equals(came);
    boolean missedIs = Boolean.TRUE.equals(missed);
    if (row.oddFlag("patient_arrived") || row.oddFlag("did_not_arrive") || (cameIs && missedIs)) {
      return Appointment.Status.UNKNOWN;
    }
    if (cameIs) {
      return Appointment.Status.ARRIVED;
    }
    return missedIs ? Appointment.Status.NO_SHOW : Appointment.Status.BOOKED;
  }

  /** One participant of a class. */
  static Appointment participant(ClinikoEntry attendee, ClinikoEntry group) {
    ObjectNode kept = group.trimmed(BOOKING_MEMBERS, BOOKING_REFERENCES);
    kept.set("attendee", attendee.trimmed(ATTENDEE_MEMBERS, ATTENDEE_REFERENCES));
    String source = attendee.storable(kept);
    return appointment(
        EmrRef.appointment(ATTENDEE + attendee.requireId()),
        attendee,
        group,
        later(attendee.requireInstant("updated_at"), group.requireInstant("updated_at")),
        attendee.has("cancelled_at") ? Appointment.Status.CANCELLED : arrival(attendee),
        group.requireId(),
        source);
  }

  private static Appointment.Status arrival(ClinikoEntry attendee) {
    if (attendee.oddFlag("arrived")) {
      return Appointment.Status.UNKNOWN;
    }
    Boolean arrived = attendee.flag("arrived");
    if (arrived == null) {
      return Appointment.Status.BOOKED;
    }
    return arrived ? Appointment.Status.ARRIVED : Appointment.Status.NO_SHOW;
  }

  /**
   * {@code person} is the row that says who and whether, {@code slot} the row that says when, where
   * and what.
   */
  private static Appointment appointment(
      EmrRef ref,
      ClinikoEntry person,
      ClinikoEntry slot,
      Instant changedAt,
      Appointment.Status status,
      @Nullable String booking,
      String source) {
    Integer code = person.integer("cancellation_reason");
    boolean cancelled = status == Appointment.Status.CANCELLED;
    Map<String, String> extras = new LinkedHashMap<>();
    put(extras, "cancellationCode", code == null ? null : code.toString());
    return new Appointment(
        ref,
        changedAt,
        first(
            person.instant("deleted_at"),
            person.instant("archived_at"),
            slot.instant("deleted_at"),
            slot.instant("archived_at")),
        reference(person, "patient", RecordKind.PATIENT),
        reference(slot, "practitioner", RecordKind.PRACTITIONER),
        reference(slot, "appointment_type", RecordKind.TREATMENT),
        reference(slot, "business", RecordKind.SITE),
        null,
        slot.requireInstant("starts_at"),
        slot.instant("ends_at"),
        status,
        person.instant("created_at"),
        cancelled ? person.instant("cancelled_at") : null,
        cancelled ? reason(code, person.text("cancellation_reason_description")) : null,
        null,
        booking,
        null,
        null,
        extras,
        source);
  }

  private static @Nullable String reason(@Nullable Integer code, @Nullable String description) {
    String label = code == null ? null : CANCELLATION_REASONS.get(code);
    return label == null ? description : label;
  }

  static Invoice invoice(ClinikoEntry row, String currency) {
    String source = row.storable(row.trimmed(INVOICE_MEMBERS, INVOICE_REFERENCES));
    Invoice.Status status = invoiceStatus(row.integer("status"));
    BigDecimal total = row.decimal("total_amount");
    if (total == null) {
      throw UnreadableEntry.shape("total_amount is missing");
    }
    BigDecimal tax = row.decimal("tax_amount");
    boolean nothingOwed = status == Invoice.Status.PAID || status == Invoice.Status.CLOSED;
    return new Invoice(
        EmrRef.of(RecordKind.INVOICE, row.requireId()),
        row.requireInstant("updated_at"),
        first(row.instant("deleted_at"), row.instant("archived_at")),
        reference(row, "patient", RecordKind.PATIENT),
        reference(row, "practitioner", RecordKind.PRACTITIONER),
        reference(row, "appointment", RecordKind.APPOINTMENT),
        row.text("number"),
        row.date("issue_date"),
        status,
        new Money(total, currency),
        tax == null ? null : new Money(tax, currency),
        // Part payments do not show, so what is owed is known only where nothing is.
        nothingOwed ? new Money(BigDecimal.ZERO, currency) : null,
        null,
        null,
        null,
        nothingOwed ? row.instant("closed_at") : null,
        Map.of(),
        source);
  }

  private static Invoice.Status invoiceStatus(@Nullable Integer code) {
    return switch (code) {
      case 10 -> Invoice.Status.OPEN;
      case 20 -> Invoice.Status.PAID;
      case 30 -> Invoice.Status.CLOSED;
      case 40 -> Invoice.Status.CREDIT;
      case null, default -> Invoice.Status.UNKNOWN;
    };
  }

  private static @Nullable EmrRef reference(ClinikoEntry row, String member, RecordKind kind) {
    String id = row.reference(member);
    return id == null ? null : EmrRef.of(kind, id);
  }

  private static void put(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }

  private static @Nullable String joined(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) {
      return first(one, other);
    }
    return one + ", " + other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  @SafeVarargs
  static <T> @Nullable T first(@Nullable T... values) {
    for (T value : values) {
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  static String named(@Nullable String... candidates) {
    return Objects.requireNonNullElse(first(candidates), "?");
  }
}
