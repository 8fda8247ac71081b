package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Walks a small window's pages, each stored before the next is asked for. */
final class Pages {

  private static final int MOST = 200;

  private Pages() {}

  /**
   * @param account asked for each page anew, so that a change of credentials is seen [R25]
   * @throws EmrException CONTRACT_BROKEN when the pages do not end, or one leads to itself
   */
  static <T extends EmrRecord> void each(
      RecordSource<T> source,
      Supplier<EmrAccount> account,
      ReadWindow window,
      Consumer<Page<T>> store) {
    @Nullable Cursor cursor = null;
    int pages = 0;
    do {
      Page<T> page = source.read(account.get(), window, cursor);
      store.accept(page);
      Cursor next = page.next();
      if (next != null && (next.equals(cursor) || ++pages >= MOST)) {
        throw new EmrException(
            EmrException.Kind.CONTRACT_BROKEN, "The EMR's pages of one window do not end");
      }
      cursor = next;
    } while (cursor != null);
  }
}
