package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Phone;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns what v2 says of people and their appointments into records. */
final class NookalMapper {

  /** Treatments of classes are numbered apart from those of one patient. */
  static final String CLASS = "class-";

  private static final List<String> PATIENT_SOURCE =
      List.of(
          "ID",
          "Title",
          "FirstName",
          "MiddleName",
          "LastName",
          "Nickname",
          "DOB",
          "Gender",
          "Email",
          "Mobile",
          "Home",
          "Work",
          "Fax",
          "Addr1",
          "Addr2",
          "Addr3",
          "City",
          "State",
          "Country",
          "Postcode",
          "LocationID",
          "category",
          "active",
          "deceased",
          "allowOnlineBookings",
          "DateCreated",
          "DateModified");
  private static final List<String> APPOINTMENT_SOURCE =
      List.of(
          "ID",
          "patientID",
          "practitionerID",
          "locationID",
          "appointmentType",
          "appointmentTypeID",
          "appointmentDate",
          "appointmentStartTime",
          "appointmentEndTime",
          "TimeZone",
          "appointmentStartDateTimeUTC",
          "appointmentEndDateTimeUTC",
          "arrived",
          "DNA",
          "cancelled",
          "cancellationDate",
          "status",
          "invoiceGenerated",
          "emailReminderSent",
          "dateCreated",
          "lastModified");

  private NookalMapper() {}

  static Patient patient(Entry entry) {
    Instant changedAt = NookalTimes.stamp(entry, NookalPatients.CHANGED);
    Instant createdAt = NookalTimes.stamp(entry, "DateCreated");
    // Where nothing is said the patient is an active one (one live report, 2026).
    boolean active = !Boolean.FALSE.equals(entry.flag("active"));
    Map<String, String> extras = new TreeMap<>();
    putIfThere(extras, "middle_name", entry.text("MiddleName"));
    putIfThere(extras, "category", entry.text("category"));
    return new Patient(
        EmrRef.patient(id(entry, "ID")),
        changedAt,
        active ? null : changedAt == null ? createdAt : changedAt,
        createdAt,
        new Patient.Name(
            entry.text("Title"),
            entry.text("FirstName"),
            entry.text("LastName"),
            entry.text("Nickname")),
        NookalTimes.date(entry, "DOB"),
        gender(entry.text("Gender")),
        entry.text("Email"),
        phones(entry),
        address(entry),
        // What the member "consent" means is not known.
        new Patient.Consent(null, null, null, null, null),
        new Patient.Standing(Boolean.TRUE.equals(entry.flag("deceased")), false, false, false),
        null,
        null,
        extras,
        entry.storable(entry.trimmed(PATIENT_SOURCE)));
  }

  private static @Nullable String gender(@Nullable String word) {
    return switch (word) {
      case "M" -> "Male";
      case "F" -> "Female";
      case null, default -> word;
    };
  }

  private static List<Phone> phones(Entry entry) {
    List<Phone> phones = new ArrayList<>();
    add(phones, Phone.Type.MOBILE, entry.text("Mobile"));
    add(phones, Phone.Type.HOME, entry.text("Home"));
    add(phones, Phone.Type.WORK, entry.text("Work"));
    add(phones, Phone.Type.FAX, entry.text("Fax"));
    return phones;
  }

  private static void add(List<Phone> phones, Phone.Type type, @Nullable String number) {
    if (number != null) {
      phones.add(new Phone(type, number, null));
    }
  }

  private static Patient.Address address(Entry entry) {
    return new Patient.Address(
        either(entry, "Addr1", "Postal_Addr1"),
        either(entry, "Addr2", "Postal_Addr2"),
        either(entry, "City", "Postal_City"),
        either(entry, "State", "Postal_State"),
        either(entry, "Postcode", "Postal_Postcode"),
        either(entry, "Country", "Postal_Country"));
  }

  private static @Nullable String either(Entry entry, String member, String other) {
    String text = entry.text(member);
    return text == null ? entry.text(other) : text;
  }

  static void putIfThere(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }

  static String id(Entry entry, String member) {
    String id = entry.requireText(member);
    if (id.length() > 100) {
      throw UnreadableEntry.poison(member + " is too long for an id");
    }
    return id;
  }

  /** What a member points to; Nookal writes 0 where it points to nothing. */
  static @Nullable EmrRef pointed(Entry entry, String member, RecordKind kind, String prefix) {
    String id = entry.text(member);
    return id == null || id.equals("0") ? null : EmrRef.of(kind, prefix + id(entry, member));
  }

  /** Whether an entry of the list of appointments is a place in a class, which is read there. */
  static boolean isClass(Entry entry) {
    return entry.json().path("appointmentType").asText("").equals("Class");
  }

  /**
   * An appointment of one patient. The two UTC members are preferred; without them date and time
   * are those of the place (seen 2026-06).
   *
   * @param now the vendor's clock: a bill written before the visit does not say that it took place
   */
  static Appointment appointment(Entry entry, ZoneId zone, Instant now) {
    ZoneId local = NookalTimes.zone(entry, "TimeZone", zone);
    Instant start = NookalTimes.stamp(entry, "appointmentStartDateTimeUTC");
    Instant end = NookalTimes.stamp(entry, "appointmentEndDateTimeUTC");
    if (start == null) {
      start = NookalTimes.local(entry, "appointmentDate", "appointmentStartTime", local);
    }
    if (end == null) {
      end = NookalTimes.local(entry, "appointmentDate", "appointmentEndTime", local);
    }
    if (start == null) {
      throw UnreadableEntry.shape("appointmentDate is missing");
    }
    Appointment.Status status = NookalStatus.of(entry, end == null ? start : end, now);
    return new Appointment(
        EmrRef.appointment(id(entry, "ID")),
        NookalTimes.stamp(entry, "lastModified"),
        null,
        pointed(entry, "patientID", RecordKind.PATIENT, ""),
        pointed(entry, "practitionerID", RecordKind.PRACTITIONER, ""),
        pointed(entry, "appointmentTypeID", RecordKind.TREATMENT, ""),
        pointed(entry, "locationID", RecordKind.SITE, ""),
        null,
        start,
        end != null && end.isAfter(start) ? end : null,
        status,
        NookalTimes.stamp(entry, "dateCreated"),
        cancelledAt(entry, status),
        null,
        null,
        null,
        null,
        null,
        outcome(status, start),
        entry.storable(entry.trimmed(APPOINTMENT_SOURCE)));
  }

  static @Nullable Instant cancelledAt(Entry entry, Appointment.Status status) {
    return status == Appointment.Status.CANCELLED
        ? NookalTimes.stamp(entry, "cancellationDate")
        : null;
  }

  /** Nookal notes no moment of arrival; its start stands for the visit. */
  static Map<String, String> outcome(Appointment.Status status, Instant start) {
    return switch (status) {
      case ARRIVED -> Map.of("arrived", start.toString());
      case NO_SHOW -> Map.of("dna", start.toString());
      case BOOKED, CONFIRMED, CANCELLED, HELD, NEVER_BOOKED, UNKNOWN -> Map.of();
    };
  }
}
