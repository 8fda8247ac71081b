package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The rows behind {@link SharedSessions}; each method is called inside a clinic's transaction. Time
 * is the database's, so that nodes whose clocks differ agree on who holds a row.
 */
@Component
class SessionRows {

  private final JdbcClient jdbc;

  SessionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Names one session. */
  record Key(ClinicId clinic, ConnectionId connection, String name) {

    String row() {
      return connection + "/" + name;
    }
  }

  /**
   * A stored session.
   *
   * @param sealed null when nothing is kept
   */
  record Row(byte @Nullable [] sealed, @Nullable Instant expiresAt, long version) {}

  Optional<Row> find(Key key) {
    return jdbc.sql(
            "SELECT sealed, expires_at, version FROM clinics_sessions"
                + " WHERE tenant_id = ? AND connection_id = ? AND name = ?")
        .params(key.clinic().value(), key.connection().value(), key.name())
        .query(SessionRows::row)
        .optional();
  }

  boolean connectionExists(Key key) {
    return jdbc.sql("SELECT count(*) FROM clinics_connections WHERE tenant_id = ? AND id = ?")
            .params(key.clinic().value(), key.connection().value())
            .query(Long.class)
            .single()
        > 0;
  }

  /** How long a hold lasts that nobody holds on to, as PostgreSQL writes it. */
  private static final String HOLD = "interval '45 seconds'";

  /** Takes the session for a while; empty while another holds it or without its connection. */
  Optional<Row> hold(Key key, UUID holder) {
    return jdbc.sql(
            """
            INSERT INTO clinics_sessions AS s (tenant_id, connection_id, name, version, holder, held_until)
            SELECT tenant_id, id, ?, 0, ?, clock_timestamp() + %s
              FROM clinics_connections WHERE tenant_id = ? AND id = ?
            ON CONFLICT (tenant_id, connection_id, name) DO UPDATE
              SET holder = excluded.holder, held_until = excluded.held_until
              WHERE s.held_until IS NULL OR s.held_until < clock_timestamp()
            RETURNING sealed, expires_at, version
            """
                .formatted(HOLD))
        .params(key.name(), holder, key.clinic().value(), key.connection().value())
        .query(SessionRows::row)
        .optional();
  }

  /** Stores a new value; empty when the holder was overtaken. */
  OptionalLong keep(Key key, UUID holder, byte @Nullable [] sealed, @Nullable Instant expiresAt) {
    return jdbc.sql(
            """
            UPDATE clinics_sessions SET sealed = ?, expires_at = ?, version = version + 1,
                held_until = clock_timestamp() + %s
             WHERE tenant_id = ? AND connection_id = ? AND name = ? AND holder = ?
            RETURNING version
            """
                .formatted(HOLD))
        .params(
            sealed,
            expiresAt == null ? null : Timestamp.from(expiresAt),
            key.clinic().value(),
            key.connection().value(),
            key.name(),
            holder)
        .query(Long.class)
        .optional()
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  /** As long again; false when the holder was overtaken. */
  boolean holdOn(Key key, UUID holder) {
    return jdbc.sql(
                "UPDATE clinics_sessions SET held_until = clock_timestamp() + "
                    + HOLD
                    + " WHERE tenant_id = ? AND connection_id = ? AND name = ? AND holder = ?")
            .params(key.clinic().value(), key.connection().value(), key.name(), holder)
            .update()
        == 1;
  }

  void release(Key key, UUID holder) {
    jdbc.sql(
            "UPDATE clinics_sessions SET holder = NULL, held_until = NULL"
                + " WHERE tenant_id = ? AND connection_id = ? AND name = ? AND holder = ?")
        .params(key.clinic().value(), key.connection().value(), key.name(), holder)
        .update();
  }

  void forget(ClinicId clinic, ConnectionId connection) {
    jdbc.sql("DELETE FROM clinics_sessions WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), connection.value())
        .update();
  }

  void forgetBut(ClinicId clinic, ConnectionId connection, String kept) {
    jdbc.sql("DELETE FROM clinics_sessions WHERE tenant_id = ? AND connection_id = ? AND name <> ?")
        .params(clinic.value(), connection.value(), kept)
        .update();
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    Timestamp expires = row.getTimestamp("expires_at");
    return new Row(
        row.getBytes("sealed"),
        expires == null ? null : expires.toInstant(),
        row.getLong("version"));
  }
}
