package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the records of one page and sets aside the entries that cannot become one. */
final class ClinikoHarvest<T extends EmrRecord> {

  private final RecordKind kind;
  private final String member;
  private final List<T> records = new ArrayList<>();
  private final List<Page.Rejected> rejected = new ArrayList<>();
  private int misshapen;

  ClinikoHarvest(RecordKind kind, String member) {
    this.kind = kind;
    this.member = member;
  }

  /** Takes an entry; {@code prefix} distinguishes its id in our words. */
  void take(ClinikoEntry entry, String prefix, Supplier<T> reading) {
    try {
      entry.bounded();
      records.add(reading.get());
    } catch (UnreadableEntry unreadable) {
      misshapen += unreadable.poisoned() ? 0 : 1;
      rejected.add(new Page.Rejected(ref(entry, prefix), unreadable.problem()));
    }
  }

  void reject(ClinikoEntry entry, String prefix, String problem) {
    rejected.add(new Page.Rejected(ref(entry, prefix), problem));
  }

  private @Nullable EmrRef ref(ClinikoEntry entry, String prefix) {
    return entry.id().map(id -> new EmrRef(kind, new EmrId(prefix + id))).orElse(null);
  }

  List<T> records() {
    return records;
  }

  /** The page; a page of which nothing is shaped as we know it is not read at all [R9]. */
  Page<T> page(ClinikoWalk.Step step, @Nullable ClinikoPlace next) {
    if (records.isEmpty() && misshapen > 0 && misshapen == rejected.size()) {
      throw ClinikoApi.broken("cliniko." + member + ".list");
    }
    return new Page<>(
        records,
        List.of(),
        rejected,
        next == null ? null : next.cursor(),
        step.changedUpTo(),
        step.vendorNow());
  }
}
