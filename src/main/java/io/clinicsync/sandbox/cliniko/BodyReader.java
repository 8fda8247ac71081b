package io.clinicsync.sandbox.cliniko;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a write's JSON into stored values and collects what Cliniko would refuse. Unknown members
 * are ignored.
 */
final class BodyReader {

  static final ObjectMapper JSON = new ObjectMapper();

  /** What was read and, by member, what is wrong with it. */
  record Body(JsonNode json, Map<String, @Nullable Object> values, Map<String, String> errors) {}

  /**
   * @param staff whether staff write, who may also set members the API does not take
   */
  static Body read(Schema schema, String text, boolean staff) {
    JsonNode json;
    try {
      json = text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new BadRequest(400, "The request body is not valid JSON");
    }
    if (!json.isObject()) {
      throw new BadRequest(400, "The request body must be an object");
    }
    Map<String, @Nullable Object> values = new HashMap<>();
    Map<String, String> errors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      Schema.Field field = schema.write(member.getKey());
      if (field == null && staff) {
        field = schema.find(member.getKey());
      }
      if (field == null) {
        continue;
      }
      try {
        values.put(field.name(), value(field, member.getValue()));
      } catch (DateTimeException | NumberFormatException wrong) {
        errors.put(member.getKey(), "is invalid");
      }
      if (field.kind() == Schema.Kind.TEXT
          && member.getValue().asText().length() > 255
          && !field.name().contains("notes")) {
        errors.put(member.getKey(), "is too long (maximum is 255 characters)");
      }
    }
    return new Body(json, values, errors);
  }

  private static @Nullable Object value(Schema.Field field, JsonNode json) {
    if (json.isNull()) {
      return field.name().equals("patient_phone_numbers") ? "[]" : null;
    }
    return switch (field.kind()) {
      case TEXT -> json.asText();
      case FLAG -> json.isBoolean() ? json.booleanValue() : Boolean.valueOf(json.asText());
      case INTEGER -> json.isInt() ? (Integer) json.intValue() : Integer.valueOf(json.asText());
      case REF -> Long.valueOf(json.asText());
      case DATE -> LocalDate.parse(json.asText());
      case INSTANT -> instant(json.asText());
      case JSON -> field.name().equals("patient_phone_numbers") ? phones(json) : json.toString();
      default -> throw new NumberFormatException(field.name());
    };
  }

  private static Instant instant(String text) {
    Instant instant =
        text.endsWith("Z") ? Instant.parse(text) : OffsetDateTime.parse(text).toInstant();
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }

  private static String phones(JsonNode array) {
    JsonOut out = new JsonOut(128).openList();
    for (JsonNode phone : array) {
      String number = phone.path("number").asText();
      out.open()
          .member("phone_type", phone.path("phone_type").asText("Mobile"))
          .member("number", number);
      out.member("normalized_number", PhoneDigits.of(number, "61")).close();
    }
    return out.closeList().toString();
  }

  private BodyReader() {}
}
