package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A location's calendars and appointments. Callers hold the location's lock. */
final class GhlCalendars {

  static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");
  private static final Set<String> STATUSES =
      Set.of("new", "confirmed", "cancelled", "showed", "noshow", "invalid");
  private static final Set<String> WRITABLE =
      Set.of(
          "title",
          "meetingLocationType",
          "meetingLocationId",
          "overrideLocationConfig",
          "appointmentStatus",
          "assignedUserId",
          "description",
          "address",
          "ignoreDateRange",
          "toNotify",
          "ignoreFreeSlotValidation",
          "rrule",
          "calendarId",
          "locationId",
          "contactId",
          "startTime",
          "endTime");

  private final GhlLocation location;
  private final Map<String, Map<String, Object>> calendars = new LinkedHashMap<>();
  private final Map<String, Event> events = new LinkedHashMap<>();
  private final GhlBlocks blocks;

  private record Event(
      String id,
      Map<String, Object> props,
      Instant start,
      Instant end,
      Instant added,
      Instant updated) {
    String text(String name) {
      Object value = props.get(name);
      return value == null ? "" : value.toString();
    }
  }

  GhlCalendars(GhlLocation location) {
    this.location = location;
    this.blocks = new GhlBlocks(location, calendars::containsKey);
    String id = GhlIds.named("calendar/" + location.name());
    Map<String, Object> calendar = new LinkedHashMap<>();
    calendar.put("id", id);
    calendar.put("locationId", location.id());
    calendar.put("name", "Bookings");
    calendar.put("calendarType", "event");
    calendar.put("isActive", true);
    calendar.put("slotDuration", 30);
    calendar.put("slotDurationUnit", "mins");
    calendar.put("slotInterval", 30);
    calendar.put("slotIntervalUnit", "mins");
    calendar.put("autoConfirm", true);
    calendar.put("allowReschedule", true);
    calendar.put("allowCancellation", true);
    calendars.put(id, calendar);
  }

  String first() {
    return calendars.keySet().iterator().next();
  }

  String list() {
    return JsonOut.of(
        Map.of("calendars", List.copyOf(calendars.values()), "traceId", GhlIds.trace()));
  }

  String one(String id) {
    return JsonOut.of(Map.of("calendar", calendar(id), "traceId", GhlIds.trace()));
  }

  private Map<String, Object> calendar(String id) {
    Map<String, Object> calendar = calendars.get(id);
    if (calendar == null) {
      throw GhlError.bad("Calendar not found");
    }
    return calendar;
  }

  String freeSlots(String calendarId, long from, long to, @Nullable String timezone) {
    calendar(calendarId);
    if (Duration.ofMillis(to - from).toDays() > 31 || to < from) {
      throw GhlError.unprocessable(List.of("date range must not exceed 31 days"));
    }
    ZoneId shown = timezone == null ? location.zone() : ZoneId.of(timezone);
    Map<String, List<String>> days = new TreeMap<>();
    LocalDate last = Instant.ofEpochMilli(to).atZone(location.zone()).toLocalDate();
    for (LocalDate day = Instant.ofEpochMilli(from).atZone(location.zone()).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(1)) {
      if (day.getDayOfWeek().getValue() > 5) {
        continue;
      }
      for (int half = 0; half < 16; half++) {
        Instant start =
            day.atTime(9, 0).plusMinutes(30L * half).atZone(location.zone()).toInstant();
        boolean inRange =
            start.toEpochMilli() >= from
                && start.toEpochMilli() <= to
                && start.isAfter(location.now());
        if (inRange && free(calendarId, start, start.plus(Duration.ofMinutes(30)), null)) {
          ZonedDateTime local = start.atZone(shown);
          days.computeIfAbsent(local.toLocalDate().toString(), key -> new ArrayList<>())
              .add(OFFSET.format(local));
        }
      }
    }
    JsonOut out = new JsonOut(2048).open();
    days.forEach((day, slots) -> out.member(day, Map.of("slots", slots)));
    return out.member("traceId", GhlIds.trace()).close().toString();
  }

