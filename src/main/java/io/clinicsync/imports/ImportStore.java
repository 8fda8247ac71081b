package io.clinicsync.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The imports in the database. Each method joins the caller's transaction, which is bound to the
 * clinic. All moments but those that senders name are of the database's clock, which is one for all
 * nodes.
 */
@Component
class ImportStore {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A file that is still being read after this long was cut off with its server. */
  private static final Duration CUT_OFF = Duration.ofHours(1);

  /** How long rows wait for a mapping. */
  private static final Duration KEPT = Duration.ofDays(30);

  private static final TypeReference<List<Import.Flaw>> FLAWS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;

  ImportStore(JdbcClient jdbc, CrossTenantReads crossTenant) {
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
  }

  /** An import somebody works on. */
  record Claim(Import file, boolean removalsConfirmed, int attempts) {}

  /**
   * What came of a file.
   *
   * @param code why it was not taken; null where it was
   * @param removed how many records it said to be gone
   */
  record Outcome(ImportState state, @Nullable String code, Tally tally, int removed) {

    static Outcome taken(Tally tally, int removed) {
      return new Outcome(ImportState.DONE, null, tally, removed);
    }
  }

  /**
   * Opens a file that is being read; nobody sees it yet. One that does not say of when it is counts
   * as newer than all of its connection before it, of whatever kind: files of one kind tell of
   * records of another, too.
   *
   * @return of when it is
   */
  Instant open(
      ClinicId clinic, ConnectionId connection, UUID id, Imports.Upload upload, byte[] sha256) {
    return jdbc.sql(
            """
            INSERT INTO imports_files (tenant_id, connection_id, id, kind, sha256, as_of, complete, removals_confirmed,
              state, received_at)
            SELECT :tenant, :connection, :id, :kind, :sha256,
                coalesce(:asOf::timestamptz,
                  greatest(clock_timestamp(), max(as_of) FILTER (WHERE state <> 'FAILED') + interval '1 microsecond')),
                :complete, :removalsConfirmed, 'RECEIVING',
                greatest(clock_timestamp(), max(received_at) + interval '1 microsecond')
              FROM imports_files WHERE tenant_id = :tenant AND connection_id = :connection
            RETURNING as_of
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("id", id)
        .param("kind", upload.kind())
        .param("sha256", sha256)
        .param("asOf", upload.asOf() == null ? null : utc(upload.asOf()))
        .param("complete", upload.complete())
        .param("removalsConfirmed", upload.removalsConfirmed())
        .query(OffsetDateTime.class)
        .single()
        .toInstant();
  }

  void addPart(ClinicId clinic, UUID id, int part, byte[] sealed) {
    jdbc.sql(
            "INSERT INTO imports_file_parts (tenant_id, file_id, part, sealed) VALUES (?, ?, ?, ?)")
        .params(clinic.value(), id, part, sealed)
        .update();
  }

  /** Its turn comes; unless it was taken already, though whoever took it did not hear so. */
  void queue(ClinicId clinic, UUID id) {
    int queued =
        jdbc.sql(
                "UPDATE imports_files SET state = 'QUEUED'"
                    + " WHERE tenant_id = ? AND id = ? AND state IN ('RECEIVING', 'RUNNING')")
            .params(clinic.value(), id)
            .update();
    if (queued == 0) {
      forget(clinic, id);
    }
  }

  /** What was put by of a file is kept no longer than it is needed. */
  private void forget(ClinicId clinic, UUID id) {
    jdbc.sql("DELETE FROM imports_file_parts WHERE tenant_id = ? AND file_id = ?")
        .params(clinic.value(), id)
        .update();
  }

  void delete(ClinicId clinic, UUID id) {
    jdbc.sql("DELETE FROM imports_files WHERE tenant_id = ? AND id = ?")
        .params(clinic.value(), id)
        .update();
  }

  /**
   * The latest import of this kind, if it took the same bytes: what was said in between must be
   * able to be taken back by saying again what was said before.
   */
  Optional<UUID> same(ClinicId clinic, ConnectionId connection, String kind, byte[] sha256) {
    return jdbc.sql(
            """
            SELECT id FROM (SELECT id, sha256 FROM imports_files WHERE tenant_id = ? AND connection_id = ? AND kind = ?
               AND state NOT IN ('RECEIVING', 'FAILED') ORDER BY received_at DESC, id LIMIT 1) AS latest
             WHERE sha256 = ?
            """)
        .params(clinic.value(), connection.value(), kind, sha256)
        .query(UUID.class)
        .optional();
  }

  /** The latest file of these bytes that was taken, whatever came after it. */
  Optional<UUID> everTaken(ClinicId clinic, ConnectionId connection, String kind, byte[] sha256) {
    return jdbc.sql(
            """
            SELECT id FROM imports_files WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND sha256 = ?
               AND state NOT IN ('RECEIVING', 'FAILED') ORDER BY received_at DESC, id LIMIT 1
            """)
        .params(clinic.value(), connection.value(), kind, sha256)
        .query(UUID.class)
        .optional();
  }

  /** The oldest file whose turn it is, for ten minutes; one at a time per connection. */
  Optional<Claim> claim(ClinicId clinic) {
    return jdbc.sql(
            """
            WITH next AS MATERIALIZED (
              SELECT id FROM imports_files w
               WHERE tenant_id = :tenant
                 AND (state = 'QUEUED' OR (state = 'RUNNING' AND claimed_until < clock_timestamp()))
                 AND NOT EXISTS (SELECT FROM imports_files r WHERE r.tenant_id = w.tenant_id
                       AND r.connection_id = w.connection_id AND r.id <> w.id
                       AND r.state = 'RUNNING' AND r.claimed_until >= clock_timestamp())
               ORDER BY as_of, received_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            UPDATE imports_files f SET state = 'RUNNING', attempts = f.attempts + 1,
                claimed_until = clock_timestamp() + interval '10 minutes'
              FROM next WHERE f.tenant_id = :tenant AND f.id = next.id
            RETURNING f.*
            """)
        .param("tenant", clinic.value())
        .query(
            (row, number) ->
                new Claim(read(row), row.getBoolean("removals_confirmed"), row.getInt("attempts")))
        .optional();
  }

  /** Whether a claim still stands; it does until the caller's transaction ends, if so. */
  boolean isOurs(ClinicId clinic, Claim claim) {
    return jdbc.sql(
            "SELECT 1 FROM imports_files WHERE tenant_id = ? AND id = ? AND state = 'RUNNING' AND attempts = ? FOR UPDATE")
        .params(clinic.value(), claim.file().id(), claim.attempts())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** A claim failed for a reason of ours: it comes up again after a while. */
  void again(ClinicId clinic, Claim claim) {
    jdbc.sql(
            """
            UPDATE imports_files SET claimed_until = clock_timestamp() + interval '30 seconds'
             WHERE tenant_id = ? AND id = ? AND state = 'RUNNING' AND attempts = ?
            """)
        .params(clinic.value(), claim.file().id(), claim.attempts())
        .update();
  }

  byte @Nullable [] part(ClinicId clinic, UUID id, int part) {
    return jdbc.sql(
            "SELECT sealed FROM imports_file_parts WHERE tenant_id = ? AND file_id = ? AND part = ?")
        .params(clinic.value(), id, part)
        .query((row, number) -> row.getBytes(1))
        .optional()
        .orElse(null);
  }

  /**
   * Writes down what came of an import; unless it waits for a mapping, its rows go. Who was
   * overtaken by another node changes nothing.
   */
  void settle(ClinicId clinic, Claim claim, Outcome outcome) {
    UUID id = claim.file().id();
    boolean settled = settle(clinic, id, ImportState.RUNNING.name(), claim.attempts(), outcome);
    if (settled && outcome.state() != ImportState.MAPPING_NEEDED) {
      forget(clinic, id);
    }
  }

  /** Writes down that a file was taken while it was being read. */
  void takenAtOnce(ClinicId clinic, UUID id, Outcome outcome) {
    if (!settle(clinic, id, "RECEIVING", 0, outcome)) {
      throw new IllegalStateException("The import was given up meanwhile");
    }
  }

  private boolean settle(ClinicId clinic, UUID id, String from, int attempt, Outcome outcome) {
    Tally tally = outcome.tally();
    return jdbc.sql(
                """
            UPDATE imports_files SET state = ?, code = ?, rows = ?, accepted = ?, rejected = ?, removed = ?,
                flaws = ?::jsonb, claimed_until = NULL, finished_at = CASE WHEN ? THEN clock_timestamp() END
             WHERE tenant_id = ? AND id = ? AND state = ? AND attempts = ?
            """)
            .params(
                outcome.state().name(),
                outcome.code(),
                tally.rows(),
                tally.rows() - tally.rejected(),
                tally.rejected(),
                outcome.removed(),
                write(tally.flaws()),
                outcome.state() != ImportState.MAPPING_NEEDED,
                clinic.value(),
                id,
                from,
                attempt)
            .update()
        == 1;
  }

  /** What waited for a mapping of this kind is tried again. */
  void mapped(ClinicId clinic, ConnectionId connection, String kind) {
    jdbc.sql(
            "UPDATE imports_files SET state = 'QUEUED', code = NULL"
                + " WHERE tenant_id = ? AND connection_id = ? AND kind = ? AND state = 'MAPPING_NEEDED'")
        .params(clinic.value(), connection.value(), kind)
        .update();
  }

  /** Forgets what was cut off while it was read, and what waited for a mapping for thirty days. */
  void prune(ClinicId clinic) {
    jdbc.sql(
            """
            DELETE FROM imports_files WHERE tenant_id = ?
               AND ((state = 'RECEIVING' AND received_at < now() - make_interval(secs => ?))
                 OR (state = 'MAPPING_NEEDED' AND received_at < now() - make_interval(secs => ?)))
            """)
        .params(clinic.value(), CUT_OFF.toSeconds(), KEPT.toSeconds())
        .update();
  }

  Optional<Import> find(ClinicId clinic, ConnectionId connection, UUID id) {
    return jdbc.sql(
            "SELECT * FROM imports_files WHERE tenant_id = ? AND connection_id = ? AND id = ? AND state <> 'RECEIVING'")
        .params(clinic.value(), connection.value(), id)
        .query((row, number) -> read(row))
        .optional();
  }

  List<Import> list(ClinicId clinic, ConnectionId connection, int most) {
    return jdbc.sql(
            """
            SELECT * FROM imports_files WHERE tenant_id = ? AND connection_id = ? AND state <> 'RECEIVING'
             ORDER BY received_at DESC, id LIMIT ?
            """)
        .params(clinic.value(), connection.value(), most)
        .query((row, number) -> read(row))
        .list();
  }

  /** Clinics with something to take or to forget, whatever event was lost. */
  List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.IMPORTS_WAITING,
        """
        SELECT DISTINCT tenant_id FROM imports_files WHERE state = 'QUEUED'
            OR (state = 'RUNNING' AND claimed_until < clock_timestamp())
            OR (state = 'RECEIVING' AND received_at < now() - make_interval(secs => :cutOff))
            OR (state = 'MAPPING_NEEDED' AND received_at < now() - make_interval(secs => :kept))
        """,
        Map.of("cutOff", CUT_OFF.toSeconds(), "kept", KEPT.toSeconds()),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  private static Import read(ResultSet row) throws SQLException {
    return new Import(
        row.getObject("id", UUID.class),
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        row.getString("kind"),
        ImportState.valueOf(row.getString("state")),
        row.getString("code"),
        row.getObject("as_of", OffsetDateTime.class).toInstant(),
        row.getBoolean("complete"),
        row.getObject("received_at", OffsetDateTime.class).toInstant(),
        instant(row, "finished_at"),
        row.getInt("rows"),
        row.getInt("accepted"),
        row.getInt("rejected"),
        row.getInt("removed"),
        flaws(row.getString("flaws")));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static String write(List<Import.Flaw> flaws) {
    try {
      return JSON.writeValueAsString(flaws);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("Flaws could not be written");
    }
  }

  private static List<Import.Flaw> flaws(String text) {
    try {
      return JSON.readValue(text, FLAWS);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("Stored flaws could not be read");
    }
  }
}
