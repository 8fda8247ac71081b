package io.clinicsync.imports;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.tenancy.ClinicId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What files told, record by record. Each method joins the caller's transaction. */
@Component
class RowStore {

  private final JdbcTemplate template;
  private final JdbcClient jdbc;

  RowStore(JdbcTemplate template, JdbcClient jdbc) {
    this.template = template;
    this.jdbc = jdbc;
  }

  /** A row as it lies in the table. */
  record Kept(
      String id,
      long position,
      Instant learntAt,
      Instant asOf,
      @Nullable Instant removedAt,
      @Nullable String patient,
      @Nullable Instant at,
      @Nullable String movedFrom,
      @Nullable String problem,
      byte[] sealed,
      byte[] hash) {}

  /** As much of a row as tells whether a file says something new of it. */
  record Glance(Instant asOf, @Nullable Instant removedAt, byte[] hash) {}

  /**
   * Rows in the order of their changes.
   *
   * @param lookedAt when the reading transaction began, on the database's clock
   * @param awaited whether a file is on its way whose rows may be from before then
   */
  record Stretch(List<Kept> rows, Instant lookedAt, boolean awaited) {}

  /** A row that stands, as far as removing needs it. */
  record Standing(String id, @Nullable String patient, @Nullable Instant at) {}

  /**
   * Whoever takes another file of this connection waits until this transaction ends. Within it rows
   * are found by their key: nothing is known yet of what it adds, and a planner that believes the
   * table to be small would read all of it for each block.
   */
  void alone(ConnectionId connection) {
    jdbc.sql(
            "SELECT set_config('enable_seqscan', 'off', true)"
                + " FROM pg_advisory_xact_lock(hashtextextended(?, 40))")
        .param(connection.toString())
        .query(String.class)
        .single();
  }

  /**
   * As {@link #alone}, without waiting.
   *
   * @return whether nobody takes a file of this connection and none waits to be taken
   */
  boolean aloneAtOnce(ClinicId clinic, ConnectionId connection) {
    return jdbc.sql(
            """
            SELECT set_config('enable_seqscan', 'off', true) IS NOT NULL AND pg_try_advisory_xact_lock(hashtextextended(?, 40))
               AND NOT EXISTS (SELECT FROM imports_files
                     WHERE tenant_id = ? AND connection_id = ? AND state IN ('QUEUED', 'RUNNING'))
            """)
        .params(connection.toString(), clinic.value(), connection.value())
        .query(Boolean.class)
        .single();
  }

  Map<String, Glance> glance(
      ClinicId clinic, ConnectionId connection, RecordKind kind, Collection<String> ids) {
    Map<String, Glance> found = new HashMap<>();
    template.query(
        "SELECT id, as_of, removed_at, hash FROM imports_rows"
            + " WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND id = ANY (?)",
        row -> {
          found.put(
              row.getString("id"),
              new Glance(
                  row.getObject("as_of", OffsetDateTime.class).toInstant(),
                  instant(row, "removed_at"),
                  row.getBytes("hash")));
        },
        clinic.value(),
        connection.value(),
        kind.name(),
        ids.toArray(String[]::new));
    return found;
  }

  Map<String, Kept> find(
      ClinicId clinic, ConnectionId connection, RecordKind kind, Collection<String> ids) {
    Map<String, Kept> found = new HashMap<>();
    template.query(
        "SELECT * FROM imports_rows WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND id = ANY (?)",
        row -> {
          Kept kept = kept(row);
          found.put(kept.id(), kept);
        },
        clinic.value(),
        connection.value(),
        kind.name(),
        ids.toArray(String[]::new));
    return found;
  }

  /**
   * The database's clock, which is one for all nodes: what a file says is learnt at this moment,
   * asked for after its turn came.
   */
  Instant now() {
    return jdbc.sql("SELECT clock_timestamp()").query(OffsetDateTime.class).single().toInstant();
  }

