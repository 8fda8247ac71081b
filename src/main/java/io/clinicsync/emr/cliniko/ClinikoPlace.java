package io.clinicsync.emr.cliniko;

import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a window is read up to; written as the cursor.
 *
 * @param stage which of the source's lists
 * @param from the second from which on to ask; null for the window's start
 * @param page 0 while stepping by time; else the page within the one second {@code from}
 * @param total rows of that second as last counted; -1 when not yet known
 * @param round how often the second was begun again
 * @param seen ids of rows of the second {@code from} that were given already
 * @param readAt the vendor's time when the window's first page was read; null when not needed
 * @param done bookings given in this window so far; null when they became too many to list
 */
record ClinikoPlace(
    String stage,
    @Nullable Instant from,
    int page,
    long total,
    int round,
    Set<String> seen,
    @Nullable Instant readAt,
    @Nullable Set<String> done) {

  private static final String VERSION = "1";
  private static final int MOST_DONE = 300;

  static ClinikoPlace start(String stage) {
    return new ClinikoPlace(stage, null, 0, -1, 0, Set.of(), null, Set.of());
  }

  ClinikoPlace stage(String next) {
    return new ClinikoPlace(next, null, 0, -1, 0, Set.of(), readAt, done);
  }

  /** On to the rows from this second on. */
  ClinikoPlace stepTo(Instant second, Set<String> given) {
    return new ClinikoPlace(stage, second, 0, -1, 0, given, readAt, done);
  }

  /** Into the rows of one second, page by page. */
  ClinikoPlace within(Instant second, int nextPage, long counted, int again, Set<String> given) {
    return new ClinikoPlace(stage, second, nextPage, counted, again, given, readAt, done);
  }

  ClinikoPlace having(Instant firstRead, Set<String> bookings) {
    Set<String> all = null;
    if (done != null) {
      all = new LinkedHashSet<>(done);
      all.addAll(bookings);
      all = all.size() > MOST_DONE ? null : all;
    }
    return new ClinikoPlace(
        stage, from, page, total, round, seen, readAt == null ? firstRead : readAt, all);
  }

  Cursor cursor() {
    return new Cursor(
        String.join(
            "|",
            VERSION,
            stage,
            from == null ? "" : from.toString(),
            Integer.toString(page),
            Long.toString(total),
            Integer.toString(round),
            String.join(",", seen),
            readAt == null ? "" : readAt.toString(),
            done == null ? "*" : String.join(",", done)));
  }

  static ClinikoPlace of(Cursor cursor) {
    List<String> parts = List.of(cursor.value().split("\\|", -1));
    if (parts.size() != 9 || !parts.get(0).equals(VERSION)) {
      throw unknown();
    }
    try {
      return new ClinikoPlace(
          parts.get(1),
          instant(parts.get(2)),
          Integer.parseInt(parts.get(3)),
          Long.parseLong(parts.get(4)),
          Integer.parseInt(parts.get(5)),
          ids(parts.get(6)),
          instant(parts.get(7)),
          parts.get(8).equals("*") ? null : ids(parts.get(8)));
    } catch (DateTimeException | NumberFormatException unreadable) {
      throw unknown();
    }
  }

  private static @Nullable Instant instant(String text) {
    return text.isEmpty() ? null : Instant.parse(text);
  }

  private static Set<String> ids(String text) {
    return text.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(text.split(",")));
  }

  private static EmrException unknown() {
    return new EmrException(EmrException.Kind.REQUEST_REJECTED, "The cursor is not one of ours");
  }
}
