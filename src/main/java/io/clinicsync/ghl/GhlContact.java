package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A contact as the vendor returned it. {@code toString} shows its id only.
 *
 * @param fields native fields that have a value
 * @param tags as returned: lower case
 * @param dnd the whole contact is closed
 * @param closedChannels channels a person or an opt-out closed; "active" means do not disturb
 * @param customFields by field id: text, number or list as returned; ids without value are left out
 */
public record GhlContact(
    String id,
    @Nullable String locationId,
    Map<GhlContactField, String> fields,
    List<String> tags,
    boolean dnd,
    Set<GhlChannel> closedChannels,
    Map<String, Object> customFields,
    List<String> searchAfter) {

  public GhlContact {
    fields = Collections.unmodifiableMap(fields.isEmpty() ? Map.of() : new EnumMap<>(fields));
    tags = List.copyOf(tags);
    closedChannels = Set.copyOf(closedChannels);
    customFields = Map.copyOf(customFields);
    searchAfter = List.copyOf(searchAfter);
  }

  /** A native field; empty when it has no value. */
  public Optional<String> find(GhlContactField field) {
    return Optional.ofNullable(fields.get(field));
  }

  /**
   * The birth date without zone, however the vendor spelled it; empty when absent or unreadable.
   */
  public Optional<LocalDate> birthDate() {
    return find(GhlContactField.DATE_OF_BIRTH)
        .filter(text -> text.length() >= 10)
        .flatMap(
            text -> {
              try {
                return Optional.of(LocalDate.parse(text.substring(0, 10)));
              } catch (DateTimeParseException unreadable) {
                return Optional.empty();
              }
            });
  }

  @Override
  public String toString() {
    return "GhlContact[" + id + "]";
  }

  static GhlContact read(GhlEndpoint endpoint, JsonNode node) {
    Map<GhlContactField, String> fields = new EnumMap<>(GhlContactField.class);
    for (GhlContactField field : GhlContactField.values()) {
      String value = GhlJson.text(node, field.key());
      if (value != null) {
        fields.put(field, value);
      }
    }
    return new GhlContact(
        GhlJson.required(endpoint, node, "id"),
        GhlJson.text(node, "locationId"),
        fields,
        GhlJson.texts(node.path("tags")),
        node.path("dnd").asBoolean(false),
        closed(node.path("dndSettings")),
        custom(node.path("customFields")),
        GhlJson.texts(node.path("searchAfter")));
  }

  private static Set<GhlChannel> closed(JsonNode settings) {
    Set<GhlChannel> result = EnumSet.noneOf(GhlChannel.class);
    settings
        .fields()
        .forEachRemaining(
            each -> {
              String status = each.getValue().path("status").asText("");
              if (status.equals("active") || status.equals("permanent")) {
                for (GhlChannel channel : GhlChannel.values()) {
                  if (channel.key().equalsIgnoreCase(each.getKey())) {
                    result.add(channel);
                  }
                }
              }
            });
    return result;
  }

  private static Map<String, Object> custom(JsonNode list) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (JsonNode each : list) {
      String id = GhlJson.text(each, "id");
      // Written as field_value, returned as value; newer answers also say fieldValue.
      JsonNode value = each.has("value") ? each.path("value") : each.path("fieldValue");
      Object plain = plain(value);
      if (id != null && plain != null) {
        result.put(id, plain);
      }
    }
    return result;
  }

  private static @Nullable Object plain(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (value.isNumber()) {
      return value.decimalValue();
    }
    if (value.isArray()) {
      return new ArrayList<>(GhlJson.texts(value));
    }
    if (value.isObject()) {
      return value.toString();
    }
    return value.asText();
  }
}
