package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of a list answer wherever the vendor keeps them and damages them: at the top,
 * in a plain array, deep inside as in GraphQL, wrapped as in FHIR, with their members one level
 * down as in JSON:API.
 */
final class AnswerLists {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> IDS = Set.of("id", "ID", "_id");
  private static final Set<String> TOTALS = Set.of("total_entries", "total", "count", "totalCount");
  private static final Set<String> NEXTS = Set.of("next", "next_cursor", "nextCursor");
  private static final Pattern DATE =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d.*|\\d\\d/\\d\\d/\\d{4}.*");

  private AnswerLists() {}

  /** Without entries, with totals of zero and nowhere to go on. */
  static Answer emptied(Answer answer) {
    return edited(
        answer,
        root -> {
          lists(root).forEach(ArrayNode::removeAll);
          end(root);
        });
  }

  private static void end(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (String name : names(object)) {
        if (TOTALS.contains(name) && object.get(name).isNumber()) {
          object.put(name, 0);
        } else if (NEXTS.contains(name)) {
          object.remove(name);
        } else {
          end(object.get(name));
        }
      }
    }
  }

  /**
   * The entry at this place of each list, also of lists inside of records, has an id and dates that
   * nobody can read.
   */
  static Answer poisoned(Answer answer, int index) {
    return edited(
        answer,
        root -> {
          for (ArrayNode list : lists(root)) {
            poisonAt(list, index);
            // Records that stand inside of others, such as what a patient bought.
            for (JsonNode entry : list) {
              lists(entry).stream()
                  .filter(
                      inner -> names((ObjectNode) inner.get(0)).stream().anyMatch(IDS::contains))
                  .forEach(inner -> poisonAt(inner, index));
            }
          }
        });
  }

  private static void poisonAt(ArrayNode list, int index) {
    if (list.get(index) instanceof ObjectNode entry) {
      holders(entry).forEach(AnswerLists::poison);
    }
  }

  private static void poison(ObjectNode holder) {
    for (String name : names(holder)) {
      if (IDS.contains(name)) {
        holder.putObject(name).put("broken", true);
      } else if (holder.get(name).isTextual()
          && DATE.matcher(holder.get(name).asText()).matches()) {
        holder.put(name, "32/13/20x6");
      }
    }
  }

  /**
   * A member of every record has another name.
   *
   * @param field null means the record's id, whatever it is called
   */
  static Answer renamed(Answer answer, @Nullable String field) {
    return eachMember(
        answer,
        field,
        (holder, name) -> {
          JsonNode value = holder.remove(name);
          holder.set(name + "_v2", value);
        });
  }

  /** A member of every record is missing; null means the record's id, whatever it is called. */
  static Answer without(Answer answer, @Nullable String field) {
    return eachMember(answer, field, ObjectNode::remove);
  }

  private static Answer eachMember(
      Answer answer,
      @Nullable String field,
      java.util.function.BiConsumer<ObjectNode, String> edit) {
    return edited(
        answer,
        root -> {
          for (ArrayNode list : lists(root)) {
            for (JsonNode entry : list) {
              if (entry instanceof ObjectNode object) {
                for (ObjectNode holder : holders(object)) {
                  names(holder).stream()
                      .filter(name -> field == null ? IDS.contains(name) : name.equals(field))
                      .forEach(name -> edit.accept(holder, name));
                }
              }
            }
          }
        });
  }

  /** What holds an entry's members: itself, a resource inside of it, its attributes. */
  private static List<ObjectNode> holders(ObjectNode entry) {
    List<ObjectNode> holders = new ArrayList<>();
    ObjectNode record = entry.get("resource") instanceof ObjectNode resource ? resource : entry;
    holders.add(record);
    if (record.get("attributes") instanceof ObjectNode attributes) {
      holders.add(attributes);
    }
    return holders;
  }

  /** Arrays of objects, not looking into their entries. */
  private static List<ArrayNode> lists(JsonNode root) {
    List<ArrayNode> found = new ArrayList<>();
    if (root instanceof ArrayNode array) {
      if (array.path(0).isObject()) {
        found.add(array);
      }
    } else {
      root.forEach(member -> found.addAll(lists(member)));
    }
    return found;
  }

  private static List<String> names(ObjectNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Answer edited(Answer answer, Consumer<JsonNode> edit) {
    try {
      JsonNode root = JSON.readTree(answer.body());
      edit.accept(root);
      return answer.withBody(JSON.writeValueAsBytes(root));
    } catch (IOException notJson) {
      return answer;
    }
  }
}
