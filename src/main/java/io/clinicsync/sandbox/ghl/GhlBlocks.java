package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A location's blocked times: of one calendar, or of one user. They may overlap each other and
 * appointments. Callers hold the location's lock.
 */
final class GhlBlocks {

  private static final Set<String> WRITABLE =
      Set.of("title", "calendarId", "assignedUserId", "locationId", "startTime", "endTime");

  private final GhlLocation location;
  private final Predicate<String> calendarExists;
  private final Map<String, Block> blocks = new LinkedHashMap<>();

  record Block(
      String id,
      String calendarId,
      String userId,
      String title,
      Instant start,
      Instant end,
      Instant added,
      Instant updated) {}

  GhlBlocks(GhlLocation location, Predicate<String> calendarExists) {
    this.location = location;
    this.calendarExists = calendarExists;
  }

  /** Makes a block, or changes the one with this id; what the vendor answers. */
  String write(@Nullable String id, JsonNode body) {
    Block before = id == null ? null : find(id);
    check(body);
    String calendar = body.path("calendarId").asText("");
    String user = body.path("assignedUserId").asText("");
    if (!calendar.isEmpty() && !calendarExists.test(calendar)) {
      throw GhlError.bad("Calendar not found");
    }
    if (!user.isEmpty()
        && GhlFurnishings.users(location).stream().noneMatch(each -> user.equals(each.get("id")))) {
      throw GhlError.bad("User not found");
    }
    Instant start = time(body, "startTime", before == null ? null : before.start());
    Instant end = time(body, "endTime", before == null ? null : before.end());
    if (!end.isAfter(start)) {
      throw GhlError.unprocessable(List.of("endTime must be after startTime"));
    }
    Block block =
        new Block(
            before == null ? location.newId() : before.id(),
            calendar,
            user,
            body.path("title").asText(before == null ? "" : before.title()),
            start,
            end,
            before == null ? location.now() : before.added(),
            location.now());
    blocks.put(block.id(), block);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", block.id());
    answer.put("locationId", location.id());
    answer.put("title", block.title());
    answer.put("startTime", shown(block.start()));
    answer.put("endTime", shown(block.end()));
    answer.put(calendar.isEmpty() ? "assignedUserId" : "calendarId", calendar + user);
    answer.put("traceId", GhlIds.trace());
    return JsonOut.of(answer);
  }

  private static void check(JsonNode body) {
    List<String> wrong = new ArrayList<>();
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!WRITABLE.contains(name)) {
                wrong.add("property " + name + " should not exist");
              }
            });
    if (!body.path("locationId").isTextual()) {
      wrong.add("locationId must be a string");
    }
    for (String name : List.of("title", "calendarId", "assignedUserId")) {
      if (body.hasNonNull(name) && !body.get(name).isTextual()) {
        wrong.add(name + " must be a string");
      }
    }
    // The schema wants a calendar always, its text one of the two; the text is taken.
    if (body.hasNonNull("calendarId") == body.hasNonNull("assignedUserId")) {
      wrong.add("Either calendarId or assignedUserId can be set, not both.");
    }
    if (!wrong.isEmpty()) {
      throw GhlError.unprocessable(wrong);
    }
  }

  private static Instant time(JsonNode body, String name, @Nullable Instant usual) {
    if (!body.hasNonNull(name) && usual != null) {
      return usual;
    }
    try {
      return OffsetDateTime.parse(body.path(name).asText()).toInstant();
    } catch (DateTimeException unreadable) {
      throw GhlError.unprocessable(List.of(name + " must be a valid ISO 8601 date string"));
    }
  }

  private Block find(String id) {
    Block block = blocks.get(id);
    if (block == null) {
      throw GhlError.bad("Block slot not found");
    }
    return block;
  }

  boolean has(String id) {
    return blocks.containsKey(id);
  }

  void delete(String id) {
    blocks.remove(find(id).id());
  }

  /** Whether a block of this calendar overlaps a span. */
  boolean covers(String calendarId, Instant start, Instant end) {
    return blocks.values().stream()
        .anyMatch(
            each ->
                each.calendarId().equals(calendarId)
                    && each.start().isBefore(end)
                    && each.end().isAfter(start));
  }

  List<Map<String, Object>> everything() {
    return blocks.values().stream().map(this::json).toList();
  }

  List<Block> all() {
    return List.copyOf(blocks.values());
  }

  /** Blocks that overlap a window; the API has no pages here. */
  String list(@Nullable String calendarId, @Nullable String userId, long from, long to) {
    List<Map<String, Object>> found =
        blocks.values().stream()
            .filter(each -> each.start().toEpochMilli() < to && each.end().toEpochMilli() > from)
            .filter(each -> calendarId == null || each.calendarId().equals(calendarId))
            .filter(each -> userId == null || each.userId().equals(userId))
            .map(this::json)
            .toList();
    return JsonOut.of(Map.of("events", found, "traceId", GhlIds.trace()));
  }

  /** A block as an event of nobody: what reading it as an appointment would show. */
  Map<String, Object> json(String id) {
    return json(find(id));
  }

  private Map<String, Object> json(Block block) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", block.id());
    json.put("locationId", location.id());
    json.put("title", block.title());
    json.put("calendarId", block.calendarId());
    json.put("contactId", "");
    json.put("groupId", "");
    json.put("appointmentStatus", "confirmed");
    json.put("assignedUserId", block.userId());
    json.put("users", List.of());
    json.put("startTime", shown(block.start()));
    json.put("endTime", shown(block.end()));
    json.put("isRecurring", false);
    json.put("dateAdded", Contact.millis(block.added()));
    json.put("dateUpdated", Contact.millis(block.updated()));
    return json;
  }

  private String shown(Instant moment) {
    return GhlCalendars.OFFSET.format(moment.atZone(location.zone()));
  }
}
