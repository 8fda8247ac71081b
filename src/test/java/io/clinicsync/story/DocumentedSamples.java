package io.clinicsync.story;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes the lists of key paths and JSON types out of the documentation of the product this one
 * replaces, a text with one sample of a payload for each EMR. The samples carry comments, and text
 * follows their last brace, once a brace too many.
 */
final class DocumentedSamples {

  private static final String HEADING = "Webhook Payload";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private DocumentedSamples() {}

  /**
   * Types by key path in the sample's order. A null says nothing of its type, unless the same key
   * is filled elsewhere in the sample.
   *
   * @param product as the documentation's heading names it
   */
  static Map<String, String> types(String documentation, String product) {
    Map<String, String> types = new LinkedHashMap<>();
    collect(sample(documentation, product), "", types);
    return types;
  }

  private static JsonNode sample(String documentation, String product) {
    int heading = -1;
    for (String line : documentation.split("\n")) {
      if (line.startsWith(HEADING) && line.contains(": " + product + " ")) {
        heading = documentation.indexOf(line);
      }
    }
    if (heading < 0) {
      throw new IllegalArgumentException("no sample of " + product);
    }
    try {
      // Reads up to the end of the first value and looks at nothing behind it.
      return JSON.readTree(documentation.substring(documentation.indexOf("\n{", heading)));
    } catch (JsonProcessingException broken) {
      throw new IllegalArgumentException("the sample of " + product + " is no JSON", broken);
    }
  }

  private static void collect(JsonNode node, String path, Map<String, String> types) {
    if (!path.isEmpty()) {
      String type = type(node);
      String before = types.get(path);
      if (before != null && !before.equals(type) && !before.equals("any") && !type.equals("any")) {
        throw new IllegalArgumentException(path + " is " + before + " here and " + type + " there");
      }
      if (before == null || before.equals("any")) {
        types.put(path, type);
      }
    }
    if (node.isArray()) {
      node.forEach(each -> collect(each, path + "[]", types));
    }
    node.properties()
        .forEach(
            member -> {
              // Appointments stand under their own ids there.
              String name = path.equals("appointments") ? "{id}" : member.getKey();
              collect(member.getValue(), path.isEmpty() ? name : path + "." + name, types);
            });
  }

  /** The JSON type's name; "any" for null. */
  private static String type(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NUMBER -> "number";
      default -> "any";
    };
  }
}
