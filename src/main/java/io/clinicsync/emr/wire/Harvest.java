package io.clinicsync.emr.wire;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the records of one page and sets aside the entries that cannot become one. */
public final class Harvest<T extends EmrRecord> {

  private final RecordKind kind;
  private final String operation;
  private final List<T> records = new ArrayList<>();
  private final List<EmrRef> removed = new ArrayList<>();
  private final List<Page.Rejected> rejected = new ArrayList<>();
  private int misshapen;

  /**
   * Starts an empty page.
   *
   * @param operation the call's name, for the message when nothing is readable
   */
  public Harvest(RecordKind kind, String operation) {
    this.kind = kind;
    this.operation = operation;
  }

  /**
   * Takes an entry.
   *
   * @param id the record's id in our words; null when the entry has none
   * @param reading makes the record; may throw {@link UnreadableEntry}
   */
  public void take(Entry entry, @Nullable String id, Supplier<T> reading) {
    try {
      entry.bounded();
      records.add(reading.get());
    } catch (UnreadableEntry unreadable) {
      misshapen += unreadable.poisoned() ? 0 : 1;
      rejected.add(new Page.Rejected(ref(id), unreadable.problem()));
    }
  }

  /** Notes a record the vendor says is gone without sending it. */
  public void removed(EmrRef ref) {
    removed.add(ref);
  }

  private @Nullable EmrRef ref(@Nullable String id) {
    if (id == null || id.isBlank() || id.length() > 200) {
      return null;
    }
    return new EmrRef(kind, new EmrId(id.strip()));
  }

  /** What was read so far. */
  public List<T> records() {
    return records;
  }

  /**
   * The page; a page of which nothing is shaped as we know it is not read at all [R9].
   *
   * @param changedUpTo greatest change time of all entries, understood or not; null when there is
   *     none
   */
  public Page<T> page(@Nullable Cursor next, @Nullable Instant changedUpTo, Instant vendorNow) {
    if (records.isEmpty() && misshapen > 0 && misshapen == rejected.size()) {
      throw VendorWire.broken(operation);
    }
    return new Page<>(records, removed, rejected, next, changedUpTo, vendorNow);
  }
}
