package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Keeps the list of runs short. */
@Component
class RunHistory {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final SyncSettings settings;

  RunHistory(Tenancy tenancy, JdbcClient jdbc, SyncSettings settings) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /**
   * Forgets all but the connection's last runs. What an open error points to stays [ER-3], and so
   * do each lane's last run and last complete run, from which the next interval and the age of data
   * follow. Returns how many were forgotten.
   */
  int prune(ClinicId clinic, ConnectionId connection) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    WITH runs AS (
                      SELECT id, state, code,
                        row_number() OVER (ORDER BY started_at DESC, fence DESC) AS place,
                        row_number() OVER lane AS place_in_lane,
                        count(*) FILTER (WHERE state = 'SUCCEEDED') OVER lane AS complete_since
                      FROM sync_runs WHERE tenant_id = :tenant AND connection_id = :connection
                      WINDOW lane AS (PARTITION BY lane ORDER BY started_at DESC, fence DESC)
                    )
                    DELETE FROM sync_runs r USING runs
                    WHERE r.tenant_id = :tenant AND r.id = runs.id AND runs.place > :kept
                      AND runs.place_in_lane > 1 AND runs.state <> 'RUNNING'
                      AND NOT (runs.state = 'SUCCEEDED' AND runs.complete_since = 1)
                      AND NOT (runs.code IS NOT NULL AND runs.state <> 'ABANDONED' AND runs.complete_since = 0)
                    """)
                .param("tenant", clinic.value())
                .param("connection", connection.value())
                .param("kept", settings.runsKept())
                .update());
  }
}
