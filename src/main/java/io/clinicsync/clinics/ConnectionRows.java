package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads connections without a session: they are read with each call and edited rarely. Every method
 * joins the caller's transaction.
 */
@Component
class ConnectionRows {

  private final JdbcClient jdbc;

  ConnectionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Connection> find(ClinicId clinic, ConnectionId id) {
    return jdbc.sql("SELECT * FROM clinics_connections WHERE tenant_id = ? AND id = ?")
        .params(clinic.value(), id.value())
        .query((row, number) -> Connection.stored(row))
        .optional();
  }

  /** Oldest first. */
  List<Connection> of(ClinicId clinic) {
    return jdbc.sql("SELECT * FROM clinics_connections WHERE tenant_id = ? ORDER BY created_at")
        .param(clinic.value())
        .query((row, number) -> Connection.stored(row))
        .list();
  }
}
