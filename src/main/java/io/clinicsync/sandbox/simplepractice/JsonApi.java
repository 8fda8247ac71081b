package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** JSON:API as this vendor writes it: resources, side-loaded ones once each, and errors. */
final class JsonApi {

  private static final String TYPE = "application/vnd.api+json; charset=utf-8";

  private final Map<String, ObjectNode> included = new LinkedHashMap<>();
  private final ArrayNode data = SimplePracticeAccount.JSON.createArrayNode();

  /** A call that is refused with a title. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int status;

    Refused(int status, String title) {
      super(title, null, false, false);
      this.status = status;
    }

    Answer answer() {
      return error(status, String.valueOf(getMessage()));
    }
  }

  static Answer error(int status, String title) {
    ObjectNode body = SimplePracticeAccount.JSON.createObjectNode();
    body.putArray("errors").addObject().put("title", title).put("status", "" + status);
    return answer(status, body);
  }

  static Answer invalid(String pointer, String title) {
    ObjectNode body = SimplePracticeAccount.JSON.createObjectNode();
    ObjectNode error = body.putArray("errors").addObject().put("status", "422").put("title", title);
    error.putObject("source").put("pointer", pointer);
    return answer(422, body);
  }

  static Answer answer(int status, ObjectNode body) {
    return new Answer(
        status, Map.of("Content-Type", TYPE), body.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A resource with the row's public members as attributes. */
  static ObjectNode resource(String type, ObjectNode row, @Nullable Set<String> fields) {
    ObjectNode resource = SimplePracticeAccount.JSON.createObjectNode();
    resource.put("id", row.path("id").asText()).put("type", type);
    ObjectNode attributes = resource.putObject("attributes");
    row.properties()
        .forEach(
            member -> {
              String name = member.getKey();
              boolean own = name.startsWith("_") || name.equals("id");
              if (!own && (fields == null || fields.contains(name))) {
                attributes.set(name, member.getValue());
              }
            });
    return resource;
  }

  static ObjectNode relationships(ObjectNode resource) {
    return resource.withObject("/relationships");
  }

  static void link(ObjectNode resource, String name, String type, String id) {
    relationships(resource).putObject(name).putObject("data").put("type", type).put("id", id);
  }

  static void links(ObjectNode resource, String name, String type, List<String> ids) {
    ArrayNode list = relationships(resource).putObject(name).putArray("data");
    ids.forEach(id -> list.addObject().put("type", type).put("id", id));
  }

  void add(ObjectNode resource) {
    data.add(resource);
  }

  void include(ObjectNode resource) {
    included.putIfAbsent(
        resource.path("type").asText() + "/" + resource.path("id").asText(), resource);
  }

  Answer list() {
    ObjectNode body = SimplePracticeAccount.JSON.createObjectNode();
    body.set("data", data);
    return answer(200, withIncluded(body));
  }

  Answer one(int status) {
    ObjectNode body = SimplePracticeAccount.JSON.createObjectNode();
    body.set("data", data.get(0));
    return answer(status, withIncluded(body));
  }

  private ObjectNode withIncluded(ObjectNode body) {
    if (!included.isEmpty()) {
      body.putArray("included").addAll(List.copyOf(included.values()));
    }
    return body;
  }

  static Set<String> words(@Nullable String list) {
    return list == null
        ? Set.of()
        : List.of(list.split(",")).stream()
            .filter(word -> !word.isBlank())
            .collect(Collectors.toSet());
  }
}
