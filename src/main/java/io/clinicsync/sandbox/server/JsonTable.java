package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of one kind as JSON objects in the vendor's words, in the order they were made. The
 * caller holds the account's lock.
 */
public final class JsonTable {

  private final String name;
  private final Map<String, ObjectNode> rows = new LinkedHashMap<>();

  /** An empty table. */
  public JsonTable(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** Adds or replaces a record. */
  public void put(String id, ObjectNode row) {
    rows.put(id, row);
  }

  public Optional<ObjectNode> find(String id) {
    return Optional.ofNullable(rows.get(id));
  }

  /**
   * The record.
   *
   * @throws IllegalArgumentException when there is none
   */
  public ObjectNode require(String id) {
    return find(id)
        .orElseThrow(() -> new IllegalArgumentException("no such record in " + name + ": " + id));
  }

  public boolean remove(String id) {
    return rows.remove(id) != null;
  }

  public List<String> ids() {
    return List.copyOf(rows.keySet());
  }

  public Collection<ObjectNode> all() {
    return rows.values();
  }

  public int size() {
    return rows.size();
  }
}
