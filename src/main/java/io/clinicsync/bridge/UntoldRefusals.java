package io.clinicsync.bridge;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Refused appointments that GoHighLevel did not take word of: it may show what the EMR does not
 * have. Each is one until it is told, changes in GoHighLevel, or its time has passed.
 */
@Component
public class UntoldRefusals {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  UntoldRefusals(Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * One of them.
   *
   * @param since when it had not been taken for ten minutes, or was refused
   */
  public record Untold(ConnectionId connection, String ghlAppointment, Instant since) {}

  /** A clinic's, oldest first. */
  public List<Untold> of(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT connection_id, ghl_appointment_id, untold_at FROM bridge_appointments
                    WHERE tenant_id = ? AND untold_at IS NOT NULL AND (ends_at IS NULL OR ends_at > ?)
                    ORDER BY untold_at, ghl_appointment_id
                    """)
                .params(clinic.value(), clock.instant().atOffset(ZoneOffset.UTC))
                .query(
                    (row, number) ->
                        new Untold(
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("ghl_appointment_id"),
                            row.getObject("untold_at", OffsetDateTime.class).toInstant()))
                .list());
  }
}
