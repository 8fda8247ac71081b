package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a call's query asks for. */
final class Parameters {

  private static final int MOST = 50;
  private static final Duration LONGEST = Duration.ofDays(92);

  private final Map<String, List<String>> query;

  Parameters(Request request) {
    this.query = request.query();
  }

  @Nullable String text(String name) {
    List<String> values = query.get(name);
    return values == null || values.getFirst().isBlank() ? null : values.getFirst();
  }

  @Nullable String filter(String name) {
    return text("filter[" + name + "]");
  }

  boolean asks(String name, @Nullable String value) {
    String wanted = filter(name);
    return wanted == null || wanted.equals(value);
  }

  Set<String> include() {
    return JsonApi.words(text("include"));
  }

  /** The sparse fields of a type; null for all of them. An unknown one is refused. */
  @Nullable Set<String> fields(String type, Set<String> known) {
    String asked = text("fields[" + type + "]");
    if (asked == null) {
      return null;
    }
    Set<String> fields = JsonApi.words(asked);
    if (!known.containsAll(fields)) {
      throw new JsonApi.Refused(400, "Invalid field");
    }
    return fields;
  }

  private int number(String name, int otherwise) {
    String text = text("page[" + name + "]");
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[1-9][0-9]{0,6}")) {
      throw new JsonApi.Refused(400, "page[" + name + "] is invalid");
    }
    return Integer.parseInt(text);
  }

  /** The page asked for; never more than fifty. */
  List<ObjectNode> page(List<ObjectNode> rows) {
    int size = Math.min(MOST, number("size", MOST));
    int from = Math.min(rows.size(), (number("number", 1) - 1) * size);
    return rows.subList(from, Math.min(rows.size(), from + size));
  }

  /** From inclusive, to exclusive. */
  record Span(Instant from, Instant to) {

    boolean holds(Instant moment) {
      return !moment.isBefore(from) && moment.isBefore(to);
    }
  }

  Span timeRange() {
    String text = filter("timeRange");
    String[] parts = text == null ? new String[0] : text.split(",", -1);
    try {
      if (parts.length == 2) {
        Instant from = OffsetDateTime.parse(parts[0]).toInstant();
        Instant to = OffsetDateTime.parse(parts[1]).toInstant();
        if (from.isBefore(to) && Duration.between(from, to).compareTo(LONGEST) <= 0) {
          return new Span(from, to);
        }
      }
    } catch (DateTimeException unreadable) {
      // As below.
    }
    throw new JsonApi.Refused(400, "filter[timeRange] is invalid");
  }
}
