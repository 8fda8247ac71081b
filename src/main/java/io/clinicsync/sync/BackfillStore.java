package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.tenancy.ClinicId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Backfills in the database. Every method joins the caller's transaction. */
@Component
class BackfillStore {

  private final JdbcClient jdbc;
  private final Clock clock;

  BackfillStore(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  void insert(
      ClinicId clinic,
      UUID id,
      ConnectionId connection,
      Backfill.Wanted wanted,
      @Nullable Integer expected) {
    TimeRange range = wanted.range();
    jdbc.sql(
            """
            INSERT INTO sync_backfills (tenant_id, id, connection_id, sources, range_from, range_to, active_only, announce,
              dry_run, state, requested_at, read, created, updated, unchanged, rejected, expected)
            VALUES (:tenant, :id, :connection, :sources, :from, :to, :active, :announce, :dry, 'QUEUED', :now, 0, 0, 0, 0, 0, :expected)
            """)
        .param("tenant", clinic.value())
        .param("id", id)
        .param("connection", connection.value())
        .param("sources", names(wanted.sources()))
        .param("from", Syncs.utc(range == null ? null : range.from()))
        .param("to", Syncs.utc(range == null ? null : range.to()))
        .param("active", wanted.activeOnly())
        .param("announce", wanted.announce())
        .param("dry", wanted.dryRun())
        .param("now", Syncs.utc(clock.instant()))
        .param("expected", expected)
        .update();
    // Places left by the backfill before would make this one skip what they stand after.
    jdbc.sql(
            "DELETE FROM sync_checkpoints WHERE tenant_id = ? AND connection_id = ? AND lane = 'BACKFILL'")
        .params(clinic.value(), connection.value())
        .update();
  }

  /** A backfill beside the stretch of work under way, whose counts rise with each stored page. */
  private static final String LIVE =
      """
      SELECT b.*, r.started_at AS live_since, coalesce(r.read, 0) AS live_read, coalesce(r.created, 0) AS live_created,
        coalesce(r.updated, 0) AS live_updated, coalesce(r.unchanged, 0) AS live_unchanged,
        coalesce(r.rejected, 0) AS live_rejected
      FROM sync_backfills b LEFT JOIN LATERAL (
        SELECT * FROM sync_runs r WHERE r.tenant_id = b.tenant_id AND r.connection_id = b.connection_id
          AND r.lane = 'BACKFILL' AND r.state = 'RUNNING' AND r.started_at >= b.requested_at
        ORDER BY r.fence DESC LIMIT 1) r ON b.state IN ('QUEUED', 'RUNNING', 'PAUSED', 'CANCELLED')
      """;

  Optional<Backfill> find(ClinicId clinic, UUID id) {
    return jdbc.sql(LIVE + "WHERE b.tenant_id = ? AND b.id = ?")
        .params(clinic.value(), id)
        .query((row, number) -> read(row))
        .optional();
  }

  List<Backfill> of(ClinicId clinic, ConnectionId connection) {
    return jdbc.sql(
            LIVE
                + "WHERE b.tenant_id = ? AND b.connection_id = ? ORDER BY b.requested_at DESC, b.id LIMIT 100")
        .params(clinic.value(), connection.value())
        .query((row, number) -> read(row))
        .list();
  }

  /** Moves it on if it is in one of these states; false when it is not. */
  boolean move(
      ClinicId clinic,
      UUID id,
      Set<Backfill.State> from,
      Backfill.State to,
      @Nullable String code) {
    return jdbc.sql(
                """
                UPDATE sync_backfills SET state = :to, code = :code,
                  started_at = CASE WHEN :to = 'RUNNING' THEN coalesce(started_at, :now) ELSE started_at END,
                  finished_at = CASE WHEN :to IN ('DONE', 'CANCELLED', 'FAILED') THEN :now END
                WHERE tenant_id = :tenant AND id = :id AND state = ANY (:from)
                """)
            .param("to", to.name())
            .param("code", code)
            .param("now", Syncs.utc(clock.instant()))
            .param("tenant", clinic.value())
            .param("id", id)
            .param("from", from.stream().map(Enum::name).toArray(String[]::new))
            .update()
        == 1;
  }

  void done(ClinicId clinic, UUID id, RecordKind source) {
    jdbc.sql(
            "UPDATE sync_backfills SET done_sources = array_append(done_sources, ?) WHERE tenant_id = ? AND id = ? AND NOT ? = ANY (done_sources)")
        .params(source.name(), clinic.value(), id, source.name())
        .update();
  }

  /** Adds what one stretch of work came to, as its closed run says. */
  void add(ClinicId clinic, UUID id, UUID run, int skipped, Duration worked) {
    jdbc.sql(
            """
            UPDATE sync_backfills b SET read = b.read + r.read, created = b.created + r.created,
              updated = b.updated + r.updated, unchanged = b.unchanged + r.unchanged,
              rejected = b.rejected + r.rejected, skipped = skipped + :skipped, worked_ms = worked_ms + :worked
            FROM sync_runs r
            WHERE b.tenant_id = :tenant AND b.id = :id AND r.tenant_id = :tenant AND r.id = :run
            """)
        .param("skipped", skipped)
        .param("worked", worked.toMillis())
        .param("tenant", clinic.value())
        .param("id", id)
        .param("run", run)
        .update();
  }

  /**
   * Adds what runs of this backfill stored that never closed: their process died. Called before
   * they are closed as abandoned.
   */
  void addAbandoned(ClinicId clinic, UUID id, ConnectionId connection, long fence) {
    jdbc.sql(
            """
            UPDATE sync_backfills b SET read = b.read + r.read, created = b.created + r.created,
              updated = b.updated + r.updated, unchanged = b.unchanged + r.unchanged, rejected = b.rejected + r.rejected
            FROM (SELECT coalesce(sum(d.read), 0) AS read, coalesce(sum(d.created), 0) AS created,
                    coalesce(sum(d.updated), 0) AS updated, coalesce(sum(d.unchanged), 0) AS unchanged,
                    coalesce(sum(d.rejected), 0) AS rejected
                  FROM sync_runs d JOIN sync_backfills o ON o.tenant_id = d.tenant_id AND o.id = :id
                  WHERE d.tenant_id = :tenant AND d.connection_id = :connection AND d.lane = 'BACKFILL'
                    AND d.state = 'RUNNING' AND d.fence < :fence AND d.started_at >= o.requested_at) r
            WHERE b.tenant_id = :tenant AND b.id = :id
            """)
        .param("tenant", clinic.value())
        .param("id", id)
        .param("connection", connection.value())
        .param("fence", fence)
        .update();
  }

  private Backfill read(ResultSet row) throws SQLException {
    Instant from = Syncs.instant(row, "range_from");
    Instant to = Syncs.instant(row, "range_to");
    Backfill.State state = Backfill.State.valueOf(row.getString("state"));
    int read = row.getInt("read") + row.getInt("live_read");
    Instant liveSince = Syncs.instant(row, "live_since");
    Duration worked =
        Duration.ofMillis(row.getLong("worked_ms"))
            .plus(liveSince == null ? Duration.ZERO : Duration.between(liveSince, clock.instant()));
    Integer expected = row.getObject("expected", Integer.class);
    return new Backfill(
        row.getObject("id", UUID.class),
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        new Backfill.Wanted(
            kinds(row, "sources"),
            from == null || to == null ? null : new TimeRange(from, to),
            row.getBoolean("active_only"),
            row.getBoolean("announce"),
            row.getBoolean("dry_run")),
        state,
        kinds(row, "done_sources").stream().sorted().toList(),
        row.getString("code"),
        row.getObject("requested_at", OffsetDateTime.class).toInstant(),
        Syncs.instant(row, "started_at"),
        Syncs.instant(row, "finished_at"),
        read,
        row.getInt("created") + row.getInt("live_created"),
        row.getInt("updated") + row.getInt("live_updated"),
        row.getInt("unchanged") + row.getInt("live_unchanged"),
        row.getInt("rejected") + row.getInt("live_rejected"),
        row.getInt("skipped"),
        expected,
        Syncs.perMinute(read, worked),
        state == Backfill.State.RUNNING && expected != null
            ? Syncs.expectedEnd(clock.instant(), read, expected, worked)
            : null);
  }

  private static Set<RecordKind> kinds(ResultSet row, String column) throws SQLException {
    EnumSet<RecordKind> kinds = EnumSet.noneOf(RecordKind.class);
    Arrays.stream((String[]) row.getArray(column).getArray())
        .map(RecordKind::valueOf)
        .forEach(kinds::add);
    return kinds;
  }

  private static String[] names(Collection<RecordKind> kinds) {
    return kinds.stream().map(Enum::name).sorted().toArray(String[]::new);
  }
}
