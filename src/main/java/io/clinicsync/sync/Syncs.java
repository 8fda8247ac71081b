package io.clinicsync.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What an operator sees and asks of the engine. Each method opens its own transaction. */
@Component
public class Syncs {

  /** A clinic that exports its reports every day is fresh. */
  private static final Duration FILES_TARGET = Duration.ofHours(24);

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final SyncSchedule schedule;
  private final SweepStore sweeps;
  private final Connections connections;
  private final ImportedRows imported;
  private final SyncSettings settings;
  private final ObjectMapper json;
  private final Clock clock;

  Syncs(
      Tenancy tenancy,
      JdbcClient jdbc,
      SyncSchedule schedule,
      SweepStore sweeps,
      Connections connections,
      ImportedRows imported,
      SyncSettings settings,
      ObjectMapper json,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.schedule = schedule;
    this.sweeps = sweeps;
    this.connections = connections;
    this.imported = imported;
    this.settings = settings;
    this.json = json;
    this.clock = clock;
  }

  /**
   * One run.
   *
   * @param lane {@code live}, {@code backfill} or {@code sweep}
   * @param code stable code of what went wrong; null when nothing did
   * @param finishedAt null while it runs
   * @param sources counts by kind of record
   * @param perMinute records read per minute; null before there is anything to divide
   * @param expectedEnd a guess from the last complete run of the same lane; null when there is none
   *     or the run is over
   */
  public record Run(
      UUID id,
      String lane,
      RunState state,
      @Nullable String code,
      Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable Instant nextRunAt,
      int pages,
      int read,
      int created,
      int updated,
      int unchanged,
      int removed,
      int rejected,
      Map<String, Map<String, Integer>> sources,
      @Nullable Long perMinute,
      @Nullable Instant expectedEnd) {}

  /** How old our copy of one kind of record is [SY-1]. */
  public enum Age {
    /** Never read to its end. */
    UNKNOWN,
    FRESH,
    LATE,
    STALE
  }

  /**
   * Freshness of one kind of record.
   *
   * @param asOf every change before this moment is stored; null before the first complete read
   * @param yardstick the greater of target and planned interval: twice is late, six times is stale
   */
  public record Freshness(RecordKind kind, @Nullable Instant asOf, Duration yardstick, Age age) {}

  /** The latest comparison of one kind of record with the EMR; every gap has its reason [SY-3]. */
  public record Reconciliation(
      RecordKind kind,
      Instant finishedAt,
      int emrCount,
      int ourCount,
      int repaired,
      int removed,
      int quarantined,
      int unexplained) {}

  /**
   * A failure that stands: every run of the lane since the last complete one that ended with this
   * code.
   */
  public record Failure(
      ConnectionId connection,
      String lane,
      String code,
      Instant firstSeen,
      Instant lastSeen,
      int count) {}

