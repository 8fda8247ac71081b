package io.clinicsync.emr.practicebetter;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The parameters of a query or a form, in the order they were added. */
final class PracticeBetterQuery {

  private final List<String> parts;

  PracticeBetterQuery() {
    this(List.of());
  }

  private PracticeBetterQuery(List<String> parts) {
    this.parts = new ArrayList<>(parts);
  }

  PracticeBetterQuery copy() {
    return new PracticeBetterQuery(parts);
  }

  PracticeBetterQuery with(String name, Object value) {
    parts.add(encoded(name) + "=" + encoded(String.valueOf(value)));
    return this;
  }

  /** An instant to the second, earlier rather than later. */
  PracticeBetterQuery at(String name, Instant moment) {
    return with(name, moment.truncatedTo(ChronoUnit.SECONDS));
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
