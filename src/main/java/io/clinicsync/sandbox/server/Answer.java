package io.clinicsync.sandbox.server;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a simulator answers, before any fault touches it. */
public record Answer(int status, Map<String, String> headers, byte[] body) {

  private static final byte[] NOTHING = {};
  private static final Map<String, String> JSON =
      Map.of("Content-Type", "application/json; charset=utf-8");

  public static Answer json(int status, String body) {
    return json(status, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Ready UTF-8 bytes of JSON. */
  public static Answer json(int status, byte[] body) {
    return new Answer(status, JSON, body);
  }

  public static Answer html(int status, String body) {
    return new Answer(
        status,
        Map.of("Content-Type", "text/html; charset=utf-8"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  /** An answer without a body, such as 204. */
  public static Answer empty(int status) {
    return new Answer(status, Map.of(), NOTHING);
  }

  public Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }

  public Answer withBody(byte[] newBody) {
    return new Answer(status, headers, newBody);
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Answer[" + status + ", " + body.length + " bytes]";
  }
}
