package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.tenancy.ClinicId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Stores records. Every method joins the caller's transaction, which is bound to the clinic. */
@Component
public class Records {

  private final JdbcTemplate jdbc;
  private final Transitions transitions;
  private final DueMarkers due;
  private final Clock clock;

  Records(JdbcTemplate jdbc, Transitions transitions, DueMarkers due, Clock clock) {
    this.jdbc = jdbc;
    this.transitions = transitions;
    this.due = due;
    this.clock = clock;
  }

  /** What storing causes beyond the rows themselves. */
  public enum Mode {
    /** The EMR changed: transitions are kept, patients marked. */
    LIVE,
    /** We changed the EMR: as LIVE, and goes first. */
    OWN_WRITE,
    /** Re-read: patients are marked, nothing is announced [TR-4]. */
    QUIET,
    /** The first load: see {@link DueMarkers#markAll}. */
    FIRST_LOAD
  }

  /**
   * Names this version of a record by its content and change time; equal names mean nothing to
   * store.
   */
  public static String version(EmrRecord record) {
    return HexFormat.of().formatHex(RecordJson.hash(RecordJson.write(record), record.source()));
  }

  /** What storing a batch came to. */
  public record Stored(int created, int updated, int unchanged) {

    public Stored plus(Stored other) {
      return new Stored(
          created + other.created, updated + other.updated, unchanged + other.unchanged);
    }
  }

  /**
   * Stores records of one kind: new and newer versions are written with their transitions and mark
   * their patients due; equal and older ones cost nothing. Of a record that comes twice, the newer
   * version counts.
   *
   * @param mode whether patients are marked due and transitions kept; the first load does neither
   *     [TR-4]
   * @param lateNotice how close to its start a cancellation is late [TR-3]
   */
  public <T extends EmrRecord> Stored store(
      ClinicId clinic, ConnectionId connection, List<T> records, Mode mode, Duration lateNotice) {
    if (records.isEmpty()) {
      return new Stored(0, 0, 0);
    }
    // In id order, so that two lanes storing the same records lock them in the same order.
    Map<EmrRef, T> latest = new TreeMap<>(Comparator.comparing(ref -> ref.id().value()));
    records.forEach(record -> latest.merge(record.ref(), record, Records::newer));
    RecordTable<T> table = RecordTable.of(records.getFirst());
    List<Change<T>> changes = upsert(clinic, connection, table, latest);
    Set<EmrId> touched = new LinkedHashSet<>();
    for (Change<T> change : changes) {
      EmrRef patient = table.patientOf().apply(change.record());
      if (patient != null) {
        touched.add(patient.id());
      }
      if (change.oldPatient() != null) {
        touched.add(new EmrId(change.oldPatient()));
      }
    }
    switch (mode) {
      case LIVE -> {
        transitions.add(clinic, connection, transitions(changes, lateNotice));
        due.mark(clinic, connection, touched, Cause.SYNC);
      }
      case OWN_WRITE -> {
        transitions.add(clinic, connection, transitions(changes, lateNotice));
        due.mark(clinic, connection, touched, Cause.OWN_WRITE);
      }
      case QUIET -> due.mark(clinic, connection, touched, Cause.BACKFILL);
      case FIRST_LOAD -> {
        // Everybody is marked once at its end; marking page by page would push half-known patients.
      }
    }
    int created = (int) changes.stream().filter(Change::created).count();
    return new Stored(created, changes.size() - created, records.size() - changes.size());
  }

  /**
   * Marks records as gone from the EMR: they stay, with the moment of their removal. Records we do
   * not hold are ignored.
   *
   * @return how many were not marked before
   */
  public int remove(
      ClinicId clinic,
      ConnectionId connection,
      List<EmrRef> gone,
      Instant when,
      Mode mode,
      Duration lateNotice) {
    int removed = 0;
    for (Map.Entry<RecordKind, List<EmrRef>> entry :
        gone.stream().collect(Collectors.groupingBy(EmrRef::kind)).entrySet()) {
      removed +=
          removeOfKind(
              clinic,
              connection,
              RecordTable.of(entry.getKey()),
              entry.getValue(),
              when,
              mode,
              lateNotice);
    }
    return removed;
  }

