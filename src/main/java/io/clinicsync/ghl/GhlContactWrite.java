package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to write to a contact: only what changes. Whatever is not named stays as it is; an empty
 * text clears a field. Tags are never part of it, since the vendor would replace the whole set.
 * {@code toString} shows no value.
 *
 * @param customFields by field id: a text, a {@link BigDecimal} or a list of texts
 * @param close channels to close; a write never opens one [CO-1]
 */
public record GhlContactWrite(
    Map<GhlContactField, String> fields, Map<String, Object> customFields, Set<GhlChannel> close) {

  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern EPOCH_MILLIS = Pattern.compile("-?\\d{9,14}");

  public GhlContactWrite {
    fields = Collections.unmodifiableMap(fields.isEmpty() ? Map.of() : new EnumMap<>(fields));
    customFields = Collections.unmodifiableMap(new LinkedHashMap<>(customFields));
    close = Set.copyOf(close);
    for (Object value : customFields.values()) {
      if (!(value instanceof String || value instanceof BigDecimal || value instanceof List<?>)) {
        throw new IllegalArgumentException("A custom field takes a text, a number or a list");
      }
    }
  }

  public boolean isEmpty() {
    return fields.isEmpty() && customFields.isEmpty() && close.isEmpty();
  }

  /**
   * What was accepted but not stored [R13]: keys of native fields, ids of custom fields, and {@code
   * dnd.<channel>}. Empty when all is well.
   */
  public List<String> notAppliedIn(GhlContact returned) {
    List<String> result = new ArrayList<>();
    fields.forEach(
        (field, sent) -> {
          if (!sameNative(field, sent, returned.fields().get(field))) {
            result.add(field.key());
          }
        });
    customFields.forEach(
        (id, sent) -> {
          if (!sameCustom(sent, returned.customFields().get(id))) {
            result.add(id);
          }
        });
    for (GhlChannel channel : close) {
      if (!returned.dnd() && !returned.closedChannels().contains(channel)) {
        result.add("dnd." + channel.key());
      }
    }
    return result;
  }

  ObjectNode json() {
    ObjectNode body = GhlJson.MAPPER.createObjectNode();
    fields.forEach((field, value) -> body.put(field.key(), value));
    if (!customFields.isEmpty()) {
      ArrayNode list = body.putArray("customFields");
      customFields.forEach(
          (id, value) -> {
            ObjectNode item = list.addObject().put("id", id);
            switch (value) {
              case String text -> item.put("field_value", text);
              case BigDecimal number -> item.put("field_value", number);
              case List<?> texts -> {
                ArrayNode array = item.putArray("field_value");
                texts.forEach(each -> array.add(String.valueOf(each)));
              }
              default -> throw new IllegalStateException("Refused by the constructor");
            }
          });
    }
    if (!close.isEmpty()) {
      ObjectNode settings = body.putObject("dndSettings");
      close.stream()
          .sorted()
          .forEach(channel -> settings.putObject(channel.key()).put("status", "active"));
    }
    return body;
  }

  @Override
  public String toString() {
    return "GhlContactWrite["
        + fields.keySet()
        + ", "
        + customFields.keySet()
        + ", close="
        + close
        + "]";
  }

  private static boolean sameNative(GhlContactField field, String sent, @Nullable String returned) {
    if (sent.isBlank() || returned == null) {
      return sent.isBlank() && returned == null;
    }
    return switch (field) {
      // The vendor has been seen to fold the case of names and addresses.
      case FIRST_NAME, LAST_NAME, EMAIL, COUNTRY, CITY, STATE ->
          sent.strip().toLowerCase(Locale.ROOT).equals(returned.strip().toLowerCase(Locale.ROOT));
      case PHONE -> digits(sent).equals(digits(returned));
      case DATE_OF_BIRTH -> sent.equals(dateOf(returned));
      case ADDRESS, POSTAL_CODE, SOURCE -> sent.strip().equals(returned.strip());
    };
  }

  private static boolean sameCustom(Object sent, @Nullable Object returned) {
    if (returned == null) {
      return sent instanceof String text && text.isBlank()
          || sent instanceof List<?> list && list.isEmpty();
    }
    return switch (sent) {
      case BigDecimal number -> sameNumber(number, returned);
      case List<?> texts ->
          returned instanceof List<?> list
              && new HashSet<Object>(texts).equals(new HashSet<Object>(list));
      default -> sameText(sent.toString(), returned);
    };
  }

  private static boolean sameText(String sent, Object returned) {
    String text =
        returned instanceof BigDecimal number ? number.toPlainString() : returned.toString();
    if (sent.strip().equals(text.strip())) {
      return true;
    }
    return DATE.matcher(sent).matches() && sent.equals(dateOf(text));
  }

  private static boolean sameNumber(BigDecimal sent, Object returned) {
    try {
      BigDecimal number =
          returned instanceof BigDecimal value
              ? value
              : new BigDecimal(returned.toString().strip());
      return sent.compareTo(number) == 0;
    } catch (NumberFormatException otherwise) {
      return false;
    }
  }

  /** Dates come back as written, as an instant at midnight UTC, or as milliseconds of it. */
  private static String dateOf(String returned) {
    if (EPOCH_MILLIS.matcher(returned).matches()) {
      return LocalDate.ofInstant(Instant.ofEpochMilli(Long.parseLong(returned)), ZoneOffset.UTC)
          .toString();
    }
    return returned.length() > 10 ? returned.substring(0, 10) : returned;
  }

  private static String digits(String phone) {
    return phone.replaceAll("\\D", "");
  }
}
