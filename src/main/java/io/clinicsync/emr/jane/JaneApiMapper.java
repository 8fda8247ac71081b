package io.clinicsync.emr.jane;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Phone;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns what the Developer Platform sends into records. */
final class JaneApiMapper {

  private static final List<String> PATIENT_SOURCE =
      List.of(
          "id",
          "first_name",
          "middle_name",
          "last_name",
          "prefix",
          "preferred_name",
          "sex",
          "gender",
          "pronouns",
          "date_of_birth",
          "guardian_name",
          "patient_since",
          "patient_number",
          "email",
          "send_marketing_emails",
          "do_not_email",
          "status",
          "phone_numbers",
          "street_address",
          "street_address_2",
          "city",
          "province",
          "postal",
          "country");
  private static final List<String> PATIENT_EXTRAS =
      List.of(
          "middle_name",
          "street_address",
          "pronouns",
          "guardian_name",
          "patient_number",
          "status",
          "street_address_2");
  private static final List<String> APPOINTMENT_SOURCE =
      List.of(
          "id",
          "start_at",
          "end_at",
          "staff_member_id",
          "patient_id",
          "location_id",
          "treatment_id",
          "first_visit",
          "booked_at",
          "cancelled_at",
          "cancelled_reason",
          "no_show_at",
          "arrived_at",
          "checked_in_at",
          "archived_at",
          "state");
  private static final List<String> APPOINTMENT_EXTRAS =
      List.of(
          "state",
          "first_visit",
          "booked_at",
          "arrived_at",
          "checked_in_at",
          "no_show_at",
          "staff_member_id",
          "treatment_id",
          "location_id");

  private JaneApiMapper() {}

  static Patient patient(Entry entry) {
    String status = entry.requireText("status");
    Instant changedAt = entry.requireInstant("updated_at");
    Boolean quiet = entry.flag("do_not_email");
    String gender = entry.text("gender");
    Map<String, String> extras = extras(entry, PATIENT_EXTRAS);
    // The web's public_id is the API's id: the field map knows both ways by one name.
    extras.put("public_id", entry.requireText("id"));
    putIfThere(extras, "member_since", entry.text("patient_since"));
    putIfThere(extras, "marketing_emails", entry.text("send_marketing_emails"));
    putIfThere(extras, "do_not_email", entry.text("do_not_email"));
    phones(entry).stream()
        .filter(phone -> phone.type() == Phone.Type.FAX)
        .findFirst()
        .ifPresent(fax -> extras.put("fax_phone", fax.raw()));
    return new Patient(
        EmrRef.patient(entry.requireText("id")),
        changedAt,
        status.equals("archived") ? changedAt : null,
        entry.instant("created_at"),
        new Patient.Name(
            entry.text("prefix"),
            entry.text("first_name"),
            entry.text("last_name"),
            entry.text("preferred_name")),
        entry.date("date_of_birth"),
        gender == null ? entry.text("sex") : gender,
        entry.text("email"),
        phones(entry),
        address(entry),
        new Patient.Consent(
            entry.flag("send_marketing_emails"), null, quiet == null ? null : !quiet, null, null),
        new Patient.Standing(status.equals("deceased"), status.equals("discharged"), false, false),
        null,
        null,
        extras,
        entry.storable(entry.trimmed(PATIENT_SOURCE)));
  }

  static Map<String, String> extras(Entry entry, List<String> members) {
    Map<String, String> extras = new TreeMap<>();
    members.forEach(member -> putIfThere(extras, member, entry.text(member)));
    return extras;
  }

  static void putIfThere(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }

  static Patient.Address address(Entry entry) {
    return new Patient.Address(
        entry.text("street_address"),
        entry.text("street_address_2"),
        entry.text("city"),
        entry.text("province"),
        entry.text("postal"),
        entry.text("country"));
  }

  private static List<Phone> phones(Entry entry) {
    List<Phone> phones = new ArrayList<>();
    for (Entry each : entry.each("phone_numbers")) {
      String number = each.text("number");
      if (number != null) {
        phones.add(new Phone(type(each.text("type")), number, null));
      }
    }
    return phones;
  }

  private static Phone.Type type(@Nullable String word) {
    return switch (word) {
      case "mobile" -> Phone.Type.MOBILE;
      case "home" -> Phone.Type.HOME;
      case "work" -> Phone.Type.WORK;
      case "fax" -> Phone.Type.FAX;
      case null, default -> Phone.Type.OTHER;
    };
  }

  static Appointment appointment(Entry entry) {
    Appointment.Status status = JaneState.of(entry);
    Instant changedAt = entry.requireInstant("updated_at");
    Instant archivedAt = entry.instant("archived_at");
    boolean archived = "archived".equals(entry.text("state"));
    return new Appointment(
        EmrRef.appointment(entry.requireText("id")),
        changedAt,
        archived && archivedAt == null ? changedAt : archivedAt,
        pointed(entry, "patient_id", RecordKind.PATIENT),
        pointed(entry, "staff_member_id", RecordKind.PRACTITIONER),
        pointed(entry, "treatment_id", RecordKind.TREATMENT),
        pointed(entry, "location_id", RecordKind.SITE),
        null,
        entry.requireInstant("start_at"),
        entry.instant("end_at"),
        status,
        entry.instant("booked_at"),
        status == Appointment.Status.CANCELLED ? entry.instant("cancelled_at") : null,
        entry.text("cancelled_reason"),
        null,
        null,
        null,
        null,
        extras(entry, APPOINTMENT_EXTRAS),
        entry.storable(entry.trimmed(APPOINTMENT_SOURCE)));
  }

  static @Nullable EmrRef pointed(Entry entry, String member, RecordKind kind) {
    String id = entry.text(member);
    return id == null ? null : EmrRef.of(kind, id);
  }
}
