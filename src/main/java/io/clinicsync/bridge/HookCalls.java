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
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Every call without a key, and what it came to. Holds ids and codes, never a name or address. */
@Component
public class HookCalls {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  HookCalls(Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A call.
   *
   * @param path which of our paths; {@code calendar} for what a look at a calendar found
   */
  public record Call(
      Instant at,
      String path,
      @Nullable ConnectionId connection,
      @Nullable String ghlAppointment,
      String code) {}

  void add(
      ClinicId clinic,
      String path,
      @Nullable ConnectionId connection,
      @Nullable String ghlAppointment,
      String code) {
    Instant now = clock.instant();
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "INSERT INTO bridge_calls (tenant_id, called_at, path, connection_id, ghl_appointment_id, code)"
                      + " VALUES (?, ?, ?, ?, ?, ?)")
              .params(
                  clinic.value(),
                  utc(now),
                  path,
                  connection == null ? null : connection.value(),
                  ghlAppointment,
                  code)
              .update();
        });
  }

  /** A clinic's latest calls, latest first. */
  public List<Call> latest(ClinicId clinic, int limit) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM bridge_calls WHERE tenant_id = ? ORDER BY called_at DESC, id DESC LIMIT ?")
                .params(clinic.value(), limit)
                .query(
                    (row, number) -> {
                      UUID connection = row.getObject("connection_id", UUID.class);
                      return new Call(
                          row.getObject("called_at", OffsetDateTime.class).toInstant(),
                          row.getString("path"),
                          connection == null ? null : new ConnectionId(connection),
                          row.getString("ghl_appointment_id"),
                          row.getString("code"));
                    })
                .list());
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
