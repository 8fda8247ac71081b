package io.clinicsync.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Leases, checkpoints and runs in the database. Every method joins the caller's transaction. Leases
 * run on the database's clock, which all nodes share; a node whose own clock jumps neither loses
 * nor steals one.
 */
@Component
class SyncStore {

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final Clock clock;

  SyncStore(JdbcClient jdbc, ObjectMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /**
   * A run that may begin.
   *
   * @param lastInterval the interval planned by the run before; null if there was none
   */
  record Claim(
      UUID run,
      long fence,
      Map<RecordKind, Checkpoint> checkpoints,
      @Nullable Duration lastInterval,
      @Nullable String lastState) {

    /** Whether the run before this one died, or is about to find out that it was overtaken. */
    boolean lastNeverEnded() {
      return RunState.RUNNING.name().equals(lastState);
    }
  }

  /**
   * Takes the lease, opens the run and reads the checkpoints, in one statement; empty while another
   * run holds the lease.
   */
  Optional<Claim> claim(
      ClinicId clinic, ConnectionId connection, Lane lane, String holder, Duration lease) {
    UUID run = UUID.randomUUID();
    return jdbc.sql(
            """
            WITH lease AS (
              INSERT INTO sync_leases AS l (tenant_id, connection_id, lane, fence, holder, expires_at)
              VALUES (:tenant, :connection, :lane, 1, :holder, clock_timestamp() + make_interval(secs => :secs))
              ON CONFLICT (tenant_id, connection_id, lane) DO UPDATE
                SET fence = l.fence + 1, holder = excluded.holder, expires_at = excluded.expires_at
                WHERE l.expires_at < clock_timestamp()
              RETURNING fence
            ), last AS (
              SELECT state, extract(epoch FROM next_run_at - finished_at) AS planned FROM sync_runs
              WHERE tenant_id = :tenant AND connection_id = :connection AND lane = :lane
              ORDER BY fence DESC LIMIT 1
            ), run AS (
              INSERT INTO sync_runs (tenant_id, id, connection_id, lane, state, fence, started_at, pages, read, created,
                                     updated, unchanged, removed, rejected, sources)
              SELECT :tenant, :run, :connection, :lane, 'RUNNING', fence, :now, 0, 0, 0, 0, 0, 0, 0, '{}' FROM lease
            )
            SELECT lease.fence,
              (SELECT jsonb_agg(to_jsonb(c)) FROM sync_checkpoints c
               WHERE c.tenant_id = :tenant AND c.connection_id = :connection AND c.lane = :lane) AS checkpoints,
              (SELECT planned FROM last) AS planned, (SELECT state FROM last) AS last_state
            FROM lease
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("lane", lane.name())
        .param("holder", holder)
        .param("secs", lease.toMillis() / 1000.0)
        .param("run", run)
        .param("now", utc(clock.instant()))
        .query(
            (row, number) -> {
              double planned = row.getDouble("planned");
              return new Claim(
                  run,
                  row.getLong("fence"),
                  checkpoints(row.getString("checkpoints")),
                  row.wasNull() ? null : Duration.ofMillis((long) (planned * 1000)),
                  row.getString("last_state"));
            })
        .optional();
  }

  /**
   * Proves that the run still holds its lease, extends it, and keeps others out until the
   * transaction ends.
   *
   * @throws LeaseLost when it does not; the transaction must roll back
   */
  void hold(ClinicId clinic, ConnectionId connection, Lane lane, long fence, Duration lease) {
    int held =
        jdbc.sql(
                """
                UPDATE sync_leases SET expires_at = clock_timestamp() + make_interval(secs => ?)
                WHERE tenant_id = ? AND connection_id = ? AND lane = ? AND fence = ?
                """)
            .params(
                lease.toMillis() / 1000.0, clinic.value(), connection.value(), lane.name(), fence)
            .update();
    if (held == 0) {
      throw new LeaseLost();
    }
  }

  void save(ClinicId clinic, ConnectionId connection, Lane lane, Checkpoint checkpoint) {
    Checkpoint.Open open = checkpoint.open();
    TimeRange range = checkpoint.windowRange();
    Cursor cursor = open == null ? null : open.cursor();
    jdbc.sql(
            """
            INSERT INTO sync_checkpoints (tenant_id, connection_id, lane, source, mark, window_since, window_from,
              window_to, window_patients, window_cursor, window_seen_to, window_vendor_start, generation, done_at, waiting)
            VALUES (:tenant, :connection, :lane, :source, :mark, :since, :from, :to, :patients, :cursor, :seenTo,
              :vendorStart, :generation, :doneAt, :waiting)
            ON CONFLICT (tenant_id, connection_id, lane, source) DO UPDATE SET
              mark = excluded.mark, window_since = excluded.window_since, window_from = excluded.window_from,
              window_to = excluded.window_to, window_patients = excluded.window_patients,
              window_cursor = excluded.window_cursor,
              window_seen_to = excluded.window_seen_to, window_vendor_start = excluded.window_vendor_start,
              generation = excluded.generation, done_at = excluded.done_at, waiting = excluded.waiting
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("lane", lane.name())
        .param("source", checkpoint.source().name())
        .param("mark", utc(checkpoint.mark()))
        .param("since", utc(checkpoint.windowSince()))
        .param("from", utc(range == null ? null : range.from()))
        .param("to", utc(range == null ? null : range.to()))
        .param("patients", ids(checkpoint.windowPatients()))
        .param("cursor", cursor == null ? null : cursor.value())
        .param("seenTo", utc(open == null ? null : open.seenTo()))
        .param("vendorStart", utc(open == null ? null : open.vendorStart()))
        .param("generation", open == null ? null : open.generation())
        .param("doneAt", utc(checkpoint.doneAt()))
        .param("waiting", checkpoint.waiting().isEmpty() ? null : ids(checkpoint.waiting()))
        .update();
  }

  private static String @Nullable [] ids(@Nullable List<EmrRef> refs) {
    return refs == null ? null : refs.stream().map(ref -> ref.id().value()).toArray(String[]::new);
  }

  void progress(ClinicId clinic, UUID run, RunCounts counts) {
    jdbc.sql(
            """
            UPDATE sync_runs SET pages = ?, read = ?, created = ?, updated = ?, unchanged = ?, removed = ?, rejected = ?,
              sources = ?::jsonb
            WHERE tenant_id = ? AND id = ?
            """)
        .params(
            counts.pages(),
            counts.read(),
            counts.created(),
            counts.updated(),
            counts.unchanged(),
            counts.removed(),
            counts.rejected(),
            sources(counts),
            clinic.value(),
            run)
        .update();
  }

  /**
   * Closes the run and lets the lease go, in one statement. A run that lost its lease closes its
   * own row as superseded.
   *
   * @return whether it still held its lease; what else it has to say counts only then
   */
  boolean finish(
      ClinicId clinic,
      ConnectionId connection,
      Lane lane,
      Claim claim,
      RunCounts counts,
      RunState state,
      @Nullable String code,
      Instant next) {
    String ended =
        jdbc.sql(
                """
            WITH released AS (
              UPDATE sync_leases SET expires_at = clock_timestamp() - interval '1 microsecond'
              WHERE tenant_id = :tenant AND connection_id = :connection AND lane = :lane AND fence = :fence
              RETURNING 1
            )
            UPDATE sync_runs SET state = CASE WHEN EXISTS (SELECT FROM released) THEN :state ELSE 'SUPERSEDED' END, code = :code, finished_at = :now, next_run_at = :next, pages = :pages,
              read = :read, created = :created, updated = :updated, unchanged = :unchanged, removed = :removed,
              rejected = :rejected, sources = :sources::jsonb
            WHERE tenant_id = :tenant AND id = :run
            RETURNING state
            """)
            .param("tenant", clinic.value())
            .param("connection", connection.value())
            .param("lane", lane.name())
            .param("fence", claim.fence())
            .param("state", state.name())
            .param("code", code)
            .param("now", utc(clock.instant()))
            .param("next", utc(next))
            .param("pages", counts.pages())
            .param("read", counts.read())
            .param("created", counts.created())
            .param("updated", counts.updated())
            .param("unchanged", counts.unchanged())
            .param("removed", counts.removed())
            .param("rejected", counts.rejected())
            .param("sources", sources(counts))
            .param("run", claim.run())
            .query(String.class)
            .single();
    return !ended.equals(RunState.SUPERSEDED.name());
  }

  /**
   * Runs whose lease another run took over, or whose process died: they will never close
   * themselves.
   */
  int closeAbandoned(ClinicId clinic, ConnectionId connection, Lane lane, long fence) {
    return jdbc.sql(
            """
            UPDATE sync_runs SET state = 'ABANDONED', code = 'process_died', finished_at = :now
            WHERE tenant_id = :tenant AND connection_id = :connection AND lane = :lane AND state = 'RUNNING' AND fence < :fence
            """)
        .param("now", utc(clock.instant()))
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("lane", lane.name())
        .param("fence", fence)
        .update();
  }

  private String sources(RunCounts counts) {
    try {
      return json.writeValueAsString(counts.bySource());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Map<RecordKind, Checkpoint> checkpoints(@Nullable String rows) {
    Map<RecordKind, Checkpoint> found = new EnumMap<>(RecordKind.class);
    if (rows == null) {
      return found;
    }
    try {
      for (JsonNode row : json.readTree(rows)) {
        RecordKind source = RecordKind.valueOf(row.get("source").asText());
        found.put(
            source,
            new Checkpoint(
                source,
                instant(row, "mark"),
                open(row),
                instant(row, "done_at"),
                patients(row.path("waiting"))));
      }
      return found;
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Checkpoint.@Nullable Open open(JsonNode row) {
    String cursor = row.path("window_cursor").textValue();
    JsonNode patients = row.path("window_patients");
    if (cursor == null && !patients.isArray()) {
      return null; // a window is only kept once a page of it is stored
    }
    Instant since = instant(row, "window_since");
    Instant from = instant(row, "window_from");
    Instant to = instant(row, "window_to");
    ReadWindow window = new ReadWindow.Everything();
    if (patients.isArray()) {
      window =
          patients.isEmpty()
              ? new ReadWindow.NotByPatient()
              : new ReadWindow.OfPatients(patients(patients));
    } else if (since != null) {
      window = new ReadWindow.ChangedSince(since);
    } else if (from != null && to != null) {
      window = new ReadWindow.StartingIn(new TimeRange(from, to));
    }
    JsonNode generation = row.path("generation");
    return new Checkpoint.Open(
        window,
        cursor == null ? null : new Cursor(cursor),
        instant(row, "window_seen_to"),
        instant(row, "window_vendor_start"),
        generation.isNumber() ? generation.asLong() : null);
  }

  private static List<EmrRef> patients(JsonNode ids) {
    List<EmrRef> patients = new ArrayList<>();
    ids.forEach(id -> patients.add(EmrRef.patient(id.asText())));
    return patients;
  }

  private static @Nullable Instant instant(JsonNode row, String column) {
    String text = row.path(column).textValue();
    return text == null ? null : OffsetDateTime.parse(text).toInstant();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
