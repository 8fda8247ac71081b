package io.clinicsync.emr.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of a vendor's, read leniently: {@code null}, an absent member and blank text are
 * all "not there". Every reader throws {@link UnreadableEntry} on a member of the wrong shape.
 *
 * @param damaged the body held bytes that are no UTF-8, so replacement characters are suspect
 * @param large the page was so large that each entry must be weighed
 */
public record Entry(JsonNode json, boolean damaged, boolean large) {

  private static final int DEEPEST = 64;
  private static final int HEAVIEST = 1 << 20;
  private static final int LONGEST_TEXT = 4_000;

  /** The object under a member; an entry without members when there is none. */
  public Entry in(String member) {
    JsonNode inner = json.path(member);
    return new Entry(
        inner.isObject() ? inner : JsonNodeFactory.instance.objectNode(), damaged, large);
  }

  /** The objects of a list under a member; empty when there is none. */
  public List<Entry> each(String member) {
    JsonNode list = json.path(member);
    if (list.isMissingNode() || list.isNull()) {
      return List.of();
    }
    if (!list.isArray()) {
      throw UnreadableEntry.shape(member + " is not a list");
    }
    List<Entry> entries = new ArrayList<>(list.size());
    list.forEach(each -> entries.add(new Entry(each, damaged, large)));
    return entries;
  }

  /** A member trimmed, numbers and booleans as text; null when absent or blank. */
  public @Nullable String text(String member) {
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

  /** As {@link #text}, but must be there. */
  public String requireText(String member) {
    return required(text(member), member);
  }

  /** An instant with its offset or Z, as ISO 8601 writes it; null when absent. */
  public @Nullable Instant instant(String member) {
    String text = text(member);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a time with an offset");
    }
  }

  /** As {@link #instant}, but must be there. */
  public Instant requireInstant(String member) {
    return required(instant(member), member);
  }

  /** A date, also where the vendor writes a time behind it; null when absent. */
  public @Nullable LocalDate date(String member) {
    String text = text(member);
    if (text == null) {
      return null;
    }
    try {
      return LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a date");
    }
  }

  /** A number, also one written as text; null when absent. */
  public @Nullable BigDecimal decimal(String member) {
    String text = text(member);
    if (text == null) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException unreadable) {
      throw UnreadableEntry.shape(member + " is not a number");
    }
  }

  /** A whole number; null when absent. */
  public @Nullable Integer integer(String member) {
    BigDecimal number = decimal(member);
    try {
      return number == null ? null : number.intValueExact();
    } catch (ArithmeticException unreadable) {
      throw UnreadableEntry.shape(member + " is not a whole number");
    }
  }

  /**
   * True or false, also written as text or as 1 and 0; null when absent or any other word, which
   * {@link #text} tells apart.
   */
  public @Nullable Boolean flag(String member) {
    JsonNode value = json.path(member);
    if (!value.isValueNode() || value.isNull()) {
      return null;
    }
    return switch (value.asText().strip().toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> null;
    };
  }

  /** Whether a member is there and not null. */
  public boolean has(String member) {
    return json.hasNonNull(member);
  }

  /** The entry with only the named members, for keeping as source. */
  public ObjectNode trimmed(List<String> members) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (String member : members) {
      JsonNode value = json.get(member);
      if (value != null) {
        kept.set(member, value);
      }
    }
    return kept;
  }

  /** Refuses an entry too deep or too heavy to handle at all [R9]. */
  public Entry bounded() {
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

  /** What is kept as text, once nothing in it is what the store or the CRM cannot hold. */
  public String storable(ObjectNode kept) {
    check(kept, "entry");
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

  private static <T> T required(@Nullable T value, String member) {
    if (value == null) {
      throw UnreadableEntry.shape(member + " is missing");
    }
    return value;
  }

  @Override
  public String toString() {
    return "Entry[" + json.size() + " members]";
  }
}