  /**
   * Rows of a kind in the order of their changes.
   *
   * <p>The moment is the transaction's beginning, which lies before what it sees: who takes a file
   * that is not seen learns what it says later than this. {@code clock_timestamp()} lies after, and
   * such rows would be passed over.
   */
  Stretch read(
      ClinicId clinic,
      ConnectionId connection,
      RecordKind kind,
      @Nullable Instant since,
      long after,
      int most) {
    List<Kept> rows = new ArrayList<>();
    boolean[] awaited = {false};
    Instant[] lookedAt = {Instant.EPOCH};
    jdbc.sql(
            """
            WITH stretch AS (
              SELECT * FROM imports_rows
               WHERE tenant_id = :tenant AND stream = md5(:connection || ':' || :kind)::uuid AND position > :after
                 AND (:since::timestamptz IS NULL OR learnt_at >= :since::timestamptz)
               ORDER BY position LIMIT :most)
            SELECT stretch.*, files.awaited, now() AS looked_at
              FROM (SELECT EXISTS (SELECT FROM imports_files WHERE tenant_id = :tenant AND connection_id = :connection::uuid
                       AND state IN ('RECEIVING', 'RUNNING')) AS awaited) AS files
              LEFT JOIN stretch ON true ORDER BY position
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.toString())
        .param("kind", kind.name())
        .param("after", after)
        .param("since", since == null ? null : ImportStore.utc(since))
        .param("most", most)
        .query(
            row -> {
              awaited[0] = row.getBoolean("awaited");
              lookedAt[0] = row.getObject("looked_at", OffsetDateTime.class).toInstant();
              if (row.getString("id") != null) {
                rows.add(kept(row));
              }
            });
    return new Stretch(rows, lookedAt[0], awaited[0]);
  }

  /** Adds or replaces rows; each moves to the end of the order. */
  void put(ClinicId clinic, ConnectionId connection, RecordKind kind, List<Kept> rows) {
    template.update(
        session -> {
          PreparedStatement statement =
              session.prepareStatement(
                  """
                  INSERT INTO imports_rows AS t (tenant_id, connection_id, kind, id, learnt_at, as_of, removed_at, patient_id,
                    takes_place_at, moved_from, problem, sealed, hash)
                  SELECT ?, ?, ?, i.id, i.learnt_at::timestamptz, i.as_of::timestamptz, NULL, i.patient_id,
                    i.takes_place_at::timestamptz, i.moved_from, i.problem, i.sealed, i.hash
                  FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::bytea[])
                    AS i (id, learnt_at, as_of, patient_id, takes_place_at, moved_from, problem, sealed, hash)
                  ON CONFLICT (tenant_id, connection_id, kind, id) DO UPDATE SET position = excluded.position,
                    learnt_at = excluded.learnt_at, as_of = excluded.as_of, removed_at = NULL,
                    patient_id = excluded.patient_id, takes_place_at = excluded.takes_place_at,
                    moved_from = excluded.moved_from, problem = excluded.problem, sealed = excluded.sealed,
                    hash = excluded.hash
                  """);
          statement.setObject(1, clinic.value());
          statement.setObject(2, connection.value());
          statement.setString(3, kind.name());
          statement.setArray(4, texts(session, rows, Kept::id));
          statement.setArray(5, texts(session, rows, Kept::learntAt));
          statement.setArray(6, texts(session, rows, Kept::asOf));
          statement.setArray(7, texts(session, rows, Kept::patient));
          statement.setArray(8, texts(session, rows, Kept::at));
          statement.setArray(9, texts(session, rows, Kept::movedFrom));
          statement.setArray(10, texts(session, rows, Kept::problem));
          statement.setArray(11, bytes(session, rows, Kept::sealed));
          statement.setArray(12, bytes(session, rows, Kept::hash));
          return statement;
        });
  }

  private static Array texts(
      Connection session, List<Kept> rows, Function<Kept, @Nullable Object> value)
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

  private static Array bytes(Connection session, List<Kept> rows, Function<Kept, byte[]> value)
      throws SQLException {
    return session.createArrayOf("bytea", rows.stream().map(value).toArray(byte[][]::new));
  }

  /**
   * Rows of a kind that stand and that a file made at {@code asOf} would have to hold.
   *
   * @param from and to what the file spans; null where its rows have no time
   */
  List<Standing> standing(
      ClinicId clinic,
      ConnectionId connection,
      RecordKind kind,
      Instant asOf,
      @Nullable Instant from,
      @Nullable Instant to) {
    return jdbc.sql(
            """
            SELECT id, patient_id, takes_place_at FROM imports_rows
             WHERE tenant_id = :tenant AND connection_id = :connection AND kind = :kind AND removed_at IS NULL
               AND as_of <= :asOf
               AND (:from::timestamptz IS NULL OR takes_place_at BETWEEN :from::timestamptz AND :to::timestamptz)
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("kind", kind.name())
        .param("asOf", ImportStore.utc(asOf))
        .param("from", from == null ? null : ImportStore.utc(from))
        .param("to", to == null ? null : ImportStore.utc(to))
        .query(
            (row, number) ->
                new Standing(
                    row.getString("id"),
                    row.getString("patient_id"),
                    instant(row, "takes_place_at")))
        .list();
  }