  private <T extends EmrRecord> int removeOfKind(
      ClinicId clinic,
      ConnectionId connection,
      RecordTable<T> table,
      List<EmrRef> gone,
      Instant when,
      Mode mode,
      Duration lateNotice) {
    List<T> standing =
        jdbc.query(
            "SELECT body, source FROM "
                + table.name()
                + " WHERE tenant_id = ? AND connection_id = ? AND id = ANY (?) AND removed_at IS NULL",
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), table.type()),
            clinic.value(),
            connection.value(),
            gone.stream().map(ref -> ref.id().value()).toArray(String[]::new));
    List<T> marked =
        standing.stream().map(record -> table.type().cast(Removal.of(record, when))).toList();
    return store(clinic, connection, marked, mode, lateNotice).updated();
  }

  private List<Transition> transitions(List<? extends Change<?>> changes, Duration lateNotice) {
    Instant now = clock.instant();
    List<Transition> found = new ArrayList<>();
    for (Change<?> change : changes) {
      if (change.record() instanceof Appointment appointment) {
        Transition.between(change.before(), appointment, lateNotice, now).ifPresent(found::add);
      }
    }
    return found;
  }

  private static <T extends EmrRecord> T newer(T one, T other) {
    Instant first = one.changedAt();
    Instant second = other.changedAt();
    return first != null && second != null && second.isBefore(first) ? one : other;
  }

  /** A row that was written, and what stood there before. */
  private record Change<T>(
      T record, boolean created, @Nullable String oldPatient, Transition.@Nullable Before before) {}

  private <T extends EmrRecord> List<Change<T>> upsert(
      ClinicId clinic, ConnectionId connection, RecordTable<T> table, Map<EmrRef, T> records) {
    List<T> rows = new ArrayList<>(records.values());
    List<Change<T>> changes = new ArrayList<>();
    jdbc.query(
        session -> fill(session, clinic, connection, table, rows),
        (ResultSet row) -> {
          T record = records.get(EmrRef.of(table.kind(), row.getString("id")));
          if (record != null) {
            changes.add(
                new Change<>(
                    record, row.getBoolean("created"), row.getString("old_patient"), before(row)));
          }
        });
    return changes;
  }

  private static Transition.@Nullable Before before(ResultSet row) throws SQLException {
    String status = row.getString("old_status");
    OffsetDateTime start = row.getObject("old_start", OffsetDateTime.class);
    return status == null || start == null
        ? null
        : new Transition.Before(
            Appointment.Status.valueOf(status), start.toInstant(), row.getBoolean("old_removed"));
  }

  private <T extends EmrRecord> PreparedStatement fill(
      Connection session,
      ClinicId clinic,
      ConnectionId connection,
      RecordTable<T> table,
      List<T> rows)
      throws SQLException {
    List<String> bodies = rows.stream().map(RecordJson::write).toList();
    byte[][] hashes = new byte[rows.size()][];
    for (int row = 0; row < hashes.length; row++) {
      hashes[row] = RecordJson.hash(bodies.get(row), rows.get(row).source());
    }
    PreparedStatement statement = session.prepareStatement(table.upsert());
    int next = 1;
    statement.setArray(next++, texts(session, rows, record -> record.ref().id().value()));
    statement.setArray(next++, texts(session, rows, EmrRecord::changedAt));
    statement.setArray(next++, texts(session, rows, EmrRecord::removedAt));
    for (RecordTable.Column<T> column : table.columns()) {
      statement.setArray(next++, texts(session, rows, column.value()));
    }
    statement.setArray(next++, session.createArrayOf("text", bodies.toArray()));
    statement.setArray(next++, texts(session, rows, EmrRecord::source));
    statement.setArray(next++, session.createArrayOf("bytea", hashes));
    statement.setObject(next++, clinic.value());
    statement.setObject(next++, connection.value());
    statement.setObject(next++, clinic.value());
    statement.setObject(next++, connection.value());
    statement.setObject(next, clock.instant().atOffset(ZoneOffset.UTC));
    return statement;
  }

  private static <T> Array texts(
      Connection session, Collection<T> rows, Function<T, @Nullable Object> value)
      throws SQLException {
    return session.createArrayOf(
        "text",
        rows.stream()
            .map(
                row -> {
                  Object found = value.apply(row);
                  return found == null ? null : found.toString();
                })
            .toArray());
  }
}
