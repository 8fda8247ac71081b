package io.clinicsync.ghl;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.clinicsync.http.HttpAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON as the vendor writes it: unknown members are ignored, missing ones are null. */
final class GhlJson {

  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private GhlJson() {}

  static JsonNode read(GhlEndpoint endpoint, HttpAnswer answer) {
    try {
      JsonNode node = MAPPER.readTree(answer.body());
      if (node != null && (node.isObject() || node.isArray())) {
        return node;
      }
    } catch (IOException unreadable) {
      // The parser's message may quote the body, so it is not passed on.
      throw GhlErrors.notAsKnown(endpoint, null);
    }
    throw GhlErrors.notAsKnown(endpoint, null);
  }

  static JsonNode readLeniently(HttpAnswer answer) {
    try {
      JsonNode node = MAPPER.readTree(answer.body());
      return node == null ? MissingNode.getInstance() : node;
    } catch (IOException unreadable) {
      return MissingNode.getInstance();
    }
  }

  static byte[] write(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JacksonException impossible) {
      throw new IllegalStateException("A JSON tree can always be written", impossible);
    }
  }

  static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (value.isNull() || value.isMissingNode() || value.isContainerNode()) {
      return null;
    }
    String text = value.asText();
    return text.isBlank() ? null : text;
  }

  static String required(GhlEndpoint endpoint, JsonNode node, String name) {
    String value = text(node, name);
    if (value == null) {
      throw GhlErrors.notAsKnown(endpoint, null);
    }
    return value;
  }

  static List<String> texts(JsonNode node) {
    List<String> result = new ArrayList<>();
    node.forEach(each -> result.add(each.asText()));
    return result;
  }
}
