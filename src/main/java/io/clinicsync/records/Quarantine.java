package io.clinicsync.records;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Entries that could not be understood, each alone. Every method joins the caller's transaction.
 */
@Component
public class Quarantine {

  private final JdbcClient jdbc;
  private final Clock clock;

  Quarantine(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** A quarantined entry; the problem is in our words and quotes no value. */
  public record Entry(
      ConnectionId connection,
      RecordKind kind,
      String id,
      String problem,
      int seen,
      Instant firstSeen,
      Instant lastSeen) {}

  /** Sets entries apart; the key is the id, or a stand-in where it could not be read. */
  public void add(
      ClinicId clinic, ConnectionId connection, RecordKind kind, Map<String, String> problemsById) {
    problemsById.forEach(
        (id, problem) ->
            jdbc.sql(
                    """
                    INSERT INTO records_quarantined AS q (tenant_id, connection_id, kind, id, problem, seen, first_seen_at, last_seen_at)
                    VALUES (:tenant, :connection, :kind, :id, :problem, 1, :now, :now)
                    ON CONFLICT (tenant_id, connection_id, kind, id)
                    DO UPDATE SET problem = excluded.problem, seen = q.seen + 1, last_seen_at = excluded.last_seen_at
                    """)
                .param("tenant", clinic.value())
                .param("connection", connection.value())
                .param("kind", kind.name())
                .param("id", id)
                .param("problem", problem)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update());
  }

  /**
   * Lets entries go that were understood meanwhile [ER-3: an error closes itself when its cause is
   * gone].
   */
  public int release(
      ClinicId clinic, ConnectionId connection, RecordKind kind, List<String> understood) {
    return jdbc.sql(
            "DELETE FROM records_quarantined WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND id = ANY (?)")
        .params(clinic.value(), connection.value(), kind.name(), understood.toArray(String[]::new))
        .update();
  }

  /** A clinic's quarantined entries, latest first. */
  public List<Entry> of(ClinicId clinic) {
    return jdbc.sql(
            "SELECT * FROM records_quarantined WHERE tenant_id = ? ORDER BY last_seen_at DESC LIMIT 1000")
        .param(clinic.value())
        .query(
            (row, number) ->
                new Entry(
                    new ConnectionId(row.getObject("connection_id", java.util.UUID.class)),
                    RecordKind.valueOf(row.getString("kind")),
                    row.getString("id"),
                    row.getString("problem"),
                    row.getInt("seen"),
                    row.getObject("first_seen_at", OffsetDateTime.class).toInstant(),
                    row.getObject("last_seen_at", OffsetDateTime.class).toInstant()))
        .list();
  }
}
