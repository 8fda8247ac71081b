package io.clinicsync.emr.halaxy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Search parameters in the order they were added; a name may repeat. */
final class HalaxyQuery {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final List<String> parts;

  HalaxyQuery() {
    this(List.of());
  }

  private HalaxyQuery(List<String> parts) {
    this.parts = new ArrayList<>(parts);
  }

  HalaxyQuery with(String name, Object value) {
    parts.add(encoded(name) + "=" + encoded(String.valueOf(value)));
    return this;
  }

  /** Days from the first, inclusive, to the last, exclusive. */
  HalaxyQuery days(LocalDate from, LocalDate to) {
    return with("date", "ge" + from).with("date", "lt" + to);
  }

  HalaxyQuery copy() {
    return new HalaxyQuery(parts);
  }

  /** An instant as Halaxy takes it: to the second, earlier rather than later. */
  static String second(Instant moment) {
    return SECOND.format(moment);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** With its question mark; empty when nothing was added. */
  String text() {
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }
}
