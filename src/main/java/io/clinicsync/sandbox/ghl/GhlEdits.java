package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What users do in GoHighLevel's own screens. Every edit is written to the operation log. */
public final class GhlEdits {

  private final GhlLocation location;
  private final ContactWrites writes;

  GhlEdits(GhlLocation location) {
    this.location = location;
    this.writes = new ContactWrites(location);
  }

  /** Adds a contact by hand; members as in the API. Returns the id. */
  public String createContact(Map<String, ?> members) {
    return location.locked(() -> logged("create contact", writes.create(body(members))).id());
  }

  public void editContact(String id, Map<String, ?> members) {
    location.locked(
        () ->
            logged(
                "edit contact",
                writes.apply(location.contact(id), body(members), ContactWrites.Way.UPDATE)));
  }

  public void deleteContact(String id) {
    location.locked(
        () -> {
          location.contacts().remove(location.contact(id));
          location.logEdit("delete contact", id, null);
          location.tellApp("ContactDelete", Map.of("id", id));
          return true;
        });
  }

  /**
   * Merges the loser into the survivor: the survivor keeps its values and gains what it lacks; the
   * loser is gone.
   */
  public void mergeContacts(String loser, String survivor) {
    location.locked(
        () -> {
          Contact lost = location.contact(loser);
          Contact kept = location.contact(survivor);
          Map<String, Object> props = new LinkedHashMap<>(lost.props());
          props.putAll(kept.props());
          Map<String, Object> custom = new LinkedHashMap<>(lost.custom());
          custom.putAll(kept.custom());
          Set<String> tags = new LinkedHashSet<>(kept.tags());
          tags.addAll(lost.tags());
          location.contacts().remove(lost);
          Contact merged = kept.with(props, custom, tags, location.now());
          location.contacts().put(merged);
          location.logEdit("merge contacts", loser, null);
          location.tellApp("ContactDelete", Map.of("id", loser));
          return logged("merge contacts", merged);
        });
  }

  /**
   * Switches do-not-disturb for one channel (Call, Email, SMS, WhatsApp, GMB, FB); active means do
   * not disturb.
   */
  public void setDnd(String id, String channel, boolean active) {
    Map<String, Object> settings =
        Map.of(
            "dndSettings",
            Map.of(channel, Map.of("status", active ? "active" : "inactive", "message", "user")));
    editContact(id, settings);
    Map<String, Object> told = new LinkedHashMap<>(settings);
    told.put("id", id);
    location.locked(
        () -> {
          location.tellApp("ContactDndUpdate", told);
          return true;
        });
  }

  /** Makes a field and returns its id. */
  public String createField(String name, String dataType, List<String> options) {
    return location.locked(
        () -> location.addField(name, dataType, "contact", null, options, null, null).id());
  }

  /** Deletes a field; its values are gone with it. */
  public void deleteField(String id) {
    location.locked(
        () -> {
          removeField(location, id);
          location.logEdit("delete custom field", id, null);
          return true;
        });
  }

  static void removeField(GhlLocation location, String id) {
    location.fields().remove(id);
    for (Contact contact : List.copyOf(location.contacts().all())) {
      if (contact.custom().containsKey(id)) {
        Map<String, Object> custom = new LinkedHashMap<>(contact.custom());
        custom.remove(id);
        location
            .contacts()
            .put(contact.with(contact.props(), custom, contact.tags(), contact.dateUpdated()));
      }
    }
  }

  /** Renames a field; its key stays. */
  public void renameField(String id, String name) {
    location.locked(
        () -> {
          CustomField field = location.field(id);
          if (field == null) {
            throw new IllegalArgumentException("no such field");
          }
          location
              .fields()
              .put(
                  field.id(),
                  field.renamed(name, field.placeholder(), field.position(), field.options()));
          location.logEdit("rename custom field", id, null);
          return true;
        });
  }

  /** Books in the location's first calendar; returns the appointment's id. */
  public String book(String contact, Instant start, Instant end) {
    return location.locked(
        () -> {
          String answer =
              location
                  .calendars()
                  .create(
                      body(
                          Map.of(
                              "calendarId", location.calendars().first(),
                              "locationId", location.id(),
                              "contactId", contact,
                              "startTime", start.toString(),
                              "endTime", end.toString())));
          String id = id(answer);
          location.logEdit("book appointment", id, null);
          tell("AppointmentCreate", id);
          return id;
        });
  }

