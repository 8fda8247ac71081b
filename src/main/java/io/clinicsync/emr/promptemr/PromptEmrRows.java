package io.clinicsync.emr.promptemr;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.emr.spi.ImportedRows.Row;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads what the clinic's files told, page by page. */
final class PromptEmrRows {

  static final int PAGE_SIZE = 150;

  /**
   * Files are taken one at a time, each in one piece, and the rows say up to when they are
   * complete, all on one clock: the overlap is only for a database that moves to another machine,
   * whose clock may be behind.
   */
  static final SourceFacts FACTS =
      new SourceFacts(true, false, SourceFacts.Deletions.FLAGGED, Duration.ofMinutes(5), PAGE_SIZE);

  private final ImportedRows imported;

  PromptEmrRows(ImportedRows imported) {
    this.imported = imported;
  }

  /** Makes a record of a row and its fields. */
  interface Mapping<T extends EmrRecord> extends BiFunction<Row, Entry, T> {}

  <T extends EmrRecord> Page<T> page(
      EmrAccount account,
      RecordKind kind,
      ReadWindow window,
      @Nullable Cursor cursor,
      Mapping<T> mapping) {
    Instant since =
        switch (window) {
          case ReadWindow.Everything() -> null;
          case ReadWindow.ChangedSince(Instant from) -> from;
          case ReadWindow.StartingIn other -> throw unread(other);
          case ReadWindow.OfPatients other -> throw unread(other);
          case ReadWindow.NotByPatient other -> throw unread(other);
        };
    long after = cursor == null ? 0 : Long.parseLong(cursor.value());
    ImportedRows.Stretch stretch = imported.read(account, kind, since, after, PAGE_SIZE);
    List<Row> rows = stretch.rows();
    if (rows.isEmpty() && cursor == null && since == null) {
      mustHaveFiles(account);
    }
    Harvest<T> harvest = new Harvest<>(kind, "promptemr." + kind);
    for (Row row : rows) {
      Entry entry = entry(row);
      harvest.take(entry, row.ref().id().value(), () -> record(row, entry, mapping));
    }
    Cursor next =
        rows.size() < PAGE_SIZE ? null : new Cursor(Long.toString(rows.getLast().position()));
    return harvest.page(next, learntUpTo(stretch), stretch.lookedAt());
  }

  /**
   * Up to when all is read. After a file that is now, not when it was taken, else it would be read
   * again in each run for as long as it is the newest. Where nothing is new nothing moves, since a
   * moved mark would be written down in each run.
   */
  private static @Nullable Instant learntUpTo(ImportedRows.Stretch stretch) {
    Instant newest =
        stretch.rows().stream().map(Row::learntAt).max(Comparator.naturalOrder()).orElse(null);
    return newest == null || !stretch.complete() ? newest : stretch.lookedAt();
  }

  <T extends EmrRecord> Optional<T> get(EmrAccount account, EmrRef ref, Mapping<T> mapping) {
    return imported
        .find(account, ref)
        .map(
            row -> {
              try {
                return record(row, entry(row), mapping);
              } catch (UnreadableEntry unreadable) {
                throw new EmrException(
                    EmrException.Kind.CONTRACT_BROKEN,
                    "A row of an export is there where " + unreadable.problem());
              }
            });
  }

  private static <T extends EmrRecord> T record(Row row, Entry entry, Mapping<T> mapping) {
    String problem = row.problem();
    if (problem != null) {
      throw UnreadableEntry.poison(problem);
    }
    return mapping.apply(row, entry);
  }

  private static Entry entry(Row row) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    row.fields().forEach(fields::put);
    return new Entry(fields, false, false);
  }

  /** A connection waits for its first files; an empty clinic is something else. */
  private void mustHaveFiles(EmrAccount account) {
    for (RecordKind kind :
        List.of(RecordKind.PATIENT, RecordKind.APPOINTMENT, RecordKind.INVOICE)) {
      if (imported.asOf(account.tenant(), account.id(), kind).isPresent()) {
        return;
      }
    }
    throw new EmrException(
        EmrException.Kind.PERSON_NEEDED, "No export of this practice was handed over yet");
  }

  private static EmrException unread(ReadWindow window) {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED,
        "Exports cannot be read by " + window.getClass().getSimpleName());
  }
}