  /** The connection's runs, latest first. */
  public List<Run> runs(ClinicId clinic, ConnectionId connection, int limit) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    RUN
                        + " WHERE r.tenant_id = ? AND r.connection_id = ? ORDER BY r.started_at DESC, r.id LIMIT ?")
                .params(clinic.value(), connection.value(), limit)
                .query((row, number) -> read(row))
                .list());
  }

  /** One run of a connection; empty when it has no such run. */
  public Optional<Run> run(ClinicId clinic, ConnectionId connection, UUID id) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(RUN + " WHERE r.tenant_id = ? AND r.connection_id = ? AND r.id = ?")
                .params(clinic.value(), connection.value(), id)
                .query((row, number) -> read(row))
                .optional());
  }

  /**
   * When the connection's next run is planned, by its last one; empty before the first and while
   * one runs.
   */
  public Optional<Instant> nextRun(ClinicId clinic, ConnectionId connection) {
    return runs(clinic, connection, 20).stream()
        .filter(run -> run.lane().equals("live"))
        .findFirst()
        .filter(run -> run.finishedAt() != null)
        .map(Run::nextRunAt);
  }

  /** How fresh each kind of record is that the connection's EMR gives. */
  public List<Freshness> freshness(Connection connection) {
    ClinicId clinic = connection.clinic();
    Set<RecordKind> kinds = connections.kindsRead(clinic, connection.id());
    record LastRun(Instant startedAt, @Nullable Instant finishedAt, @Nullable Instant nextRunAt) {}
    LastRun last =
        tenancy
            .inClinic(
                clinic,
                () ->
                    jdbc.sql(
                            """
                            SELECT started_at, finished_at, next_run_at FROM sync_runs
                            WHERE tenant_id = ? AND connection_id = ? AND lane = 'LIVE' AND state = 'SUCCEEDED'
                            ORDER BY started_at DESC LIMIT 1
                            """)
                        .params(clinic.value(), connection.id().value())
                        .query(
                            (row, number) ->
                                new LastRun(
                                    row.getObject("started_at", OffsetDateTime.class).toInstant(),
                                    instant(row, "finished_at"),
                                    instant(row, "next_run_at")))
                        .optional())
            .orElse(null);
    if (connections.isHandedOver(connection)) {
      return freshnessOfFiles(connection, kinds);
    }
    Map<RecordKind, Instant> marks = marks(clinic, connection.id());
    Duration planned = settings.shortest();
    if (last != null && last.finishedAt() != null && last.nextRunAt() != null) {
      planned = Duration.between(last.finishedAt(), last.nextRunAt());
    }
    Duration interval = planned;
    Instant now = clock.instant();
    return kinds.stream()
        .sorted()
        .map(
            kind -> {
              Instant asOf = marks.get(kind);
              if (last != null && (asOf == null || last.startedAt().isAfter(asOf))) {
                asOf = last.startedAt();
              }
              Duration target = target(kind);
              Duration yardstick = target.compareTo(interval) > 0 ? target : interval;
              return new Freshness(kind, asOf, yardstick, age(asOf, yardstick, now));
            })
        .toList();
  }

  /** Reading files again makes nothing fresher: what counts is when they were made. */
  private List<Freshness> freshnessOfFiles(Connection connection, Set<RecordKind> kinds) {
    Instant now = clock.instant();
    return kinds.stream()
        .sorted()
        .map(
            kind -> {
              Instant asOf =
                  imported.asOf(connection.clinic().value(), connection.id(), kind).orElse(null);
              return new Freshness(kind, asOf, FILES_TARGET, age(asOf, FILES_TARGET, now));
            })
        .toList();
  }

  /** The latest comparison of each kind of record. */
  public List<Reconciliation> reconciliations(ClinicId clinic, ConnectionId connection) {
    return tenancy.inClinic(clinic, () -> sweeps.latest(clinic, connection)).stream()
        .map(
            found ->
                new Reconciliation(
                    found.source(),
                    found.finishedAt(),
                    found.emrCount(),
                    found.ourCount(),
                    found.repaired(),
                    found.removed(),
                    found.quarantined(),
                    found.unexplained()))
        .sorted(Comparator.comparing(Reconciliation::kind))
        .toList();
  }

  /** What the clinic's runs fail with, and have failed with since their last complete run. */
  public List<Failure> failures(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT r.connection_id, r.lane, r.code, min(r.started_at) AS first, max(r.started_at) AS last, count(*) AS n
                    FROM sync_runs r
                    WHERE r.tenant_id = ? AND r.code IS NOT NULL AND r.state <> 'ABANDONED' AND NOT EXISTS (
                      SELECT FROM sync_runs s WHERE s.tenant_id = r.tenant_id AND s.connection_id = r.connection_id
                        AND s.lane = r.lane AND s.state = 'SUCCEEDED' AND s.started_at >= r.started_at)
                    GROUP BY r.connection_id, r.lane, r.code ORDER BY last DESC, r.code
                    """)
                .param(clinic.value())
                .query(
                    (row, number) ->
                        new Failure(
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("lane").toLowerCase(Locale.ROOT),
                            row.getString("code"),
                            row.getObject("first", OffsetDateTime.class).toInstant(),
                            row.getObject("last", OffsetDateTime.class).toInstant(),
                            row.getInt("n")))
                .list());
  }

  /** Runs the connection as soon as a node is free. */
  public void soon(ClinicId clinic, ConnectionId connection) {
    schedule.soon(clinic, connection);
  }

  /** Compares the connection with its EMR as soon as a node is free. */
  public void sweepSoon(ClinicId clinic, ConnectionId connection) {
    schedule.sweepSoon(clinic, connection);
  }

  private Map<RecordKind, Instant> marks(ClinicId clinic, ConnectionId connection) {
    Map<RecordKind, Instant> marks = new EnumMap<>(RecordKind.class);
    tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT source, mark FROM sync_checkpoints WHERE tenant_id = ? AND connection_id = ? AND lane = 'LIVE' AND mark IS NOT NULL")
                .params(clinic.value(), connection.value())
                .query(
                    row -> {
                      marks.put(
                          RecordKind.valueOf(row.getString("source")),
                          row.getObject("mark", OffsetDateTime.class).toInstant());
                    }));
    return marks;
  }

  private static Duration target(RecordKind kind) {
    return switch (kind) {
      case APPOINTMENT -> Duration.ofMinutes(5);
      case PATIENT, PRACTITIONER, TREATMENT, SITE, ROOM -> Duration.ofMinutes(15);
      case INVOICE, PAYMENT, PURCHASE -> Duration.ofMinutes(60);
    };
  }

  static Age age(@Nullable Instant asOf, Duration yardstick, Instant now) {
    if (asOf == null) {
      return Age.UNKNOWN;
    }
    Duration old = Duration.between(asOf, now);
    if (old.compareTo(yardstick.multipliedBy(6)) > 0) {
      return Age.STALE;
    }
    return old.compareTo(yardstick.multipliedBy(2)) > 0 ? Age.LATE : Age.FRESH;
  }

  /** What the last complete run of the lane read stands beside each run, for a guess at its end. */
  private static final String RUN =
      """
      SELECT r.*, (SELECT c.read FROM sync_runs c WHERE c.tenant_id = r.tenant_id AND c.connection_id = r.connection_id
                     AND c.lane = r.lane AND c.state = 'SUCCEEDED' ORDER BY c.started_at DESC LIMIT 1) AS usual
      FROM sync_runs r
      """;

  private Run read(ResultSet row) throws SQLException {
    RunState state = RunState.valueOf(row.getString("state"));
    Instant startedAt = row.getObject("started_at", OffsetDateTime.class).toInstant();
    Instant finishedAt = instant(row, "finished_at");
    int read = row.getInt("read");
    int usual = row.getInt("usual");
    Instant now = clock.instant();
    Duration took = Duration.between(startedAt, finishedAt == null ? now : finishedAt);
    Long perMinute = perMinute(read, took);
    Instant expectedEnd = state == RunState.RUNNING ? expectedEnd(now, read, usual, took) : null;
    return new Run(
        row.getObject("id", UUID.class),
        row.getString("lane").toLowerCase(Locale.ROOT),
        state,
        row.getString("code"),
        startedAt,
        finishedAt,
        instant(row, "next_run_at"),
        row.getInt("pages"),
        read,
        row.getInt("created"),
        row.getInt("updated"),
        row.getInt("unchanged"),
        row.getInt("removed"),
        row.getInt("rejected"),
        sources(row.getString("sources")),
        perMinute,
        expectedEnd);
  }

  static @Nullable Long perMinute(int read, Duration took) {
    return read == 0 || took.toMillis() <= 0 ? null : Math.round(read * 60_000.0 / took.toMillis());
  }

  static @Nullable Instant expectedEnd(Instant now, int read, int expected, Duration took) {
    if (read == 0 || expected <= read) {
      return null;
    }
    return now.plusMillis((long) (took.toMillis() * ((double) (expected - read) / read)));
  }

  private Map<String, Map<String, Integer>> sources(String text) {
    try {
      return json.readValue(text, new TypeReference<>() {});
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("Stored counts could not be read");
    }
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
