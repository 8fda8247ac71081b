package io.clinicsync.emr.cliniko;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Query of a request; every part is encoded exactly once, as a second pass silently changes
 * filters.
 */
final class ClinikoQuery {

  static final int PER_PAGE = 100;

  /** How many ids one filter names; the vendor's own bound is not published. */
  static final int IDS_PER_CALL = 50;

  private final List<String> parts = new ArrayList<>();

  static ClinikoQuery list() {
    return new ClinikoQuery().with("per_page", Integer.toString(PER_PAGE));
  }

  static ClinikoQuery single() {
    return new ClinikoQuery();
  }

  ClinikoQuery with(String name, String value) {
    parts.add(encode(name) + "=" + encode(value));
    return this;
  }

  ClinikoQuery filter(String filter) {
    return with("q[]", filter);
  }

  /** Cliniko leaves removed and cancelled rows out of lists unless a filter names their column. */
  ClinikoQuery including(Collection<String> hiddenColumns) {
    hiddenColumns.forEach(column -> filter(column + ":*"));
    return this;
  }

  ClinikoQuery ids(String field, Collection<String> ids) {
    return filter(field + ":=" + String.join(",", ids));
  }

  ClinikoQuery page(int page) {
    return page <= 1 ? this : with("page", Integer.toString(page));
  }

  /** Whole seconds, cut and never rounded up. */
  static String second(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  String text() {
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
