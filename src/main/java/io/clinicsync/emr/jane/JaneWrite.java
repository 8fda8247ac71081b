package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One request that needs the page's token. {@code toString} shows nothing of its body.
 *
 * @param path without a query
 * @param body null for none
 * @param repeatable true for a question that is asked by POST; a write is sent once
 */
record JaneWrite(
    String operation, String method, String path, @Nullable ObjectNode body, boolean repeatable) {

  static JaneWrite post(String operation, String path, ObjectNode body) {
    return new JaneWrite(operation, "POST", path, body, false);
  }

  static JaneWrite put(String operation, String path, ObjectNode body) {
    return new JaneWrite(operation, "PUT", path, body, false);
  }

  static JaneWrite delete(String operation, String path, @Nullable ObjectNode body) {
    return new JaneWrite(operation, "DELETE", path, body, false);
  }

  static JaneWrite question(String operation, String path, ObjectNode body) {
    return new JaneWrite(operation, "POST", path, body, true);
  }

  /** A body without members yet. */
  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public String toString() {
    return "JaneWrite[" + operation + "]";
  }
}
