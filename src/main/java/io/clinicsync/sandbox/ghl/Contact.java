package io.clinicsync.sandbox.ghl;

import io.clinicsync.sandbox.server.JsonOut;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One version of a contact; never changes.
 *
 * @param props plain members as stored, without the empty ones
 * @param custom values by custom field id
 * @param tags lower case
 */
record Contact(
    String id,
    String locationId,
    Map<String, Object> props,
    Map<String, Object> custom,
    Set<String> tags,
    Instant dateAdded,
    Instant dateUpdated) {

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  static String millis(Instant instant) {
    return MILLIS.format(instant);
  }

  @Nullable String text(String name) {
    Object value = props.get(name);
    return value == null ? null : value.toString();
  }

  private String or(String name) {
    String text = text(name);
    return text == null ? "" : text;
  }

  @Nullable String emailKey() {
    String email = text("email");
    return email == null ? null : email.toLowerCase(Locale.ROOT);
  }

  String fullName() {
    return (or("firstName") + " " + or("lastName")).trim();
  }

  String json() {
    JsonOut out = new JsonOut(1024);
    write(out, null);
    return out.toString();
  }

  /** The vendor's read shape: custom fields have an id and a value, never a key. */
  void write(JsonOut out, @Nullable Object searchAfter) {
    write(out, searchAfter, false);
  }

  /**
   * @param searchAfter only search answers carry it
   * @param bare the answer to a create lacks the joined name
   */
  void write(JsonOut out, @Nullable Object searchAfter, boolean bare) {
    out.open().member("id", id).member("locationId", locationId);
    String name = fullName();
    if (!name.isEmpty()) {
      if (!bare) {
        out.member("name", name);
      }
      if (searchAfter != null) {
        out.member("contactName", name);
      }
      out.member("firstNameLowerCase", or("firstName").toLowerCase(Locale.ROOT));
      out.member("lastNameLowerCase", or("lastName").toLowerCase(Locale.ROOT));
      out.member("fullNameLowerCase", name.toLowerCase(Locale.ROOT));
    }
    String email = emailKey();
    if (email != null) {
      out.member("emailLowerCase", email);
    }
    props.forEach(out::member);
    if (!props.containsKey("dnd")) {
      out.member("dnd", false);
    }
    out.member("type", "lead").member("tags", tags);
    out.member("dateAdded", millis(dateAdded)).member("dateUpdated", millis(dateUpdated));
    out.name("customFields").openList();
    custom.forEach((field, value) -> out.open().member("id", field).member("value", value).close());
    out.closeList();
    if (searchAfter != null) {
      out.member("searchAfter", searchAfter);
    }
    out.close();
  }

  Contact with(
      Map<String, Object> newProps,
      Map<String, Object> newCustom,
      Set<String> newTags,
      Instant now) {
    return new Contact(id, locationId, newProps, newCustom, newTags, dateAdded, now);
  }

  /** A member as search sees it; null when there is none. */
  @Nullable Object searchable(String field) {
    if (field.startsWith("customFields.")) {
      return custom.get(field.substring("customFields.".length()));
    }
    return switch (field) {
      case "id" -> id;
      case "tags" -> tags;
      case "contactName" -> fullName();
      case "firstNameLowerCase" -> or("firstName").toLowerCase(Locale.ROOT);
      case "lastNameLowerCase" -> or("lastName").toLowerCase(Locale.ROOT);
      case "email" -> emailKey();
      case "address" -> props.get("address1");
      case "dateAdded" -> dateAdded;
      case "dateUpdated" -> dateUpdated;
      case "dnd" -> props.getOrDefault("dnd", false);
      default -> props.get(field);
    };
  }

  Map<String, Object> copyProps() {
    return new LinkedHashMap<>(props);
  }

  @Override
  public String toString() {
    return "Contact[" + id + "]";
  }
}
