package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes contacts the way the vendor does, silent losses included. Callers hold the
 * location's lock.
 */
final class ContactWrites {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> TEXTS =
      Set.of(
          "firstName",
          "lastName",
          "name",
          "email",
          "phone",
          "address1",
          "city",
          "state",
          "postalCode",
          "website",
          "timezone",
          "source",
          "country",
          "assignedTo");
  private static final Set<String> OTHERS =
      Set.of("dnd", "dndSettings", "inboundDndSettings", "tags", "customFields", "dateOfBirth");
  private static final Set<String> ONLY_CREATE = Set.of("locationId", "gender", "companyName");
  private static final Set<String> CHANNELS =
      Set.of("Call", "Email", "SMS", "WhatsApp", "GMB", "FB");

  private final GhlLocation location;

  ContactWrites(GhlLocation location) {
    this.location = location;
  }

  /** Which write it is; each takes other members. */
  enum Way {
    CREATE,
    UPSERT,
    UPDATE
  }

  /** Throws 422 for anything this write does not take. */
  void check(JsonNode body, Way way) {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      String name = member.getKey();
      boolean known =
          TEXTS.contains(name)
              || OTHERS.contains(name)
              || (way != Way.UPDATE && ONLY_CREATE.contains(name))
              || (way == Way.UPSERT && name.equals("createNewIfDuplicateAllowed"));
      if (!known) {
        wrong.add("property " + name + " should not exist");
      } else if ((TEXTS.contains(name) || ONLY_CREATE.contains(name))
          && !member.getValue().isTextual()
          && !member.getValue().isNull()) {
        wrong.add(name + " must be a string");
      }
    }
    checkShapes(body, wrong);
    if (!wrong.isEmpty()) {
      throw GhlError.unprocessable(wrong);
    }
    String phone = text(body, "phone");
    if (phone != null && !phone.isEmpty() && !phone.matches("\\+[1-9]\\d{6,14}")) {
      throw GhlError.unprocessable("Invalid phone number");
    }
  }

  private static void checkShapes(JsonNode body, List<String> wrong) {
    String email = text(body, "email");
    if (email != null && !email.isEmpty() && !email.matches("[^\\s@]+@[^\\s@]+\\.[^\\s@]+")) {
      wrong.add("email must be an email");
    }
    if (body.has("tags") && !body.get("tags").isArray()) {
      wrong.add("tags must be an array");
    }
    if (body.has("customFields") && !body.get("customFields").isArray()) {
      wrong.add("customFields must be an array");
    }
    if (body.has("dnd") && !body.get("dnd").isBoolean()) {
      wrong.add("dnd must be a boolean value");
    }
    String country = text(body, "country");
    if (country != null && !country.isEmpty() && !country.matches("[A-Z]{2}")) {
      wrong.add("country must be a valid ISO31661 Alpha2 code");
    }
    for (Map.Entry<String, JsonNode> channel : body.path("dndSettings").properties()) {
      if (!CHANNELS.contains(channel.getKey())) {
        wrong.add("dndSettings.property " + channel.getKey() + " should not exist");
      } else if (!channel.getValue().path("status").asText().matches("active|inactive|permanent")) {
        wrong.add(
            "dndSettings."
                + channel.getKey()
                + ".status must be one of the following values: active, inactive, permanent");
      }
    }
  }

  static @Nullable String text(JsonNode body, String name) {
    JsonNode value = body.get(name);
    return value == null || value.isNull() ? null : value.asText();
  }

  /** The contact the location's rule finds, and by which field; null when it is a new person. */
  @Nullable Match match(JsonNode body) {
    for (String field : location.matchOrder()) {
      String value = text(body, field);
      if (value != null && !value.isEmpty()) {
        List<Contact> found =
            field.equals("email")
                ? location.contacts().byEmail(value)
                : location.contacts().byPhone(value);
        if (!found.isEmpty()) {
          return new Match(found.getFirst(), field);
        }
      }
    }
    return null;
  }

  record Match(Contact contact, String field) {}

  Contact create(JsonNode body) {
    Contact blank =
        new Contact(
            location.newId(),
            location.id(),
            Map.of(),
            Map.of(),
            Set.of(),
            location.now(),
            location.now());
    return apply(blank, body, Way.CREATE);
  }

  /** Applies a body to a contact and stores it. */
  Contact apply(Contact contact, JsonNode body, Way way) {
    Map<String, Object> props = contact.copyProps();
    for (String name : TEXTS) {
      if (body.has(name) && !name.equals("name")) {
        put(props, name, text(body, name));
      }
    }
    if (way == Way.CREATE) {
      put(props, "gender", text(body, "gender"));
    }
    if (body.has("companyName")) {
      put(props, "companyName", text(body, "companyName"));
    }
    name(props, body);
    birth(props, body);
    if (body.has("dnd")) {
      props.put("dnd", body.get("dnd").booleanValue());
    }
    dnd(props, body);
    if (way != Way.CREATE) {
      dropForeignIdentifiers(contact, props);
    }
    Set<String> tags = contact.tags();
    if (body.has("tags")) {
      tags = new LinkedHashSet<>();
      for (JsonNode tag : body.get("tags")) {
        tags.add(location.tag(tag.asText()));
      }
    }
    Contact changed = contact.with(props, custom(contact.custom(), body), tags, location.now());
    location.contacts().put(changed);
    return changed;
  }

  private static void put(Map<String, Object> props, String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      props.remove(name);
    } else {
      props.put(name, value);
    }
  }

  private static void name(Map<String, Object> props, JsonNode body) {
    String whole = text(body, "name");
    if (whole != null && !body.has("firstName") && !body.has("lastName")) {
      int blank = whole.indexOf(' ');
      put(props, "firstName", blank < 0 ? whole : whole.substring(0, blank));
      put(props, "lastName", blank < 0 ? null : whole.substring(blank + 1));
    }
  }

  private static void birth(Map<String, Object> props, JsonNode body) {
    if (!body.has("dateOfBirth")) {
      return;
    }
    String given = text(body, "dateOfBirth");
    if (given == null || given.isEmpty()) {
      props.remove("dateOfBirth");
      return;
    }
    try {
      String date = given.substring(0, Math.min(10, given.length())).replaceAll("[/._]", "-");
      props.put("dateOfBirth", LocalDate.parse(date) + "T00:00:00.000Z");
    } catch (DateTimeException unreadable) {
      throw GhlError.unprocessable("Invalid date of birth");
    }
  }

  private static void dnd(Map<String, Object> props, JsonNode body) {
    if (!body.has("dndSettings")) {
      return;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    if (props.get("dndSettings") instanceof Map<?, ?> before) {
      before.forEach((channel, setting) -> settings.put(String.valueOf(channel), setting));
    }
    for (Map.Entry<String, JsonNode> channel : body.get("dndSettings").properties()) {
      Map<String, Object> setting = new LinkedHashMap<>();
      channel
          .getValue()
          .properties()
          .forEach(member -> setting.put(member.getKey(), member.getValue().asText()));
      settings.put(channel.getKey(), setting);
    }
    props.put("dndSettings", settings);
  }

  /** An e-mail or phone that belongs to somebody else is lost without a word. */
  private void dropForeignIdentifiers(Contact contact, Map<String, Object> props) {
    if (location.allowDuplicates()) {
      return;
    }
    for (String field : List.of("email", "phone")) {
      Object value = props.get(field);
      if (value == null) {
        continue;
      }
      List<Contact> owners =
          field.equals("email")
              ? location.contacts().byEmail(value.toString())
              : location.contacts().byPhone(value.toString());
      if (owners.stream().anyMatch(owner -> !owner.id().equals(contact.id()))
          && owners.stream().noneMatch(owner -> owner.id().equals(contact.id()))) {
        put(props, field, contact.text(field));
      }
    }
  }

  private Map<String, Object> custom(Map<String, Object> before, JsonNode body) {
    if (!body.has("customFields")) {
      return before;
    }
    Map<String, Object> values = new LinkedHashMap<>(before);
    for (JsonNode item : body.get("customFields")) {
      String name = text(item, "id") != null ? text(item, "id") : text(item, "key");
      CustomField field = name == null ? null : location.field(name);
      if (field == null) {
        continue;
      }
      JsonNode given =
          item.has("field_value")
              ? item.get("field_value")
              : item.has("fieldValue") ? item.get("fieldValue") : item.path("value");
      if (given.isNull() || (given.isTextual() && given.asText().isEmpty())) {
        values.remove(field.id());
        continue;
      }
      Object stored = stored(field, given);
      if (stored != null) {
        values.put(field.id(), stored);
      }
    }
    return values;
  }

  /** What the vendor keeps of a value; null when it silently loses it. */
  private static @Nullable Object stored(CustomField field, JsonNode given) {
    return switch (field.dataType()) {
      case "NUMERICAL", "MONETORY" -> number(given);
      case "CHECKBOX", "MULTIPLE_OPTIONS" -> {
        List<String> chosen = new ArrayList<>();
        Iterable<JsonNode> items = given.isArray() ? given : List.of(given);
        items.forEach(
            one -> {
              if (field.options().contains(one.asText())) {
                chosen.add(one.asText());
              }
            });
        yield chosen.isEmpty() ? null : List.copyOf(chosen);
      }
      case "SINGLE_OPTIONS", "RADIO" ->
          field.options().contains(given.asText()) ? given.asText() : null;
      case "DATE" -> date(given.asText());
      case "FILE_UPLOAD", "TEXTBOX_LIST" -> JSON.convertValue(given, Object.class);
      default -> given.isValueNode() ? given.asText() : given.toString();
    };
  }

  private static @Nullable Object number(JsonNode given) {
    try {
      return given.isNumber()
          ? given.decimalValue()
          : new java.math.BigDecimal(given.asText().trim());
    } catch (NumberFormatException lost) {
      return null;
    }
  }

  private static @Nullable String date(String text) {
    try {
      return LocalDate.parse(text.substring(0, Math.min(10, text.length()))) + "T00:00:00.000Z";
    } catch (DateTimeException lost) {
      return null;
    }
  }
}
