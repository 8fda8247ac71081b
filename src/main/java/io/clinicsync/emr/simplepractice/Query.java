package io.clinicsync.emr.simplepractice;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parameters of a query or a form, in the order they were added, all of them encoded. */
final class Query {

  private final List<String> parts = new ArrayList<>();

  Query with(String name, Object value) {
    parts.add(encoded(name) + "=" + encoded(String.valueOf(value)));
    return this;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** As a form's body. */
  byte[] form() {
    return String.join("&", parts).getBytes(StandardCharsets.UTF_8);
  }

  /** With its question mark; empty when nothing was added. */
  String text() {
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }
}
