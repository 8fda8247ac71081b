package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the vendor's answers other than contacts. */
final class GhlReader {

  JsonNode list(GhlEndpoint endpoint, JsonNode body, String name) {
    JsonNode list = body.path(name);
    if (!list.isArray()) {
      throw GhlErrors.notAsKnown(endpoint, null);
    }
    return list;
  }

  List<GhlNamed> named(GhlEndpoint endpoint, JsonNode body, String name) {
    // Workflows have been seen both as a bare list and inside an object.
    JsonNode list = body.isArray() ? body : list(endpoint, body, name);
    List<GhlNamed> result = new ArrayList<>();
    for (JsonNode each : list) {
      result.add(
          new GhlNamed(
              GhlJson.required(endpoint, each, "id"),
              GhlJson.required(endpoint, each, "name"),
              GhlJson.text(each, "status")));
    }
    return result;
  }

  GhlLocation location(JsonNode body) {
    GhlEndpoint endpoint = GhlEndpoint.LOCATION_GET;
    JsonNode location = body.path("location");
    JsonNode allows = location.path("settings").path("allowDuplicateContact");
    return new GhlLocation(
        GhlJson.required(endpoint, location, "id"),
        GhlJson.text(location, "companyId"),
        GhlJson.text(location, "name"),
        zone(GhlJson.text(location, "timezone")),
        GhlJson.text(location, "country"),
        allows.isBoolean() ? Boolean.valueOf(allows.booleanValue()) : null);
  }

  List<GhlUser> users(JsonNode body) {
    List<GhlUser> result = new ArrayList<>();
    for (JsonNode each : list(GhlEndpoint.USERS_SEARCH, body, "users")) {
      result.add(
          new GhlUser(
              GhlJson.required(GhlEndpoint.USERS_SEARCH, each, "id"),
              GhlJson.text(each, "name"),
              GhlJson.text(each, "email")));
    }
    return result;
  }

  List<GhlCalendar> calendars(JsonNode body) {
    List<GhlCalendar> result = new ArrayList<>();
    for (JsonNode each : list(GhlEndpoint.CALENDARS_LIST, body, "calendars")) {
      result.add(
          new GhlCalendar(
              GhlJson.required(GhlEndpoint.CALENDARS_LIST, each, "id"),
              GhlJson.text(each, "name"),
              GhlJson.text(each, "calendarType"),
              each.path("isActive").asBoolean(true)));
    }
    return result;
  }

  List<GhlEvent> events(JsonNode body) {
    List<GhlEvent> result = new ArrayList<>();
    for (JsonNode each : list(GhlEndpoint.EVENTS_LIST, body, "events")) {
      result.add(event(GhlEndpoint.EVENTS_LIST, each));
    }
    return result;
  }

  List<GhlBlock> blocks(JsonNode body) {
    List<GhlBlock> result = new ArrayList<>();
    for (JsonNode each : list(GhlEndpoint.BLOCKS_LIST, body, "events")) {
      result.add(block(GhlEndpoint.BLOCKS_LIST, each));
    }
    return result;
  }

  GhlBlock block(GhlEndpoint endpoint, JsonNode node) {
    Instant startsAt = instant(GhlJson.required(endpoint, node, "startTime"));
    Instant endsAt = instant(GhlJson.required(endpoint, node, "endTime"));
    if (startsAt == null || endsAt == null) {
      throw GhlErrors.notAsKnown(endpoint, null);
    }
    return new GhlBlock(
        GhlJson.required(endpoint, node, "id"),
        GhlJson.text(node, "calendarId"),
        GhlJson.text(node, "title"),
        startsAt,
        endsAt,
        node.path("deleted").asBoolean(false));
  }

  GhlEvent appointment(JsonNode body) {
    // The published form wraps it in "event"; "appointment" has been seen as well.
    JsonNode event = body.has("event") ? body.path("event") : body.path("appointment");
    return event(GhlEndpoint.APPOINTMENT_GET, event);
  }

  private static GhlEvent event(GhlEndpoint endpoint, JsonNode node) {
    Instant startsAt = instant(GhlJson.required(endpoint, node, "startTime"));
    String status = GhlJson.text(node, "appointmentStatus");
    if (status == null) {
      status = GhlJson.text(node, "appoinmentStatus");
    }
    if (startsAt == null) {
      throw GhlErrors.notAsKnown(endpoint, null);
    }
    String endsAt = GhlJson.text(node, "endTime");
    return new GhlEvent(
        GhlJson.required(endpoint, node, "id"),
        GhlJson.text(node, "calendarId"),
        GhlJson.text(node, "locationId"),
        GhlJson.text(node, "contactId"),
        status == null ? "" : status,
        startsAt,
        endsAt == null ? null : instant(endsAt),
        GhlJson.text(node, "title"),
        GhlJson.text(node, "assignedUserId"),
        GhlJson.text(node.path("createdBy"), "source"),
        node.path("deleted").asBoolean(false),
        changed(node));
  }

  private static @Nullable Instant changed(JsonNode node) {
    String updated = GhlJson.text(node, "dateUpdated");
    String text = updated == null ? GhlJson.text(node, "dateAdded") : updated;
    return text == null ? null : instant(text);
  }

  /** Only a time with offset is a time; a zoneless one is never guessed [TZ-1]. */
  private static @Nullable Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException zoneless) {
      return null;
    }
  }

  private static @Nullable ZoneId zone(@Nullable String id) {
    try {
      return id == null ? null : ZoneId.of(id);
    } catch (DateTimeException unknown) {
      return null;
    }
  }
}
