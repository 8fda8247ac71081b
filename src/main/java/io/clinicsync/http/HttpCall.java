package io.clinicsync.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request to a vendor.
 *
 * @param operation low-cardinality name for logs and metrics, for example {@code
 *     cliniko.patients.list}; no ids
 * @param headers sent as they are; authorisation included, so never logged
 * @param body null for none
 * @param repeatable true for reads and for writes whose repetition changes nothing; only these are
 *     retried, inside one retry budget [R17]
 * @param deadline overall, connect to last body byte [R10]
 * @param maxBytes of the decoded body
 * @param waitAsked reads from a 429 answer how long this vendor wants us to wait; empty when it
 *     does not say
 */
public record HttpCall(
    Quota quota,
    Lane lane,
    String operation,
    String method,
    URI uri,
    Map<String, String> headers,
    byte @Nullable [] body,
    boolean repeatable,
    Duration deadline,
    long maxBytes,
    Function<HttpAnswer, Optional<Duration>> waitAsked) {

  @Override
  public String toString() {
    return "HttpCall[" + operation + " " + method + " " + uri.getHost() + "]";
  }
}