  public void moveAppointment(String id, Instant start, Instant end) {
    changeAppointment(
        "move appointment", id, Map.of("startTime", start.toString(), "endTime", end.toString()));
  }

  /**
   * Sets an appointment's status.
   *
   * @param status new, confirmed, cancelled, showed, noshow or invalid
   */
  public void setStatus(String id, String status) {
    changeAppointment("set status of appointment", id, Map.of("appointmentStatus", status));
  }

  private void changeAppointment(String operation, String id, Map<String, ?> members) {
    location.locked(
        () -> {
          location.calendars().update(id, body(members));
          location.logEdit(operation, id, null);
          tell("AppointmentUpdate", id);
          return true;
        });
  }

  private void tell(String type, String appointment) {
    location.tellApp(type, location.webhookMembers(type, appointment));
  }

  /** Removes an appointment for good. */
  public void deleteAppointment(String id) {
    location.locked(
        () -> {
          Map<String, Object> was = location.webhookMembers("AppointmentDelete", id);
          location.calendars().delete(id);
          location.tellApp("AppointmentDelete", was);
          location.logEdit("delete appointment", id, null);
          return true;
        });
  }

  /** Blocks a time of the location's first calendar; returns the block's id. */
  public String block(String title, Instant start, Instant end) {
    return location.locked(
        () -> {
          String id =
              id(
                  location
                      .calendars()
                      .blocks()
                      .write(
                          null,
                          body(
                              Map.of(
                                  "calendarId", location.calendars().first(),
                                  "locationId", location.id(),
                                  "title", title,
                                  "startTime", start.toString(),
                                  "endTime", end.toString()))));
          location.logEdit("block time", id, null);
          return id;
        });
  }

  /** Takes a blocked time away. */
  public void unblock(String id) {
    location.locked(
        () -> {
          location.calendars().blocks().delete(id);
          location.logEdit("unblock time", id, null);
          return true;
        });
  }

  /** A blocked time as the calendar page shows it. */
  public record Blocked(String id, String title, Instant start, Instant end) {}

  /** Every blocked time, earliest first. */
  public List<Blocked> blocks() {
    return location.locked(
        () ->
            location.calendars().blocks().all().stream()
                .map(each -> new Blocked(each.id(), each.title(), each.start(), each.end()))
                .sorted(java.util.Comparator.comparing(Blocked::start))
                .toList());
  }

  /** An appointment as the calendar page shows it. */
  public record Booked(
      String id, String contactId, String contact, String status, Instant start, Instant end) {}

  /** Every appointment, latest start first. */
  public List<Booked> appointments() {
    return location.locked(
        () ->
            location.calendars().ids().stream()
                .map(location.calendars()::shown)
                .map(
                    each ->
                        new Booked(
                            each.id(),
                            each.contactId(),
                            name(each.contactId()),
                            each.status(),
                            each.start(),
                            each.end()))
                .sorted(java.util.Comparator.comparing(Booked::start).reversed())
                .toList());
  }

  /** A contact's name; its id once it is gone. */
  public String name(String contactId) {
    return location.locked(
        () -> {
          Contact contact = location.contacts().get(contactId);
          return contact == null ? contactId : contact.fullName();
        });
  }

  /** What the workflow action "Webhook" sends about an appointment at this moment. */
  public String workflowPayload(String appointment, Map<String, ?> customData) {
    return location.locked(
        () -> {
          GhlCalendars.Shown shown = location.calendars().shown(appointment);
          return GhlWorkflows.payload(
              location, location.contact(shown.contactId()), shown, customData);
        });
  }

  private static String id(String answer) {
    try {
      return ContactWrites.JSON.readTree(answer).path("id").asText();
    } catch (com.fasterxml.jackson.core.JsonProcessingException ours) {
      throw new IllegalStateException(ours);
    }
  }

  private Contact logged(String operation, Contact contact) {
    location.logEdit(operation, contact.id(), contact.json());
    return contact;
  }

  private static JsonNode body(Map<String, ?> members) {
    try {
      return ContactWrites.JSON.readTree(JsonOut.of(members));
    } catch (com.fasterxml.jackson.core.JsonProcessingException ours) {
      throw new IllegalArgumentException(ours);
    }
  }
}
