package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list, which Halaxy gives by page number only. When the list got shorter since the
 * page before, entries have moved to pages that were read already, so that these are read again.
 *
 * @param page from 1
 * @param total entries of the whole list as of the page before; -1 before the first
 * @param round how often pages were read again
 */
record HalaxyPlace(int page, int total, int round) {

  static final HalaxyPlace START = new HalaxyPlace(1, -1, 0);

  private static final int MOST_ROUNDS = 20;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/(\\d{1,9})/(\\d{1,2})");

  static HalaxyPlace of(@Nullable Cursor cursor) {
    if (cursor == null) {
      return START;
    }
    Matcher matcher = TEXT.matcher(cursor.value());
    if (!matcher.matches()) {
      throw new EmrException(
          EmrException.Kind.REQUEST_REJECTED, "This is no place in a list of Halaxy's");
    }
    return new HalaxyPlace(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  /** Where to go on after this page; null at the end of the list. */
  @Nullable Cursor next(HalaxyApi.Listed listed) {
    int gone = total - listed.total();
    if (page > 1 && gone > 0) {
      if (round == MOST_ROUNDS) {
        throw new EmrException(
            EmrException.Kind.UNAVAILABLE,
            "A list of Halaxy's kept changing while it was read",
            Duration.ofSeconds(10),
            null);
      }
      int back = Math.max(1, page - Math.ceilDiv(gone, HalaxyApi.PER_PAGE));
      return cursor(back, listed.total(), round + 1);
    }
    return listed.more() ? cursor(page + 1, listed.total(), round) : null;
  }

  private static Cursor cursor(int page, int total, int round) {
    return new Cursor(page + "/" + total + "/" + round);
  }
}
