package io.clinicsync.bridge;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.clinics.GhlAccounts.GhlState;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Appointments that were begun in a sub-account the clinic has left since: nobody can be asked how
 * they stand, so the EMR keeps what it has. Each is one until that sub-account is connected again,
 * or its time has passed.
 */
@Component
public class LeftAppointments {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final GhlAccounts accounts;
  private final Clock clock;

  LeftAppointments(Tenancy tenancy, JdbcClient jdbc, GhlAccounts accounts, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.accounts = accounts;
    this.clock = clock;
  }

  /**
   * One of them.
   *
   * @param since when it was first told of
   * @param lastSeen when it was last tried
   */
  public record Left(
      ConnectionId connection, String ghlAppointment, Instant since, Instant lastSeen) {}

  /** A clinic's, oldest first. */
  public List<Left> of(ClinicId clinic) {
    String connected = accounts.state(clinic).map(GhlState::locationId).orElse(null);
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT connection_id, ghl_appointment_id, created_at, updated_at FROM bridge_appointments
                    WHERE tenant_id = :tenant AND (stage <> 'DONE' OR again)
                      AND location_id IS NOT NULL AND location_id IS DISTINCT FROM :connected
                      AND NOT\s"""
                        + BridgedRows.IS_PAST
                        + " ORDER BY created_at, ghl_appointment_id")
                .param("tenant", clinic.value())
                .param("connected", connected, Types.VARCHAR)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query(
                    (row, number) ->
                        new Left(
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("ghl_appointment_id"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            row.getObject("updated_at", OffsetDateTime.class).toInstant()))
                .list());
  }
}
