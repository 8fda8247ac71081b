package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.RecordSource;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads one window of one source to its end. The next page is fetched while this one is stored; a
 * page and the place after it are stored in one transaction, so a crash stores no page twice and
 * loses none. What is read again is the page in hand and the call that was fetching ahead. Giving
 * up the latter would slow down reading by a tenth at a vendor that takes 300 ms to answer.
 */
@Component
class WindowReader {

  private static final Logger log = LoggerFactory.getLogger(WindowReader.class);

  private final PageStore pages;
  private final SyncSettings settings;
  private final Executor prefetch;

  @Autowired
  WindowReader(PageStore pages, SyncSettings settings) {
    this(
        pages,
        settings,
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("sync-prefetch-", 0).factory()));
  }

  /**
   * @param prefetch fetches the next page; one that works in the caller's thread fetches it before
   *     this one is stored
   */
  WindowReader(PageStore pages, SyncSettings settings, Executor prefetch) {
    this.pages = pages;
    this.settings = settings;
    this.prefetch = prefetch;
  }

  /**
   * Reads from the checkpoint's open window on.
   *
   * @return the checkpoint after the window's end, or with the window still open when the run was
   *     told to stop; a part of a first load stays open without a cursor, see {@link #close}
   * @throws EmrException the first page that fails; everything before it is stored
   */
  <T extends EmrRecord> Checkpoint read(RunContext run, RecordSource<T> source, Checkpoint start) {
    Checkpoint at = start;
    Checkpoint held = start;
    Checkpoint.Open open = openWindow(start);
    Page<T> page = source.read(run.account().get(), open.window(), open.cursor());
    while (true) {
      Cursor next = onward(page, open);
      CompletableFuture<Page<T>> ahead = next == null ? null : fetch(run, source, open, next);
      warnOfTheFuture(at.source(), page);
      Checkpoint.Open after = open.after(next, page.changedUpTo(), page.vendorNow());
      Checkpoint to = reached(at, after, page, source.facts().byChange());
      try {
        if (pages.store(run, source, page, held, to, after)) {
          held = to;
        }
      } catch (RuntimeException failed) {
        if (ahead != null) {
          ahead.cancel(true);
        }
        throw failed;
      }
      at = to;
      if (ahead == null || run.stopped().get()) {
        return at;
      }
      open = after;
      page = join(ahead);
    }
  }

  /**
   * Reads and stores one page of patients and leaves all it names waiting.
   *
   * @param at with a window open and nobody waiting
   */
  Checkpoint page(RunContext run, PatientSource source, Checkpoint at) {
    Checkpoint.Open open = openWindow(at);
    Page<Patient> page = source.read(run.account().get(), open.window(), open.cursor());
    warnOfTheFuture(at.source(), page);
    Checkpoint.Open after = open.after(onward(page, open), page.changedUpTo(), page.vendorNow());
    Set<EmrRef> named = new LinkedHashSet<>();
    page.records().forEach(patient -> named.add(patient.ref()));
    // Who could not be understood today has records that can be.
    page.rejected().stream().flatMap(each -> Stream.ofNullable(each.id())).forEach(named::add);
    Checkpoint to =
        reached(at, after, page, source.facts().byChange()).waitingFor(List.copyOf(named));
    pages.store(run, source, page, at, to, after);
    return to;
  }

  private static @Nullable Cursor onward(Page<?> page, Checkpoint.Open open) {
    Cursor next = page.next();
    if (next != null && next.equals(open.cursor())) {
      throw new EmrException(Kind.CONTRACT_BROKEN, "The EMR's pages lead back to the same place");
    }
    return next;
  }

  private Checkpoint reached(Checkpoint at, Checkpoint.Open after, Page<?> page, boolean byChange) {
    return after.cursor() == null && !after.isPart()
        ? closed(at, after, page.vendorNow(), byChange)
        : new Checkpoint(at.source(), at.mark(), after, at.doneAt());
  }

  /** The checkpoint after all parts of a first load, the last of which is open and at its end. */
  Checkpoint close(Checkpoint parts, boolean byChange) {
    Checkpoint.Open open = openWindow(parts);
    Instant began = open.vendorStart();
    if (began == null || open.cursor() != null) {
      throw new IllegalArgumentException("The last part is not read to its end");
    }
    return closed(parts, open, began, byChange);
  }

  private static Checkpoint.Open openWindow(Checkpoint checkpoint) {
    Checkpoint.Open open = checkpoint.open();
    if (open == null) {
      throw new IllegalArgumentException("A window must be chosen first");
    }
    return open;
  }

  /**
   * The next page is asked for with the window it belongs to, since the place after it is not
   * stored yet.
   */
  private <T extends EmrRecord> CompletableFuture<Page<T>> fetch(
      RunContext run, RecordSource<T> source, Checkpoint.Open open, Cursor next) {
    return CompletableFuture.supplyAsync(
        () -> source.read(run.account().get(), open.window(), next), prefetch);
  }

  private static <T extends EmrRecord> Page<T> join(CompletableFuture<Page<T>> ahead) {
    try {
      return ahead.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    }
  }

  /**
   * The mark after a window's end: what was seen, but never beyond the settle window before its
   * start on the vendor's clock, and never backwards [R3]. A source read by change that showed
   * nothing at all keeps its first load before it: an empty answer proves nothing [P5], and reading
   * everything of an empty list costs the same one call.
   */
  private Checkpoint closed(
      Checkpoint before, Checkpoint.Open window, Instant vendorNow, boolean byChange) {
    Instant vendorStart = window.vendorStart() == null ? vendorNow : window.vendorStart();
    Instant limit = vendorStart.minus(settings.settle());
    boolean nothingShown = byChange && before.mark() == null && window.seenTo() == null;
    Instant mark = nothingShown ? null : mark(before.mark(), window.seenTo(), limit);
    return new Checkpoint(before.source(), mark, null, before.doneAt());
  }

  private static void warnOfTheFuture(RecordKind source, Page<?> page) {
    Instant changedUpTo = page.changedUpTo();
    if (changedUpTo != null && Checkpoint.Open.isFuture(changedUpTo, page.vendorNow())) {
      log.warn(
          "source {} reports change times from the future; they do not advance its mark", source);
    }
  }

  static Instant mark(@Nullable Instant old, @Nullable Instant seenTo, Instant limit) {
    if (seenTo == null) {
      return old == null ? limit : old;
    }
    Instant reached = seenTo.isBefore(limit) ? seenTo : limit;
    return old != null && old.isAfter(reached) ? old : reached;
  }

  /** What a rejected entry is called where its id could not be read. */
  static String rejectedId(@Nullable EmrRef id) {
    return id == null ? "unidentified" : id.id().value();
  }
}