  GhlBlocks blocks() {
    return blocks;
  }

  private boolean free(String calendarId, Instant start, Instant end, @Nullable String except) {
    if (blocks.covers(calendarId, start, end)) {
      return false;
    }
    return events.values().stream()
        .filter(event -> !event.id().equals(except) && event.text("calendarId").equals(calendarId))
        .filter(event -> !event.text("appointmentStatus").matches("cancelled|invalid"))
        .noneMatch(event -> event.start().isBefore(end) && event.end().isAfter(start));
  }

  String create(JsonNode body) {
    check(body, true);
    calendar(body.path("calendarId").asText());
    location.contact(body.path("contactId").asText());
    Map<String, Object> props = new LinkedHashMap<>();
    props.put("appointmentStatus", "confirmed");
    props.put("title", "Appointment");
    return store(location.newId(), props, body, location.now());
  }

  String update(String id, JsonNode body) {
    check(body, false);
    Event before = event(id);
    Map<String, Object> props = new LinkedHashMap<>(before.props());
    props.put("startTime", before.start());
    props.put("endTime", before.end());
    return store(id, props, body, before.added());
  }

  private String store(String id, Map<String, Object> props, JsonNode body, Instant added) {
    Instant start = instant(body, "startTime", (Instant) props.remove("startTime"));
    if (start == null) {
      throw GhlError.unprocessable(List.of("startTime must be an ISO date"));
    }
    Instant usual = (Instant) props.remove("endTime");
    if (usual == null || body.has("startTime")) {
      usual = start.plus(Duration.ofMinutes(30));
    }
    Instant end = java.util.Objects.requireNonNull(instant(body, "endTime", usual));
    for (String name :
        List.of(
            "title",
            "appointmentStatus",
            "assignedUserId",
            "description",
            "address",
            "calendarId",
            "contactId",
            "rrule",
            "meetingLocationType")) {
      if (body.hasNonNull(name)) {
        props.put(name, body.get(name).asText());
      }
    }
    boolean checked =
        !body.path("ignoreFreeSlotValidation").asBoolean()
            && !"cancelled".equals(props.get("appointmentStatus"));
    if (checked
        && body.has("startTime")
        && !free(String.valueOf(props.get("calendarId")), start, end, id)) {
      throw GhlError.bad("The slot you have selected is no longer available.");
    }
    Event event = new Event(id, props, start, end, added, location.now());
    events.put(id, event);
    Map<String, Object> answer = json(event);
    answer.remove("dateAdded");
    answer.remove("dateUpdated");
    answer.remove("groupId");
    answer.remove("users");
    answer.put("traceId", GhlIds.trace());
    return JsonOut.of(answer);
  }

