package io.clinicsync.sandbox.cliniko;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One version of one record. Never changes; an edit makes a new one. */
final class Row {

  final Schema schema;
  final long id;
  private final @Nullable Object[] values;
  private volatile @Nullable Rendered rendered;
  private volatile @Nullable String truth;

  /** This version as JSON, for callers who reach the sandbox under this base. */
  record Rendered(String base, byte[] json) {}

  Row(Schema schema, long id, Map<String, ?> members) {
    this.schema = schema;
    this.id = id;
    this.values = new Object[schema.size()];
    members.forEach((name, value) -> values[schema.field(name).index()] = value);
  }

  private Row(Row before, Map<String, ?> changes) {
    this.schema = before.schema;
    this.id = before.id;
    this.values = before.values.clone();
    changes.forEach((name, value) -> values[schema.field(name).index()] = value);
  }

  @Nullable Rendered rendered() {
    return rendered;
  }

  void rendered(Rendered text) {
    rendered = text;
  }

  /** This version as JSON without anybody's base; written when it is first wanted. */
  String truth() {
    String known = truth;
    if (known == null) {
      known = new Render("").one(this);
      truth = known;
    }
    return known;
  }

  Row with(Map<String, ?> changes) {
    return new Row(this, changes);
  }

  @Nullable Object at(int index) {
    return values[index];
  }

  @Nullable Object get(String name) {
    Schema.Field field = schema.find(name);
    return field == null ? null : values[field.index()];
  }

  /** A reference's id; -1 when there is none. */
  long ref(String name) {
    return get(name) instanceof Long id ? id : -1;
  }

  @Nullable Instant instant(String name) {
    return (Instant) get(name);
  }

  Instant must(String name) {
    Instant value = instant(name);
    if (value == null) {
      throw new IllegalStateException(schema.resource + " without " + name);
    }
    return value;
  }

  String text(String name) {
    Object value = get(name);
    return value == null ? "" : value.toString();
  }

  boolean is(String name) {
    return Boolean.TRUE.equals(get(name));
  }

  /** Neither cancelled, archived nor deleted. */
  boolean live() {
    return get("cancelled_at") == null && get("archived_at") == null && get("deleted_at") == null;
  }

  Instant createdAt() {
    return (Instant) java.util.Objects.requireNonNull(values[schema.createdAt]);
  }

  Instant updatedAt() {
    return (Instant) java.util.Objects.requireNonNull(values[schema.updatedAt]);
  }

  @Override
  public String toString() {
    return schema.resource + "/" + id;
  }
}
