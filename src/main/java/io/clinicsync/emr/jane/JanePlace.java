package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in the list of patients, which is walked by change time, since page numbers shift while
 * patients are edited.
 *
 * @param since inclusive; null for the beginning
 * @param page above one only where one second fills a page
 * @param seen ids given already of the second {@code since}
 */
record JanePlace(@Nullable Instant since, int page, Set<String> seen) {

  static final JanePlace START = new JanePlace(null, 1, Set.of());

  JanePlace {
    seen = new LinkedHashSet<>(seen);
  }

  String text() {
    return (since == null ? "" : since.toString()) + "/" + page + "/" + String.join(",", seen);
  }

  static JanePlace of(Cursor cursor) {
    return of(cursor.value());
  }

  static JanePlace of(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 3) {
        return new JanePlace(
            parts[0].isEmpty() ? null : Instant.parse(parts[0]),
            Integer.parseInt(parts[1]),
            parts[2].isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(parts[2].split(","))));
      }
    } catch (DateTimeException | NumberFormatException notOurs) {
      // As below.
    }
    throw new EmrException(EmrException.Kind.REQUEST_REJECTED, "This is no place in Jane's list");
  }
}
