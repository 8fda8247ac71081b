package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One write to be sent. {@code toString} shows nothing of its body.
 *
 * @param path without a query
 */
record ClinikoWrite(String operation, String method, String path, ObjectNode body) {

  static ClinikoWrite post(String operation, String path) {
    return new ClinikoWrite(operation, "POST", path, JsonNodeFactory.instance.objectNode());
  }

  static ClinikoWrite patch(String operation, String path) {
    return new ClinikoWrite(operation, "PATCH", path, JsonNodeFactory.instance.objectNode());
  }

  ClinikoWrite with(String member, String value) {
    body.put(member, value);
    return this;
  }

  @Override
  public String toString() {
    return "ClinikoWrite[" + operation + "]";
  }
}
