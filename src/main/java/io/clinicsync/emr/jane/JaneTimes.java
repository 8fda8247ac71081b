package io.clinicsync.emr.jane;

import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads times that may be anything. */
final class JaneTimes {

  private static final String CHANGED = "updated_at";

  private JaneTimes() {}

  /** The greatest readable change time; null when there is none. */
  static @Nullable Instant latest(List<Entry> entries) {
    return entries.stream()
        .flatMap(entry -> changed(entry).stream())
        .max(Instant::compareTo)
        .orElse(null);
  }

  /** When an entry changed; empty when it does not say so readably. */
  static Optional<Instant> changed(Entry entry) {
    try {
      return Optional.of(OffsetDateTime.parse(entry.json().path(CHANGED).asText("")).toInstant());
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  /**
   * A time of an opening: older pages of Jane wrote it without an offset, in the clinic's zone
   * (seen 2021 to 2024). In the hour a clock is set back it is the earlier one.
   */
  static Instant local(Entry entry, String member, ZoneId zone) {
    String text = entry.requireText(member);
    try {
      return text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)$")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(zone).toInstant();
    } catch (DateTimeException unreadable) {
      throw UnreadableEntry.shape(member + " is not a time");
    }
  }
}
