package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.ReadWindow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one source is read.
 *
 * @param mark vendor time before which every change is stored; null before the first load is
 *     complete
 * @param open the window being read; null between windows
 * @param doneAt when the source was last read to its end, on our clock; null if never
 * @param waiting of a first load patient by patient: patients that are stored, and whose own
 *     records are still to be read before anybody hears of them
 */
record Checkpoint(
    RecordKind source,
    @Nullable Instant mark,
    @Nullable Open open,
    @Nullable Instant doneAt,
    List<EmrRef> waiting) {

  Checkpoint {
    waiting = List.copyOf(waiting);
  }

  Checkpoint(
      RecordKind source, @Nullable Instant mark, @Nullable Open open, @Nullable Instant doneAt) {
    this(source, mark, open, doneAt, List.of());
  }

  static Checkpoint untouched(RecordKind source) {
    return new Checkpoint(source, null, null, null);
  }

  Checkpoint waitingFor(List<EmrRef> patients) {
    return new Checkpoint(source, mark, open, doneAt, patients);
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

    /**
     * Whether the window is one of the parts a first load reads a source in. Such a window stays
     * open at its end, without a cursor, so that what was seen is carried to the next part.
     */
    boolean isPart() {
      return switch (window) {
        case ReadWindow.OfPatients patients -> true;
        case ReadWindow.NotByPatient() -> true;
        case ReadWindow.ChangedSince changed -> false;
        case ReadWindow.StartingIn starting -> false;
        case ReadWindow.Everything() -> false;
      };
    }

    /** On to another part. */
    Open then(ReadWindow part) {
      return new Open(part, null, seenTo, vendorStart, generation);
    }

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

  /** Empty for what belongs to no patient; null for windows that are no part. */
  @Nullable List<EmrRef> windowPatients() {
    if (open == null || !open.isPart()) {
      return null;
    }
    return open.window() instanceof ReadWindow.OfPatients(List<EmrRef> patients)
        ? patients
        : List.of();
  }

  @Nullable TimeRange windowRange() {
    return open != null && open.window() instanceof ReadWindow.StartingIn(TimeRange range)
        ? range
        : null;
  }
}
