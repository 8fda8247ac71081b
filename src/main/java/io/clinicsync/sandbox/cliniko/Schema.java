package io.clinicsync.sandbox.cliniko;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of one Cliniko resource. Written as lines of {@code name kind target flags}; flags: f =
 * filterable, i = indexed reference, w = writable.
 */
final class Schema {

  /** How a member is stored and rendered. */
  enum Kind {
    TEXT,
    INSTANT,
    DATE,
    FLAG,
    INTEGER,
    /** Stored as BigDecimal, rendered as a string. */
    DECIMAL,
    /** Stored as BigDecimal, rendered as a JSON number. */
    NUMBER,
    /** Stored as the other record's id, rendered as a link to {@code target}; absent when null. */
    REF,
    /** Not stored; a link made from the template {@code target}. */
    LINK,
    /** List of ids. */
    IDS,
    /** Ready JSON text. */
    JSON
  }

  record Field(
      int index,
      String name,
      Kind kind,
      String target,
      boolean filterable,
      boolean indexed,
      boolean writable) {
    String filterName() {
      return kind == Kind.REF ? name + "_id" : name;
    }
  }

  final String resource;
  final List<Field> fields;
  final List<Field> indexed;
  private final Map<String, Field> byName = new LinkedHashMap<>();
  private final Map<String, Field> filters = new LinkedHashMap<>();
  private final Map<String, Field> writable = new LinkedHashMap<>();
  final int createdAt;
  final int updatedAt;

  private Schema(String resource, List<Field> fields) {
    this.resource = resource;
    this.fields = fields;
    this.indexed = fields.stream().filter(Field::indexed).toList();
    for (Field field : fields) {
      byName.put(field.name(), field);
      if (field.filterable()) {
        filters.put(field.filterName(), field);
      }
      if (field.writable()) {
        writable.put(field.filterName(), field);
      }
    }
    this.createdAt = field("created_at").index();
    this.updatedAt = field("updated_at").index();
  }

  static Schema of(String resource, String lines) {
    List<Field> fields = new ArrayList<>();
    for (String line : (lines + "\ncreated_at instant - f\nupdated_at instant - f").split("\n")) {
      String[] words = line.trim().split("\\s+");
      if (words.length < 2) {
        continue;
      }
      String flags = words.length > 3 ? words[3] : "";
      fields.add(
          new Field(
              fields.size(),
              words[0],
              Kind.valueOf(words[1].toUpperCase(java.util.Locale.ROOT)),
              words.length > 2 ? words[2] : "",
              flags.contains("f"),
              flags.contains("i"),
              flags.contains("w")));
    }
    return new Schema(resource, List.copyOf(fields));
  }

  Field field(String name) {
    Field field = byName.get(name);
    if (field == null) {
      throw new IllegalArgumentException(resource + " has no " + name);
    }
    return field;
  }

  @Nullable Field find(String name) {
    return byName.get(name);
  }

  /** The member behind a filter's name, or null when Cliniko does not filter on it. */
  @Nullable Field filter(String name) {
    return filters.get(name);
  }

  /** The member behind a name in a write body, or null when it is not writable. */
  @Nullable Field write(String name) {
    return writable.get(name);
  }

  int size() {
    return fields.size();
  }
}
