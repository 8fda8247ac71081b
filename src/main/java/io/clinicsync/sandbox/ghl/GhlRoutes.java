package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The routes of one location. Callers hold its lock. */
final class GhlRoutes {

  private final GhlLocation location;

  GhlRoutes(GhlLocation location) {
    this.location = location;
  }

  Answer route(Request request) {
    List<String> path = new ArrayList<>(List.of(request.path().substring(1).split("/")));
    return switch (path.getFirst()) {
      case "contacts" -> new ContactRoutes(location).route(request, path);
      case "locations" -> new LocationRoutes(location).route(request, path);
      case "calendars" -> calendars(request, path);
      case "users" -> users(request);
      case "workflows" -> workflows(request);
      default -> throw missing(request);
    };
  }

  private Answer users(Request request) {
    if (!request.method().equals("GET") || !request.path().equals("/users/search")) {
      throw missing(request);
    }
    onlyQuery(
        request,
        Set.of("companyId", "locationId", "query", "skip", "limit", "type", "role", "ids", "sort"));
    required(request, "companyId");
    own(location, query(request, "locationId"));
    return Answer.json(
        200,
        JsonOut.of(
            Map.of(
                "users",
                GhlFurnishings.users(location),
                "count",
                GhlFurnishings.users(location).size(),
                "traceId",
                GhlIds.trace())));
  }

  private Answer workflows(Request request) {
    if (!request.method().equals("GET") || !request.path().matches("/workflows/?")) {
      throw missing(request);
    }
    onlyQuery(request, Set.of("locationId"));
    own(location, query(request, "locationId"));
    return Answer.json(
        200,
        JsonOut.of(
            Map.of("workflows", GhlFurnishings.workflows(location), "traceId", GhlIds.trace())));
  }

  static GhlError missing(Request request) {
    return GhlError.notFound("Cannot " + request.method() + " " + request.path());
  }

  static JsonNode body(Request request) {
    try {
      JsonNode body =
          request.body().length == 0 ? null : ContactWrites.JSON.readTree(request.text());
      return body != null && body.isObject() ? body : ContactWrites.JSON.createObjectNode();
    } catch (JsonProcessingException broken) {
      throw GhlError.bad("Unexpected token in JSON");
    }
  }

  static @Nullable String query(Request request, String name) {
    List<String> values = request.query().get(name);
    return values == null ? null : values.getFirst();
  }

  static String required(Request request, String name) {
    String value = query(request, name);
    if (value == null || value.isEmpty()) {
      throw GhlError.unprocessable(List.of(name + " must be a string"));
    }
    return value;
  }

  /** The vendor refuses query parameters it does not know. */
  static void onlyQuery(Request request, Set<String> known) {
    List<String> wrong =
        request.query().keySet().stream()
            .filter(name -> !known.contains(name))
            .map(name -> "property " + name + " should not exist")
            .toList();
    if (!wrong.isEmpty()) {
      throw GhlError.unprocessable(wrong);
    }
  }

  static void own(GhlLocation location, @Nullable String locationId) {
    if (locationId == null) {
      throw GhlError.unprocessable(List.of("locationId must be a string"));
    }
    if (!locationId.equals(location.id())) {
      throw GhlError.forbidden();
    }
  }

  private Answer calendars(Request request, List<String> path) {
    GhlCalendars calendars = location.calendars();
    String call = request.method() + " " + path.size();
    boolean events = path.size() > 1 && path.get(1).equals("events");
    boolean blocked = path.size() == 2 && path.get(1).equals("blocked-slots");
    if (events || blocked) {
      location.require(
          request.method().equals("GET") ? "calendars/events.readonly" : "calendars/events.write");
    }
    if (events && path.size() > 2 && path.get(2).equals("block-slots")) {
      return blockSlots(request, call, path, calendars.blocks());
    }
    boolean appointments = events && path.size() > 2 && path.get(2).equals("appointments");
    if (call.equals("GET 1")) {
      onlyQuery(request, Set.of("locationId", "groupId", "showDrafted"));
      own(location, query(request, "locationId"));
      return Answer.json(200, calendars.list());
    }
    if (call.equals("GET 2") && (events || blocked)) {
      onlyQuery(
          request, Set.of("locationId", "calendarId", "userId", "groupId", "startTime", "endTime"));
      own(location, query(request, "locationId"));
      String calendar = query(request, "calendarId");
      String user = query(request, "userId");
      String group = query(request, "groupId");
      if (calendar == null && user == null && group == null) {
        throw GhlError.unprocessable(List.of("Either calendarId, userId or groupId is required"));
      }
      long from = Long.parseLong(required(request, "startTime"));
      long to = Long.parseLong(required(request, "endTime"));
      return Answer.json(
          200,
          blocked
              ? calendars.blocks().list(calendar, user, from, to)
              : calendars.list(calendar, user, group, from, to));
    }
    if (call.equals("GET 2")) {
      return Answer.json(200, calendars.one(path.get(1)));
    }
    if (call.equals("GET 3") && path.get(2).equals("free-slots")) {
      long from = Long.parseLong(required(request, "startDate"));
      long to = Long.parseLong(required(request, "endDate"));
      return Answer.json(
          200, calendars.freeSlots(path.get(1), from, to, query(request, "timezone")));
    }
    if (call.equals("POST 3") && appointments) {
      JsonNode body = body(request);
      String answer = calendars.create(body);
      own(location, ContactWrites.text(body, "locationId"));
      return Answer.json(200, answer);
    }
    if (call.equals("GET 4") && appointments) {
      return Answer.json(200, calendars.read(path.get(3)));
    }
    if (call.equals("PUT 4") && appointments) {
      return Answer.json(200, calendars.update(path.get(3), body(request)));
    }
    if (call.equals("DELETE 3") && events) {
      calendars.delete(path.get(2));
      return Answer.json(201, JsonOut.of(Map.of("succeeded", true, "traceId", GhlIds.trace())));
    }
    throw missing(request);
  }

  private Answer blockSlots(Request request, String call, List<String> path, GhlBlocks blocks) {
    boolean creates = call.equals("POST 3");
    if (!creates && !call.equals("PUT 4")) {
      throw missing(request);
    }
    JsonNode body = body(request);
    if (body.hasNonNull("locationId")) {
      own(location, body.get("locationId").asText());
    }
    // A change is answered 201, too.
    return Answer.json(201, blocks.write(creates ? null : path.get(3), body));
  }
}
