package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Rows as v2 knows them. Every scalar is text; times are kept as instants under an underscore. */
final class NookalShapes {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final List<String> PATIENT_BLANKS =
      List.of(
          "Title",
          "MiddleName",
          "Nickname",
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
          "Postal_City",
          "category",
          "Occupation",
          "Notes",
          "Alerts");

  private NookalShapes() {}

  static String clock(ZonedDateTime at) {
    return TIME.format(at);
  }

  static ObjectNode patient(NookalAccount account, String location, Instant created) {
    String id = account.newId();
    ObjectNode row = NookalAccount.JSON.createObjectNode().put("ID", id);
    row.put("FirstName", "").put("LastName", "").put("DOB", "0000-00-00");
    PATIENT_BLANKS.forEach(member -> row.put(member, ""));
    row.put("LocationID", location).put("consent", "1").put("active", "1").put("deceased", "0");
    row.put("allowOnlineBookings", "1").put("onlineQuickCode", "Q" + id);
    row.putArray("extras");
    return row.put("_created", created.toString()).put("_modified", created.toString());
  }

  /** An appointment of one patient; its times are {@link #timed} separately. */
  static ObjectNode appointment(
      NookalAccount account, String patient, String practitioner, String location, String service) {
    ObjectNode row = NookalAccount.JSON.createObjectNode().put("ID", account.newId());
    row.put("patientID", patient).put("practitionerID", practitioner).put("locationID", location);
    row.put("appointmentType", "Consultation").put("appointmentTypeID", service);
    row.put("arrived", "0").put("DNA", "0").put("cancelled", "0").putNull("cancellationDate");
    row.putNull("status").put("invoiceGenerated", "0").put("emailReminderSent", "0");
    row.put("Notes", "");
    String now = account.state().second().toString();
    return row.put("_created", now).put("_modified", now);
  }

  static void timed(NookalAccount account, ObjectNode row, Instant start, Instant end) {
    ZoneId zone = account.zoneAt(row.path("locationID").asText());
    ZonedDateTime from = start.atZone(zone);
    row.put("appointmentDate", from.toLocalDate().toString());
    row.put("appointmentStartTime", TIME.format(from));
    row.put("appointmentEndTime", TIME.format(end.atZone(zone)));
    row.put("TimeZone", zone.getId()).put("_start", start.toString()).put("_end", end.toString());
  }

  static ObjectNode session(
      NookalAccount account,
      JsonNode type,
      String practitioner,
      String location,
      Instant start,
      Instant end) {
    ZoneId zone = account.zoneAt(location);
    ObjectNode row = NookalAccount.JSON.createObjectNode().put("ID", account.newId());
    row.put("classID", type.path("ID").asText()).put("className", type.path("Name").asText());
    row.put("locationID", location).put("practitionerID", practitioner);
    row.put("classDate", start.atZone(zone).toLocalDate().toString());
    row.put("classStartTime", TIME.format(start.atZone(zone)));
    row.put("classEndTime", TIME.format(end.atZone(zone))).put("TimeZone", zone.getId());
    row.put("cancelled", "0").put("maxParticipants", type.path("_seats").asText());
    row.put("_start", start.toString()).put("_end", end.toString());
    String now = account.state().second().toString();
    return row.put("_created", now).put("_modified", now);
  }

  static ObjectNode participant(NookalAccount account, String session, String patient) {
    ObjectNode row = NookalAccount.JSON.createObjectNode().put("patientID", patient);
    row.put("caseID", "0").put("arrived", "0").put("DNA", "0").put("cancelled", "0");
    row.putNull("cancellationDate").put("invoiceGenerated", "0");
    row.put("_id", account.newId()).put("_session", session);
    String now = account.state().second().toString();
    return row.put("_created", now).put("_modified", now);
  }

  static String participantKey(String session, String patient) {
    return session + "-" + patient;
  }

  /** A row without what is the simulator's own. */
  static ObjectNode shown(ObjectNode row) {
    ObjectNode shown = row.objectNode();
    row.properties()
        .forEach(
            member -> {
              if (!member.getKey().startsWith("_")) {
                shown.set(member.getKey(), member.getValue());
              }
            });
    return shown;
  }

  /** A row of a table as v2 shows it, with its stamps. */
  static ObjectNode render(NookalAccount account, String table, ObjectNode row) {
    ObjectNode shown = shown(row);
    switch (table) {
      case "patients" -> stamps(account, row, shown, "DateCreated", "DateModified");
      case "appointments" -> {
        utc(account, row, shown);
        cancellation(account, row, shown);
        stamps(account, row, shown, "dateCreated", "lastModified");
      }
      case "participants" -> {
        cancellation(account, row, shown);
        stamps(account, row, shown, "dateCreated", "lastModified");
      }
      default -> {}
    }
    return shown;
  }

  private static void stamps(
      NookalAccount account, ObjectNode row, ObjectNode shown, String created, String modified) {
    // Raw values set by an edit stay as they are.
    if (!shown.has(created)) {
      shown.put(created, account.stamp(NookalAccount.instant(row, "_created")));
    }
    if (!shown.has(modified)) {
      shown.put(modified, account.stamp(NookalAccount.instant(row, "_modified")));
    }
  }

  private static void cancellation(NookalAccount account, ObjectNode row, ObjectNode shown) {
    if (row.hasNonNull("_cancelled")) {
      shown.put("cancellationDate", account.stamp(NookalAccount.instant(row, "_cancelled")));
    }
  }

  private static void utc(NookalAccount account, ObjectNode row, ObjectNode shown) {
    if (account.switches().utcMembers) {
      shown.put(
          "appointmentStartDateTimeUTC",
          NookalAccount.stampUtc(NookalAccount.instant(row, "_start")));
      shown.put(
          "appointmentEndDateTimeUTC", NookalAccount.stampUtc(NookalAccount.instant(row, "_end")));
    }
  }

  /** A participant as the list of appointments shows it. */
  static ObjectNode asAppointment(NookalAccount account, ObjectNode session, ObjectNode seat) {
    ObjectNode row = NookalAccount.JSON.createObjectNode().put("ID", seat.path("_id").asText());
    row.set("patientID", seat.get("patientID"));
    row.set("practitionerID", session.get("practitionerID"));
    row.set("locationID", session.get("locationID"));
    row.put("appointmentType", "Class");
    row.set("appointmentTypeID", session.get("classID"));
    for (String member : List.of("arrived", "DNA", "cancelled", "invoiceGenerated")) {
      row.set(member, seat.get(member));
    }
    row.putNull("status").put("emailReminderSent", "0").put("Notes", "");
    row.putNull("cancellationDate");
    for (String member : List.of("_created", "_modified", "_cancelled")) {
      if (seat.hasNonNull(member)) {
        row.set(member, seat.get(member));
      }
    }
    timed(
        account,
        row,
        NookalAccount.instant(session, "_start"),
        NookalAccount.instant(session, "_end"));
    return row;
  }
}
