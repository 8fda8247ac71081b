package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of records.
 *
 * @param removed records the EMR says no longer exist, where it says so without sending them
 * @param rejected entries that could not be understood; each is quarantined alone [R9]
 * @param next where to go on; null when the window is read to its end
 * @param changedUpTo the greatest change time among the raw entries read so far in this page,
 *     understood or not; null when there is none. The engine's cursor advances from it [R3]
 * @param vendorNow the vendor's clock as of this answer, from its {@code Date} header [R1]
 */
public record Page<T extends EmrRecord>(
    List<T> records,
    List<EmrRef> removed,
    List<Rejected> rejected,
    @Nullable Cursor next,
    @Nullable Instant changedUpTo,
    Instant vendorNow) {

  public Page {
    records = List.copyOf(records);
    removed = List.copyOf(removed);
    rejected = List.copyOf(rejected);
  }

  /**
   * An entry that could not be understood.
   *
   * @param id the entry's id where it could be read
   * @param problem what is wrong, in our words, without any value of the entry
   */
  public record Rejected(@Nullable EmrRef id, String problem) {}
}
