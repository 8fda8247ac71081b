package io.clinicsync.sandbox.cliniko;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * All rows of one resource of one account, with what is true and what readers may see yet. Lists by
 * change and creation time are kept sorted, so that an incremental read costs what it returns.
 * Guarded by the account's lock.
 */
final class Table {

  static final Comparator<Row> BY_UPDATED =
      Comparator.comparing(Row::updatedAt).thenComparingLong(row -> row.id);
  static final Comparator<Row> BY_CREATED =
      Comparator.comparing(Row::createdAt).thenComparingLong(row -> row.id);

  final Schema schema;
  private final Map<Long, Row> truth = new LinkedHashMap<>();
  private final Map<Long, Row> visible = new HashMap<>();
  private ArrayList<Row> byUpdated = new ArrayList<>();
  private ArrayList<Row> byCreated = new ArrayList<>();
  private final Map<String, Map<Long, List<Row>>> byRef = new HashMap<>();
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparing(Pending::at).thenComparing(Pending::turn));

  private long turns;

  /**
   * A version nobody sees yet.
   *
   * @param turn of two versions of one moment the later one stays
   */
  private record Pending(Instant at, long turn, Row row) {}

  Table(Schema schema) {
    this.schema = schema;
    schema.indexed.forEach(field -> byRef.put(field.name(), new HashMap<>()));
  }

  /** Fills an empty table at once. */
  void load(List<Row> rows) {
    for (Row row : rows) {
      truth.put(row.id, row);
      visible.put(row.id, row);
      index(row);
    }
    byUpdated = new ArrayList<>(rows);
    byUpdated.sort(BY_UPDATED);
    byCreated = new ArrayList<>(rows);
    byCreated.sort(BY_CREATED);
  }

  /** Stores a new version; readers see it from {@code visibleAt} on. */
  void put(Row row, Instant now, Instant visibleAt) {
    truth.put(row.id, row);
    if (visibleAt.isAfter(now)) {
      pending.add(new Pending(visibleAt, ++turns, row));
    } else {
      pending.removeIf(older -> older.row().id == row.id);
      publish(row);
    }
  }

  /** Lets readers see what has become visible. */
  void publishDue(Instant now) {
    for (Pending next = pending.peek();
        next != null && !next.at().isAfter(now);
        next = pending.peek()) {
      pending.remove();
      publish(next.row());
      Pending shown = next;
      pending.removeIf(older -> older.row().id == shown.row().id && older.turn() < shown.turn());
    }
  }

  private void publish(Row row) {
    Row before = visible.put(row.id, row);
    if (before != null) {
      remove(byUpdated, before, BY_UPDATED);
      remove(byCreated, before, BY_CREATED);
      for (Schema.Field field : schema.indexed) {
        List<Row> rows = byRef(field.name(), before.ref(field.name()));
        rows.remove(before);
      }
    }
    insert(byUpdated, row, BY_UPDATED);
    insert(byCreated, row, BY_CREATED);
    index(row);
  }

  private void index(Row row) {
    for (Schema.Field field : schema.indexed) {
      if (row.at(field.index()) instanceof Long id) {
        byRef
            .computeIfAbsent(field.name(), name -> new HashMap<>())
            .computeIfAbsent(id, key -> new ArrayList<>(4))
            .add(row);
      }
    }
  }

  private static void remove(List<Row> sorted, Row row, Comparator<Row> order) {
    int at = java.util.Collections.binarySearch(sorted, row, order);
    if (at >= 0) {
      sorted.remove(at);
    }
  }

  private static void insert(List<Row> sorted, Row row, Comparator<Row> order) {
    int at = java.util.Collections.binarySearch(sorted, row, order);
    sorted.add(at < 0 ? -at - 1 : at, row);
  }

  @Nullable Row truth(long id) {
    return truth.get(id);
  }

  Collection<Row> truth() {
    return truth.values();
  }

  @Nullable Row visible(long id) {
    return visible.get(id);
  }

  List<Row> byUpdated() {
    return byUpdated;
  }

  List<Row> byCreated() {
    return byCreated;
  }

  /** Rows changed at or after an instant, in that order. */
  List<Row> updatedFrom(Instant from) {
    int low = 0;
    int high = byUpdated.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (byUpdated.get(middle).updatedAt().isBefore(from)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return byUpdated.subList(low, byUpdated.size());
  }

  boolean hasRefIndex(String field) {
    return byRef.containsKey(field);
  }

  /** Visible rows that refer to a record; never null. */
  List<Row> byRef(String field, long id) {
    Map<Long, List<Row>> index = byRef.get(field);
    List<Row> rows = index == null ? null : index.get(id);
    return rows == null ? new ArrayList<>() : rows;
  }
}
