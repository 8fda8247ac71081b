package io.clinicsync.sync;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.records.Records.Stored;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** What a run has done so far, by source. One run writes it, from one thread at a time. */
final class RunCounts {

  private final Map<RecordKind, SourceCounts> bySource = new EnumMap<>(RecordKind.class);

  /** Counts of one source. */
  record SourceCounts(
      int pages, int read, int created, int updated, int unchanged, int removed, int rejected) {

    static final SourceCounts NONE = new SourceCounts(0, 0, 0, 0, 0, 0, 0);
  }

  void page(RecordKind source, int read, Stored stored, int removed, int rejected) {
    SourceCounts so = bySource.getOrDefault(source, SourceCounts.NONE);
    bySource.put(
        source,
        new SourceCounts(
            so.pages + 1,
            so.read + read,
            so.created + stored.created(),
            so.updated + stored.updated(),
            so.unchanged + stored.unchanged(),
            so.removed + removed,
            so.rejected + rejected));
  }

  Map<RecordKind, SourceCounts> bySource() {
    return bySource;
  }

  boolean changedAnything() {
    return created() + updated() + removed() > 0;
  }

  int pages() {
    return sum(SourceCounts::pages);
  }

  int read() {
    return sum(SourceCounts::read);
  }

  int created() {
    return sum(SourceCounts::created);
  }

  int updated() {
    return sum(SourceCounts::updated);
  }

  int unchanged() {
    return sum(SourceCounts::unchanged);
  }

  int removed() {
    return sum(SourceCounts::removed);
  }

  int rejected() {
    return sum(SourceCounts::rejected);
  }

  private int sum(ToIntFunction<SourceCounts> part) {
    return bySource.values().stream().mapToInt(part).sum();
  }
}
