package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of Cliniko's, read leniently: {@code null}, an absent member and {@code ""} are
 * all "not there".
 *
 * @param damaged the body held bytes that are no UTF-8, so replacement characters are suspect
 * @param large the page was so large that each entry must be weighed
 */
record ClinikoEntry(JsonNode json, boolean damaged, boolean large) {

  private static final Pattern ID = Pattern.compile("\\d{1,20}");
  private static final Pattern AFTER_PATH = Pattern.compile("[?#]");
  private static final int DEEPEST = 64;
  private static final int HEAVIEST = 1 << 20;
  private static final int LONGEST_TEXT = 4_000;

  /** A member trimmed; null when absent or blank. */
  @Nullable String text(String member) {
    JsonNode value = json.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isValueNode()) {
      throw UnreadableEntry.shape(member + " is not a text");
    }
    String text = value.asText().strip();
    return text.isEmpty() ? null : text;
  }

  String requireText(String member) {
    String text = text(member);
    if (text == null) {
      throw UnreadableEntry.shape(member + " is missing");
    }
    return text;
  }

  /** The entry's id; empty when it has none we could use. */
  Optional<String> id() {
    JsonNode id = json.path("id");
    String text = id.isTextual() || id.isIntegralNumber() ? id.asText() : "";
    return ID.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  String requireId() {
    return id().orElseThrow(() -> UnreadableEntry.shape("id is missing"));
  }

  @Nullable Instant instant(String member) {
    String text = text(member);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a time");
    }
  }

  Instant requireInstant(String member) {
    Instant instant = instant(member);
    if (instant == null) {
      throw UnreadableEntry.shape(member + " is missing");
    }
    return instant;
  }

  /** A time for stepping; empty when it cannot be read. */
  Optional<Instant> time(String member) {
    try {
      return Optional.ofNullable(instant(member));
    } catch (UnreadableEntry unreadable) {
      return Optional.empty();
    }
  }

  @Nullable LocalDate date(String member) {
    String text = text(member);
    if (text == null) {
      return null;
    }
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a date");
    }
  }

  @Nullable BigDecimal decimal(String member) {
    String text = text(member);
    if (text == null) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException unreadable) {
      throw UnreadableEntry.shape(member + " is not an amount");
    }
  }

  @Nullable Integer integer(String member) {
    BigDecimal number = decimal(member);
    try {
      return number == null ? null : number.intValueExact();
    } catch (ArithmeticException unreadable) {
      throw UnreadableEntry.shape(member + " is not a whole number");
    }
  }

  /** Null for absent, null and anything that is neither true nor false. */
  @Nullable Boolean flag(String member) {
    JsonNode value = json.path(member);
    return value.isBoolean() ? value.booleanValue() : null;
  }

  /** A member that is there but is no boolean: a word we do not know. */
  boolean oddFlag(String member) {
    JsonNode value = json.path(member);
    return !value.isMissingNode() && !value.isNull() && !value.isBoolean();
  }

  boolean has(String member) {
    return json.hasNonNull(member);
  }

  /** The id at the end of a reference's address; null when there is no reference. */
  @Nullable String reference(String member) {
    return idOf(json.path(member));
  }

  static @Nullable String idOf(JsonNode reference) {
    String address = reference.path("links").path("self").asText("");
    String path = AFTER_PATH.split(address, 2)[0];
    String last = path.substring(path.lastIndexOf('/') + 1);
    return ID.matcher(last).matches() ? last : null;
  }

  /** The entry with only the named members, references turned into ids. */
  ObjectNode trimmed(List<String> members, List<String> references) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (String member : members) {
      JsonNode value = json.get(member);
      if (value != null) {
        kept.set(member, value);
      }
    }
    for (String name : references) {
      String id = reference(name);
      if (id != null) {
        kept.put(name + "_id", id);
      }
    }
    return kept;
  }

  /** Refuses an entry too deep or too heavy to handle at all. */
  ClinikoEntry bounded() {
    if (!json.isObject()) {
      throw UnreadableEntry.shape("entry is not an object");
    }
    record Level(JsonNode node, int depth) {}
    Deque<Level> open = new ArrayDeque<>();
    open.push(new Level(json, 1));
    while (!open.isEmpty()) {
      Level level = open.pop();
      if (level.depth() > DEEPEST) {
        throw UnreadableEntry.poison("nested deeper than " + DEEPEST);
      }
      for (JsonNode child : level.node()) {
        if (child.isContainerNode()) {
          open.push(new Level(child, level.depth() + 1));
        }
      }
    }
    if (large && json.toString().length() > HEAVIEST) {
      throw UnreadableEntry.poison("larger than 1 MiB");
    }
    return this;
  }

  /** Refuses text that the store or the destination cannot hold; looks only at what is kept. */
  String storable(ObjectNode kept) {
    check(kept, "");
    return kept.toString();
  }

  private void check(JsonNode node, String name) {
    if (node.isTextual()) {
      checkText(node.textValue(), name);
    } else if (node.isObject()) {
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String member = names.next();
        check(node.path(member), member);
      }
    } else {
      node.forEach(child -> check(child, name));
    }
  }

  private void checkText(String text, String name) {
    if (text.length() > LONGEST_TEXT) {
      throw UnreadableEntry.poison(name + " is longer than " + LONGEST_TEXT + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == 0) {
        throw UnreadableEntry.poison(name + " holds a NUL character");
      }
      if (damaged && each == '\uFFFD') {
        throw UnreadableEntry.poison(name + " is not UTF-8");
      }
      if (Character.isHighSurrogate(each)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(each)) {
        throw UnreadableEntry.poison(name + " holds half a character");
      }
    }
  }

  @Override
  public String toString() {
    return "ClinikoEntry[" + id().orElse("?") + "]";
  }
}
