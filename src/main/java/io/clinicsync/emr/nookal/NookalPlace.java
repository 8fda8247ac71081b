package io.clinicsync.emr.nookal;

import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in lists that are read one after the other by page number.
 *
 * @param list which of them
 * @param page from 1
 * @param index how many entries of the page were taken before
 * @param total how many entries there were when the page before was read; -1 when not told
 * @param again how often the walk went back, since a list had become shorter
 * @param day the day the walk began, as days since 1970; 0 where that does not matter
 */
record NookalPlace(String list, int page, int index, int total, int again, long day) {

  private static final Pattern TEXT =
      Pattern.compile(
          "([a-z]+)\\.(\\d{1,8})\\.(\\d{1,8})\\.(-?\\d{1,8})\\.(\\d{1,8})\\.(\\d{1,8})");

  static NookalPlace first(String list, long day) {
    return new NookalPlace(list, 1, 0, -1, 0, day);
  }

  Cursor cursor() {
    return new Cursor("%s.%d.%d.%d.%d.%d".formatted(list, page, index, total, again, day));
  }

  static NookalPlace of(Cursor cursor) {
    Matcher text = TEXT.matcher(cursor.value());
    if (!text.matches()) {
      throw new EmrException(
          EmrException.Kind.REQUEST_REJECTED, "This is no place in Nookal's lists");
    }
    return new NookalPlace(
        text.group(1),
        Integer.parseInt(text.group(2)),
        Integer.parseInt(text.group(3)),
        Integer.parseInt(text.group(4)),
        Integer.parseInt(text.group(5)),
        Long.parseLong(text.group(6)));
  }

  /** Further on the same page. */
  NookalPlace further(int entries) {
    return new NookalPlace(list, page, index + entries, total, again, day);
  }

  /**
   * Where to go on after a page; null when the list is at its end. Where the list has become
   * shorter since the page before, entries moved forward over the edge of a page: those pages are
   * read again.
   */
  @Nullable NookalPlace after(NookalApi.Listed listed) {
    int now = listed.total();
    if (page > 1 && now >= 0 && now < total) {
      int back = Math.ceilDiv(total - now, NookalApi.PER_PAGE);
      return new NookalPlace(list, Math.max(1, page - back), 0, now, again + 1, day);
    }
    return listed.more() ? new NookalPlace(list, page + 1, 0, now, again, day) : null;
  }
}
