package io.clinicsync.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.ChangeListener.ReRead;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What vendors' webhooks asked to be read again; each method joins the caller's transaction, which
 * is bound to the clinic. Claims run on the database's clock.
 */
@Component
class NoticeStore {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;

  NoticeStore(JdbcClient jdbc, CrossTenantReads crossTenant) {
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
  }

  /** A notice somebody works on. */
  record Notice(ConnectionId connection, byte[] hash, List<ReRead> what, int attempts) {}

  /** Keeps a notice; false when it is known already. */
  boolean add(ClinicId clinic, ConnectionId connection, byte[] hash, List<ReRead> what) {
    return jdbc.sql(
                """
                INSERT INTO sync_notices (tenant_id, connection_id, notice_hash, received_at, what, state, attempts)
                VALUES (?, ?, ?, now(), ?::jsonb, 'WAITING', 0) ON CONFLICT DO NOTHING
                """)
            .params(clinic.value(), connection.value(), hash, write(what))
            .update()
        > 0;
  }

  /** Takes what waits, oldest first, for two minutes. */
  List<Notice> claim(ClinicId clinic, int most) {
    return jdbc.sql(
            """
            WITH w AS MATERIALIZED (
              SELECT connection_id, notice_hash FROM sync_notices
               WHERE tenant_id = :tenant AND state = 'WAITING'
                 AND (not_before IS NULL OR not_before <= clock_timestamp())
                 AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
               ORDER BY received_at LIMIT :most FOR UPDATE SKIP LOCKED)
            UPDATE sync_notices n SET claimed_until = clock_timestamp() + interval '2 minutes', attempts = n.attempts + 1
              FROM w WHERE n.tenant_id = :tenant AND n.connection_id = w.connection_id AND n.notice_hash = w.notice_hash
            RETURNING n.connection_id, n.notice_hash, n.what, n.attempts
            """)
        .param("tenant", clinic.value())
        .param("most", most)
        .query(NoticeStore::notice)
        .list();
  }

  /** The notice was acted on, or never will be. */
  void done(ClinicId clinic, Notice notice, @Nullable String code) {
    jdbc.sql(
            "UPDATE sync_notices SET state = ?, code = ?, claimed_until = NULL"
                + " WHERE tenant_id = ? AND connection_id = ? AND notice_hash = ?")
        .params(
            code == null ? "DONE" : "GIVEN_UP",
            code,
            clinic.value(),
            notice.connection().value(),
            notice.hash())
        .update();
  }

  /** The notice is acted on later. */
  void later(ClinicId clinic, Notice notice, Duration wait) {
    jdbc.sql(
            "UPDATE sync_notices SET claimed_until = NULL, not_before = clock_timestamp() + ? * interval '1 millisecond'"
                + " WHERE tenant_id = ? AND connection_id = ? AND notice_hash = ?")
        .params(wait.toMillis(), clinic.value(), notice.connection().value(), notice.hash())
        .update();
  }

  /** Forgets what is older than seven days. */
  void prune(ClinicId clinic) {
    jdbc.sql(
            "DELETE FROM sync_notices WHERE tenant_id = ? AND state <> 'WAITING' AND received_at < now() - interval '7 days'")
        .param(clinic.value())
        .update();
  }

  /** Clinics with something to act on, whatever event was lost. */
  List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.NOTICES_WAITING,
        """
        SELECT DISTINCT tenant_id FROM sync_notices WHERE state = 'WAITING'
           AND (not_before IS NULL OR not_before <= clock_timestamp())
           AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        """,
        Map.of(),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  private static Notice notice(ResultSet row, int number) throws SQLException {
    return new Notice(
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        row.getBytes("notice_hash"),
        read(row.getString("what")),
        row.getInt("attempts"));
  }

  private static String write(List<ReRead> what) {
    ArrayNode list = JSON.createArrayNode();
    for (ReRead each : what) {
      ObjectNode node = list.addObject();
      switch (each) {
        case ReRead.One(EmrRef ref) ->
            node.put("kind", ref.kind().name()).put("id", ref.id().value());
        case ReRead.Span(RecordKind kind, TimeRange range) ->
            node.put("kind", kind.name())
                .put("from", range.from().toString())
                .put("to", range.to().toString());
      }
    }
    return list.toString();
  }

  private static List<ReRead> read(String text) {
    try {
      List<ReRead> what = new ArrayList<>();
      for (JsonNode node : JSON.readTree(text)) {
        RecordKind kind = RecordKind.valueOf(node.path("kind").asText());
        what.add(
            node.has("id")
                ? new ReRead.One(EmrRef.of(kind, node.path("id").asText()))
                : new ReRead.Span(
                    kind,
                    new TimeRange(
                        Instant.parse(node.path("from").asText()),
                        Instant.parse(node.path("to").asText()))));
      }
      return what;
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A stored notice could not be read");
    }
  }
}