  private static void check(JsonNode body, boolean create) {
    List<String> wrong = new ArrayList<>();
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!WRITABLE.contains(name)
                  || (!create && (name.equals("contactId") || name.equals("locationId")))) {
                wrong.add("property " + name + " should not exist");
              }
            });
    for (String name :
        create
            ? List.of("calendarId", "locationId", "contactId", "startTime")
            : List.<String>of()) {
      if (!body.path(name).isTextual()) {
        wrong.add(name + " must be a string");
      }
    }
    if (body.has("appointmentStatus")
        && !STATUSES.contains(body.get("appointmentStatus").asText())) {
      wrong.add(
          "appointmentStatus must be one of the following values: new, confirmed, cancelled, showed, noshow, invalid");
    }
    if (!wrong.isEmpty()) {
      throw GhlError.unprocessable(wrong);
    }
  }

  private static @Nullable Instant instant(JsonNode body, String name, @Nullable Instant usual) {
    if (!body.hasNonNull(name)) {
      return usual;
    }
    try {
      return OffsetDateTime.parse(body.get(name).asText()).toInstant();
    } catch (DateTimeException unreadable) {
      throw GhlError.unprocessable(List.of(name + " must be a valid ISO 8601 date string"));
    }
  }

  private Event event(String id) {
    Event event = events.get(id);
    if (event == null) {
      throw GhlError.bad("Appointment not found");
    }
    return event;
  }

  /** Blocks are events, too; whether the vendor shows them here is not known, so they are. */
  String read(String id) {
    Map<String, Object> event = blocks.has(id) ? blocks.json(id) : json(event(id));
    return JsonOut.of(Map.of("event", event, "traceId", GhlIds.trace()));
  }

  /** An appointment as workflows send it. */
  record Shown(
      String id,
      String calendarId,
      String contactId,
      String title,
      String status,
      Instant start,
      Instant end,
      Instant added) {}

  Shown shown(String id) {
    Event event = event(id);
    return new Shown(
        id,
        event.text("calendarId"),
        event.text("contactId"),
        event.text("title"),
        event.text("appointmentStatus"),
        event.start(),
        event.end(),
        event.added());
  }

  /** An appointment as app webhooks send it. */
  Map<String, Object> told(String id) {
    Map<String, Object> told = blocks.has(id) ? blocks.json(id) : json(event(id));
    told.remove("locationId");
    told.remove("appoinmentStatus");
    told.remove("isRecurring");
    told.put("source", "booking_widget");
    return told;
  }

  List<String> ids() {
    return List.copyOf(events.keySet());
  }

  boolean has(String id) {
    return events.containsKey(id) || blocks.has(id);
  }

  void delete(String id) {
    if (blocks.has(id)) {
      blocks.delete(id);
    } else {
      events.remove(event(id).id());
    }
  }

  /**
   * Appointments that overlap a window, cancelled ones too; the API has no pages here. None of our
   * calendars is in a group.
   */
  String list(
      @Nullable String calendarId,
      @Nullable String userId,
      @Nullable String groupId,
      long from,
      long to) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Event event : events.values()) {
      boolean overlaps = event.start().toEpochMilli() < to && event.end().toEpochMilli() > from;
      boolean fits = calendarId == null || event.text("calendarId").equals(calendarId);
      if (overlaps
          && fits
          && groupId == null
          && (userId == null || event.text("assignedUserId").equals(userId))) {
        found.add(json(event));
      }
    }
    return JsonOut.of(Map.of("events", found, "traceId", GhlIds.trace()));
  }

  /** A contact's appointments, whose times come without a zone. */
  String ofContact(String contactId) {
    DateTimeFormatter zoneless = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    List<Map<String, Object>> found = new ArrayList<>();
    for (Event event : events.values()) {
      if (event.text("contactId").equals(contactId)) {
        Map<String, Object> json = json(event);
        json.remove("isRecurring");
        json.put("startTime", zoneless.format(event.start().atZone(location.zone())));
        json.put("endTime", zoneless.format(event.end().atZone(location.zone())));
        found.add(json);
      }
    }
    return JsonOut.of(Map.of("events", found, "traceId", GhlIds.trace()));
  }

  List<Map<String, Object>> everything() {
    return events.values().stream().map(this::json).toList();
  }

  private Map<String, Object> json(Event event) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", event.id());
    json.put("locationId", location.id());
    json.putAll(event.props());
    // The vendor spells it both ways.
    json.put("appoinmentStatus", event.text("appointmentStatus"));
    json.putIfAbsent("assignedUserId", "");
    json.put("groupId", "");
    json.put("users", List.of());
    json.put("startTime", OFFSET.format(event.start().atZone(location.zone())));
    json.put("endTime", OFFSET.format(event.end().atZone(location.zone())));
    json.put("isRecurring", false);
    json.put("dateAdded", Contact.millis(event.added()));
    json.put("dateUpdated", Contact.millis(event.updated()));
    return json;
  }
}
