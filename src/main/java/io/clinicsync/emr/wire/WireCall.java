package io.clinicsync.emr.wire;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call as a connector states it.
 *
 * @param operation low-cardinality name, for example {@code nookal.patients.list}; no ids
 * @param headers authorisation included, so never logged
 * @param body null for none
 * @param repeatable true for reads, whatever their method; a write is sent once
 */
public record WireCall(
    String operation,
    String method,
    URI uri,
    Map<String, String> headers,
    byte @Nullable [] body,
    boolean repeatable) {

  /** A read by GET. */
  public static WireCall get(String operation, URI uri, Map<String, String> headers) {
    return new WireCall(operation, "GET", uri, headers, null, true);
  }

  @Override
  public String toString() {
    return "WireCall[" + operation + " " + method + "]";
  }
}
