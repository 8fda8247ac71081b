package io.clinicsync.sandbox.server;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What really happened at the vendors: the ground truth for checkers. Keeps the newest 400,000
 * lines and the record versions of the newest 40,000 writes. Thread-safe.
 */
public final class OperationLog {

  private static final int LINES = 400_000;
  private static final int VERSIONS = 40_000;

  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private final ArrayDeque<Line> versioned = new ArrayDeque<>();
  private long last;

  /** Adds a line and returns its sequence number. */
  public synchronized long add(
      Instant at,
      String account,
      LogEntry.Kind kind,
      String operation,
      List<String> ids,
      int count,
      int status,
      @Nullable String version) {
    Line line =
        new Line(
            new LogEntry(++last, at, account, kind, operation, ids, count, status, null), version);
    lines.add(line);
    if (version != null) {
      versioned.add(line);
      if (versioned.size() > VERSIONS) {
        versioned.remove().version = null;
      }
    }
    if (lines.size() > LINES) {
      lines.remove();
    }
    return last;
  }

  public synchronized long lastSeq() {
    return last;
  }

  /** Lines after a sequence number, oldest first. */
  public synchronized List<LogEntry> since(long seq) {
    List<LogEntry> found = new ArrayList<>();
    var newestFirst = lines.descendingIterator();
    while (newestFirst.hasNext()) {
      Line line = newestFirst.next();
      if (line.entry.seq() <= seq) {
        break;
      }
      found.add(line.whole());
    }
    return found.reversed();
  }

  /** Lines of one account after a sequence number, oldest first. */
  public List<LogEntry> since(String account, long seq) {
    return since(seq).stream().filter(entry -> entry.account().equals(account)).toList();
  }

  public synchronized void clear() {
    lines.clear();
    versioned.clear();
  }

  private static final class Line {
    final LogEntry entry;
    @Nullable String version;

    Line(LogEntry entry, @Nullable String version) {
      this.entry = entry;
      this.version = version;
    }

    LogEntry whole() {
      return new LogEntry(
          entry.seq(),
          entry.at(),
          entry.account(),
          entry.kind(),
          entry.operation(),
          entry.ids(),
          entry.count(),
          entry.status(),
          version);
    }
  }
}
