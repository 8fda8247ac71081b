package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One page of a Developer Platform list: filters, sorting and the cursor. */
final class JaneApiList {

  private static final Pattern FILTER = Pattern.compile("([a-z_]+)\\[(eq|gt|gte|lt|lte)]");
  private static final Map<String, Set<String>> FILTERS =
      Map.of(
          "patients",
          Set.of("public_id", "created_at", "updated_at"),
          "appointments",
          Set.of(
              "start_at",
              "end_at",
              "patient_id",
              "staff_member_id",
              "location_id",
              "treatment_id",
              "created_at",
              "updated_at"));
  private static final int MOST = 1000;

  private JaneApiList() {}

  /** What the caller got wrong. */
  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String path;

    Wrong(String path) {
      super(path, null, false, false);
      this.path = path;
    }
  }

  static Answer of(String resource, Map<String, List<String>> query, Stream<ObjectNode> rows) {
    try {
      return Answer.json(200, page(resource, query, rows));
    } catch (Wrong wrong) {
      return Answer.json(
          400,
          JsonOut.of(
              Map.of(
                  "errors",
                  List.of(
                      Map.of("id", "invalid", "path", wrong.path, "message", "is not valid")))));
    }
  }

  private static String page(
      String resource, Map<String, List<String>> query, Stream<ObjectNode> rows) {
    String sort = query.getOrDefault("sort", List.of("created_at")).getFirst();
    int limit = limit(query.getOrDefault("page[limit]", List.of("50")).getFirst());
    Comparator<ObjectNode> order = order(sort);
    List<ObjectNode> found = rows.filter(filter(resource, query)).sorted(order).toList();
    List<String> cursor = query.get("page[cursor]");
    if (cursor != null) {
      ObjectNode last = read(cursor.getFirst());
      found = found.stream().filter(row -> order.compare(row, last) > 0).toList();
    }
    boolean more = found.size() > limit;
    ObjectNode page = JaneAccount.JSON.createObjectNode();
    ArrayNode items = page.putArray("items");
    found.stream().limit(limit).forEach(items::add);
    page.put("limit", limit);
    page.put("cursor", more ? write(found.get(limit - 1), sort) : null);
    page.put("hasNextPage", more);
    page.putObject("links").set("after", page.get("cursor"));
    return page.toString();
  }

  private static int limit(String text) {
    if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
      throw new Wrong("page.limit");
    }
    return Integer.parseInt(text);
  }

  private static Comparator<ObjectNode> order(String sort) {
    Comparator<ObjectNode> order = (a, b) -> 0;
    for (String field : sort.split(",")) {
      String name = field.startsWith("-") ? field.substring(1) : field;
      Comparator<ObjectNode> by = Comparator.comparing(row -> row.path(name).asText(""));
      order = order.thenComparing(field.startsWith("-") ? by.reversed() : by);
    }
    return order.thenComparing(row -> row.path("id").asText());
  }

  private static String write(ObjectNode last, String sort) {
    ObjectNode place = last.objectNode();
    place.set("id", last.get("id"));
    for (String field : sort.split(",")) {
      String name = field.startsWith("-") ? field.substring(1) : field;
      place.set(name, last.get(name));
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode read(String cursor) {
    try {
      JsonNode place =
          JaneAccount.JSON.readTree(
              new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
      if (place instanceof ObjectNode known) {
        return known;
      }
    } catch (JsonProcessingException | IllegalArgumentException unreadable) {
      // Not one of ours.
    }
    throw new Wrong("page.cursor");
  }

  private static Predicate<ObjectNode> filter(String resource, Map<String, List<String>> query) {
    List<Predicate<ObjectNode>> all = new ArrayList<>();
    query.forEach(
        (name, values) -> {
          Matcher filter = FILTER.matcher(name);
          if (filter.matches()) {
            all.add(one(resource, filter.group(1), filter.group(2), values.getFirst()));
          } else if (!name.startsWith("page[") && !name.equals("sort")) {
            throw new Wrong(name);
          }
        });
    return row -> all.stream().allMatch(each -> each.test(row));
  }

  private static Predicate<ObjectNode> one(String resource, String field, String op, String value) {
    if (!FILTERS.getOrDefault(resource, Set.of()).contains(field)) {
      throw new Wrong(field);
    }
    String member = field.equals("public_id") ? "id" : field;
    if (!member.endsWith("_at")) {
      return row -> row.path(member).asText().equals(value);
    }
    Instant wanted = instant(value, field);
    return row -> {
      if (!row.path(member).isTextual()) {
        return false;
      }
      int compared = instant(row.path(member).asText(), field).compareTo(wanted);
      return switch (op) {
        case "gt" -> compared > 0;
        case "gte" -> compared >= 0;
        case "lt" -> compared < 0;
        case "lte" -> compared <= 0;
        default -> compared == 0;
      };
    };
  }

  private static Instant instant(String text, String field) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw new Wrong(field);
    }
  }
}
