package io.clinicsync.emr.spi;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call a vendor made to us, as it came: nothing is parsed or decoded before it is verified [R37].
 *
 * @param event last part of the address where a vendor is given one address per event; else null
 * @param query by name, in order
 * @param headers by lower-case name
 * @param body the raw bytes
 * @param receivedAt our clock
 */
public record IncomingCall(
    String method,
    @Nullable String event,
    Map<String, List<String>> query,
    Map<String, List<String>> headers,
    byte[] body,
    Instant receivedAt) {

  /** The first value of a header, whatever its case. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }

  /** The first value of a query parameter. */
  public Optional<String> parameter(String name) {
    return query.getOrDefault(name, List.of()).stream().findFirst();
  }

  @Override
  public String toString() {
    return "IncomingCall[" + method + ", " + body.length + " bytes]";
  }
}
