package io.clinicsync.sandbox.ghl;

import io.clinicsync.sandbox.server.JsonOut;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the workflow action "Webhook" sends for an appointment: everything of the contact at the
 * root, times as wall clock without offset, the true status under its misspelt name, no signature.
 */
final class GhlWorkflows {

  private static final DateTimeFormatter WALL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss");

  private GhlWorkflows() {}

  static String payload(
      GhlLocation location,
      Contact contact,
      GhlCalendars.Shown appointment,
      Map<String, ?> customData) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("contact_id", contact.id());
    put(body, "first_name", contact.text("firstName"));
    put(body, "last_name", contact.text("lastName"));
    body.put("full_name", contact.fullName());
    put(body, "email", contact.text("email"));
    put(body, "phone", contact.text("phone"));
    body.put("tags", String.join(",", contact.tags()));
    put(body, "country", contact.text("country"));
    put(body, "timezone", contact.text("timezone"));
    body.put("date_created", Contact.millis(contact.dateAdded()));
    body.put("contact_type", "lead");
    contact.custom().forEach((field, value) -> body.put(location.label(field), value));
    body.put("location", Map.of("id", location.id(), "name", location.name()));
    body.put(
        "workflow", Map.of("id", GhlIds.named("workflow/" + location.name()), "name", "Bridge"));
    body.put("user", Map.of());
    body.put("triggerData", Map.of());
    body.put("contact", Map.of("attributionSource", Map.of("sessionSource", "CRM UI")));
    body.put("attributionSource", Map.of());
    body.put("customData", customData);
    body.put("calendar", calendar(appointment, location.zone()));
    return JsonOut.of(body);
  }

  private static Map<String, Object> calendar(GhlCalendars.Shown appointment, ZoneId zone) {
    Map<String, Object> calendar = new LinkedHashMap<>();
    calendar.put("id", appointment.calendarId());
    calendar.put("calendarName", "Bookings");
    calendar.put("title", appointment.title());
    calendar.put("selectedTimezone", zone.getId());
    calendar.put("appointmentId", appointment.id());
    calendar.put("startTime", WALL.format(appointment.start().atZone(zone)));
    calendar.put("endTime", WALL.format(appointment.end().atZone(zone)));
    // Whatever became of it, this one stays "booked".
    calendar.put("status", "booked");
    calendar.put("appoinmentStatus", appointment.status());
    calendar.put("address", "");
    calendar.put("notes", "");
    calendar.put("date_created", Contact.millis(appointment.added()));
    calendar.put("created_by", "");
    calendar.put("created_by_meta", Map.of("source", "booking_widget", "channel", "web_app"));
    calendar.put("last_updated_by_meta", Map.of("source", "booking_widget", "channel", "web_app"));
    return calendar;
  }

  /** Empty ones are often left out. */
  private static void put(Map<String, Object> body, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      body.put(name, value);
    }
  }
}