  /** Marks rows as gone. */
  void remove(
      ClinicId clinic,
      ConnectionId connection,
      RecordKind kind,
      List<String> ids,
      Instant asOf,
      Instant now) {
    template.update(
        """
        UPDATE imports_rows SET removed_at = ?, as_of = ?, learnt_at = ?, position = nextval('imports_positions')
         WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND id = ANY (?)
        """,
        ImportStore.utc(asOf),
        ImportStore.utc(asOf),
        ImportStore.utc(now),
        clinic.value(),
        connection.value(),
        kind.name(),
        ids.toArray(String[]::new));
  }

  /** Says that a row took another's place. */
  void moved(
      ClinicId clinic, ConnectionId connection, RecordKind kind, String id, String movedFrom) {
    template.update(
        "UPDATE imports_rows SET moved_from = ?, position = nextval('imports_positions')"
            + " WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND id = ?",
        movedFrom,
        clinic.value(),
        connection.value(),
        kind.name(),
        id);
  }

  /** When the newest file was made that told of each kind. */
  Map<RecordKind, Instant> newest(ClinicId clinic, ConnectionId connection) {
    Map<RecordKind, Instant> newest = new EnumMap<>(RecordKind.class);
    jdbc.sql("SELECT kind, as_of FROM imports_kinds WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), connection.value())
        .query(
            row -> {
              newest.put(
                  RecordKind.valueOf(row.getString(1)),
                  row.getObject(2, OffsetDateTime.class).toInstant());
            });
    return newest;
  }

  void told(ClinicId clinic, ConnectionId connection, Set<RecordKind> kinds, Instant asOf) {
    for (RecordKind kind : kinds) {
      jdbc.sql(
              """
              INSERT INTO imports_kinds AS k (tenant_id, connection_id, kind, as_of) VALUES (?, ?, ?, ?)
              ON CONFLICT (tenant_id, connection_id, kind) DO UPDATE SET as_of = greatest(k.as_of, excluded.as_of)
              """)
          .params(clinic.value(), connection.value(), kind.name(), ImportStore.utc(asOf))
          .update();
    }
  }

  Optional<Instant> told(ClinicId clinic, ConnectionId connection, RecordKind kind) {
    return jdbc.sql(
            "SELECT as_of FROM imports_kinds WHERE tenant_id = ? AND connection_id = ? AND kind = ?")
        .params(clinic.value(), connection.value(), kind.name())
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  void named(ClinicId clinic, ConnectionId connection, Set<Names> names) {
    List<Names> all = List.copyOf(names);
    if (all.isEmpty()) {
      return;
    }
    template.batchUpdate(
        "INSERT INTO imports_named (tenant_id, connection_id, practitioner, treatment, site)"
            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        all,
        500,
        (statement, each) -> {
          statement.setObject(1, clinic.value());
          statement.setObject(2, connection.value());
          statement.setString(3, each.practitioner());
          statement.setString(4, each.treatment());
          statement.setString(5, each.site());
        });
  }

  List<Names> named(ClinicId clinic, ConnectionId connection) {
    return jdbc.sql(
            "SELECT practitioner, treatment, site FROM imports_named WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), connection.value())
        .query((row, number) -> new Names(row.getString(1), row.getString(2), row.getString(3)))
        .list();
  }

  /** Who treats what where; blank where it is not said. */
  record Names(String practitioner, String treatment, String site) {}

  private static Kept kept(ResultSet row) throws SQLException {
    return new Kept(
        row.getString("id"),
        row.getLong("position"),
        row.getObject("learnt_at", OffsetDateTime.class).toInstant(),
        row.getObject("as_of", OffsetDateTime.class).toInstant(),
        instant(row, "removed_at"),
        row.getString("patient_id"),
        instant(row, "takes_place_at"),
        row.getString("moved_from"),
        row.getString("problem"),
        row.getBytes("sealed"),
        row.getBytes("hash"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }
}
