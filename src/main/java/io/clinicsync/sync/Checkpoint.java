package io.clinicsync.sync;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.ReadWindow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one source is read.
 *
 * @param mark vendor time before which every change is stored; null before the first load is
 *     complete
 * @param open the window being read; null between windows
 * @param doneAt when the source was last read to its end, on our clock; null if never
 */
record Checkpoint(
    RecordKind source, @Nullable Instant mark, @Nullable Open open, @Nullable Instant doneAt) {

  static Checkpoint untouched(RecordKind source) {
    return new Checkpoint(source, null, null, null);
  }

  /**
   * A window part of which is stored.
   *
   * @param cursor where to go on; null before its first page is stored
   * @param seenTo the greatest vendor change time met so far
   * @param vendorStart the vendor's clock when the window was opened; null before the first answer
   * @param generation of a sweep; null for other windows
   */
  record Open(
      ReadWindow window,
      @Nullable Cursor cursor,
      @Nullable Instant seenTo,
      @Nullable Instant vendorStart,
      @Nullable Long generation) {

    static Open of(ReadWindow window, @Nullable Long generation) {
      return new Open(window, null, null, null, generation);
    }

    /** Whether a change time lies further ahead of the vendor's own clock than clocks differ. */
    static boolean isFuture(Instant changed, Instant vendorNow) {
      return changed.isAfter(vendorNow.plusSeconds(300));
    }

    /** After one more page. Change times from the vendor's future do not count [R3]. */
    Open after(@Nullable Cursor next, @Nullable Instant changedUpTo, Instant vendorNow) {
      Instant credible =
          changedUpTo != null && isFuture(changedUpTo, vendorNow) ? null : changedUpTo;
      Instant greatest =
          seenTo == null || (credible != null && credible.isAfter(seenTo)) ? credible : seenTo;
      return new Open(
          window, next, greatest, vendorStart == null ? vendorNow : vendorStart, generation);
    }
  }

  /** The columns of the window, for storing. */
  @Nullable Instant windowSince() {
    return open != null && open.window() instanceof ReadWindow.ChangedSince(Instant since)
        ? since
        : null;
  }

  @Nullable TimeRange windowRange() {
    return open != null && open.window() instanceof ReadWindow.StartingIn(TimeRange range)
        ? range
        : null;
  }
}
