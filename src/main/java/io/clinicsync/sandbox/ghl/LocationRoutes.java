package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /locations/…} of one location: itself, custom fields, custom values, tags. Callers hold
 * its lock.
 */
final class LocationRoutes {

  private static final Set<String> TYPES =
      Set.of(
          "TEXT",
          "LARGE_TEXT",
          "NUMERICAL",
          "PHONE",
          "MONETORY",
          "CHECKBOX",
          "SINGLE_OPTIONS",
          "MULTIPLE_OPTIONS",
          "DATE",
          "TEXTBOX_LIST",
          "FILE_UPLOAD",
          "RADIO",
          "EMAIL");
  private static final Set<String> FIELD_MEMBERS =
      Set.of(
          "name",
          "dataType",
          "placeholder",
          "acceptedFormat",
          "isMultipleFile",
          "maxNumberOfFiles",
          "textBoxListOptions",
          "position",
          "model",
          "parentId",
          "fieldKey",
          "description",
          "options");

  private final GhlLocation location;

  LocationRoutes(GhlLocation location) {
    this.location = location;
  }

  Answer route(Request request, List<String> path) {
    if (path.size() < 2) {
      throw GhlError.unauthorized("This authClass type is not allowed to access this scope.");
    }
    GhlRoutes.own(location, path.get(1));
    if (path.size() == 2 && request.method().equals("GET")) {
      return json(200, "location", location.json());
    }
    String id = path.size() > 3 ? path.get(3) : null;
    return switch (path.size() > 2 ? path.get(2) : "") {
      case "customFields" -> fields(request, id);
      case "customValues" -> values(request, id);
      case "tags" -> tags(request, id);
      default -> throw GhlRoutes.missing(request);
    };
  }

  private static Answer json(int status, String name, Object value) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(name, value);
    body.put("traceId", GhlIds.trace());
    return Answer.json(status, JsonOut.of(body));
  }

  private static Answer gone() {
    return json(200, "succeded", true);
  }

  private Answer fields(Request request, @Nullable String id) {
    if (id == null) {
      return switch (request.method()) {
        case "GET" -> {
          GhlRoutes.onlyQuery(request, Set.of("model"));
          String model = GhlRoutes.query(request, "model");
          yield json(
              200,
              "customFields",
              location.fields().values().stream()
                  .filter(
                      field -> model == null || model.equals("all") || field.model().equals(model))
                  .map(CustomField::json)
                  .toList());
        }
        case "POST" -> createField(GhlRoutes.body(request));
        default -> throw GhlRoutes.missing(request);
      };
    }
    CustomField field = location.field(id);
    if (field == null) {
      throw GhlError.bad("Custom field not found");
    }
    return switch (request.method()) {
      case "GET" -> json(200, "customField", field.json());
      case "PUT" -> {
        JsonNode body = GhlRoutes.body(request);
        if (body.has("dataType")) {
          throw GhlError.unprocessable(List.of("property dataType should not exist"));
        }
        checkField(body, false);
        CustomField renamed =
            field.renamed(
                body.get("name").asText(),
                body.has("placeholder")
                    ? ContactWrites.text(body, "placeholder")
                    : field.placeholder(),
                body.path("position").asInt(field.position()),
                body.has("options") ? options(body) : field.options());
        location.fields().put(field.id(), renamed);
        yield json(200, "customField", renamed.json());
      }
      case "DELETE" -> {
        GhlEdits.removeField(location, field.id());
        yield gone();
      }
      default -> throw GhlRoutes.missing(request);
    };
  }

  private Answer createField(JsonNode body) {
    checkField(body, true);
    CustomField field =
        location.addField(
            body.get("name").asText(),
            body.get("dataType").asText(),
            body.path("model").asText("contact"),
            ContactWrites.text(body, "placeholder"),
            options(body),
            ContactWrites.text(body, "parentId"),
            ContactWrites.text(body, "fieldKey"));
    return json(201, "customField", field.json()).with("X-Sandbox-Id", field.id());
  }

  private static void checkField(JsonNode body, boolean create) {
    List<String> wrong = new ArrayList<>();
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELD_MEMBERS.contains(name)) {
                wrong.add("property " + name + " should not exist");
              }
            });
    if (body.path("name").asText().isBlank()) {
      wrong.add("name should not be empty");
    }
    if (create && !TYPES.contains(body.path("dataType").asText())) {
      wrong.add("dataType must be a valid enum value");
    }
    if (!body.path("model").asText("contact").matches("contact|opportunity")) {
      wrong.add("model must be one of the following values: contact, opportunity");
    }
    if (!wrong.isEmpty()) {
      throw GhlError.unprocessable(wrong);
    }
  }

  private static List<String> options(JsonNode body) {
    JsonNode given = body.has("options") ? body.get("options") : body.path("textBoxListOptions");
    List<String> options = new ArrayList<>();
    given.forEach(one -> options.add(one.isTextual() ? one.asText() : one.path("label").asText()));
    return options;
  }

  private Answer values(Request request, @Nullable String id) {
    if (id == null && request.method().equals("GET")) {
      return json(200, "customValues", List.copyOf(location.values().values()));
    }
    if (id == null && request.method().equals("POST")) {
      return value(location.newId(), GhlRoutes.body(request), 201);
    }
    Map<String, Object> found = id == null ? null : location.values().get(id);
    if (id == null || found == null) {
      throw GhlError.bad("Custom value not found");
    }
    return switch (request.method()) {
      case "GET" -> json(200, "customValue", found);
      case "PUT" -> value(id, GhlRoutes.body(request), 200);
      case "DELETE" -> {
        location.values().remove(id);
        yield gone();
      }
      default -> throw GhlRoutes.missing(request);
    };
  }

  private Answer value(String id, JsonNode body, int status) {
    if (body.path("name").asText().isBlank() || !body.path("value").isTextual()) {
      throw GhlError.unprocessable(List.of("name must be a string", "value must be a string"));
    }
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("id", id);
    value.put("name", body.get("name").asText());
    String slug =
        body.get("name").asText().toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    value.put("fieldKey", "{{ custom_values." + slug + " }}");
    value.put("value", body.get("value").asText());
    value.put("locationId", location.id());
    location.values().put(id, value);
    return json(status, "customValue", value);
  }

  private Answer tags(Request request, @Nullable String id) {
    if (id == null) {
      return switch (request.method()) {
        case "GET" -> {
          List<Map<String, Object>> all = new ArrayList<>();
          location.tags().forEach((name, tagId) -> all.add(tag(name, tagId)));
          yield json(200, "tags", all);
        }
        case "POST" -> {
          String name = GhlRoutes.body(request).path("name").asText();
          if (name.isBlank()) {
            throw GhlError.unprocessable(List.of("name should not be empty"));
          }
          String lower = location.tag(name);
          yield json(
              200, "tag", tag(lower, java.util.Objects.requireNonNull(location.tags().get(lower))));
        }
        default -> throw GhlRoutes.missing(request);
      };
    }
    String name =
        location.tags().entrySet().stream()
            .filter(entry -> entry.getValue().equals(id))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> GhlError.bad("Tag not found"));
    return switch (request.method()) {
      case "GET" -> json(200, "tag", tag(name, id));
      case "DELETE" -> {
        location.tags().remove(name);
        yield gone();
      }
      default -> throw GhlRoutes.missing(request);
    };
  }

  private Map<String, Object> tag(String name, String id) {
    return Map.of("id", id, "name", name, "locationId", location.id());
  }
}
