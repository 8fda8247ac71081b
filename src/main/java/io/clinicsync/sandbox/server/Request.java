package io.clinicsync.sandbox.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as it came over the wire.
 *
 * @param path raw path without the query
 * @param rawQuery raw query, empty when there is none
 * @param headers by lower-case name; the last one wins
 * @param body complete, empty when there is none
 */
public record Request(
    String method, String path, String rawQuery, Map<String, String> headers, byte[] body) {

  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The query's decoded parameters in the order they came; a name may repeat. */
  public Map<String, List<String>> query() {
    return parameters(rawQuery);
  }

  /** Decoded parameters of a query string or a form body. */
  public static Map<String, List<String>> parameters(String encoded) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    if (encoded.isEmpty()) {
      return found;
    }
    for (String pair : encoded.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      found.computeIfAbsent(decode(name), key -> new ArrayList<>()).add(decode(value));
    }
    return found;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The same request under another path, as a simulator behind a prefix sees it. */
  public Request at(String newPath) {
    return new Request(method, newPath, rawQuery, headers, body);
  }

  /** The same request with another body. */
  public Request withBody(byte[] newBody) {
    return new Request(method, path, rawQuery, headers, newBody);
  }

  @Override
  public String toString() {
    return "Request[" + method + " " + path + "]";
  }
}
