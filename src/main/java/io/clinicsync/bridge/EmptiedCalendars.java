package io.clinicsync.bridge;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Mapped calendars that lost so many appointments at once that nobody believes it: none of them is
 * cancelled in the EMR. Each is one until a look finds fewer missing, or it is looked at no more.
 */
@Component
public class EmptiedCalendars {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  EmptiedCalendars(Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * One of them.
   *
   * @param since the first look that found it so
   * @param lastSeen the latest look that did
   */
  public record Emptied(
      ConnectionId connection, String calendar, Instant since, Instant lastSeen) {}

  /** A clinic's, oldest first. */
  public List<Emptied> of(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT connection_id, calendar_id, emptied_since, emptied_at FROM bridge_calendars
                    WHERE tenant_id = ? AND mapped_at IS NOT NULL AND emptied_since IS NOT NULL
                    ORDER BY emptied_since, calendar_id, connection_id
                    """)
                .param(clinic.value())
                .query(
                    (row, number) ->
                        new Emptied(
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("calendar_id"),
                            row.getObject("emptied_since", OffsetDateTime.class).toInstant(),
                            row.getObject("emptied_at", OffsetDateTime.class).toInstant()))
                .list());
  }

  /**
   * A look found it so.
   *
   * @param booking the connections it was looked at for
   */
  void note(ClinicId clinic, Collection<ConnectionId> booking, String calendar) {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "UPDATE bridge_calendars SET emptied_since = coalesce(emptied_since, ?), emptied_at = ?"
                      + " WHERE tenant_id = ? AND calendar_id = ? AND mapped_at IS NOT NULL AND connection_id = ANY (?::uuid[])")
              .params(now, now, clinic.value(), calendar, values(booking))
              .update();
        });
  }

  /** A look found it as it should be; that costs no write where it always was. */
  void end(ClinicId clinic, String calendar) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "UPDATE bridge_calendars SET emptied_since = NULL, emptied_at = NULL"
                      + " WHERE tenant_id = ? AND calendar_id = ? AND emptied_since IS NOT NULL")
              .params(clinic.value(), calendar)
              .update();
        });
  }

  /**
   * Ends all of a clinic that nobody looks at now, for no look would find out that they are well.
   *
   * @param booking the connections whose mapped calendars are looked at
   */
  void endOthers(ClinicId clinic, Collection<ConnectionId> booking) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "UPDATE bridge_calendars SET emptied_since = NULL, emptied_at = NULL"
                      + " WHERE tenant_id = ? AND emptied_since IS NOT NULL"
                      + " AND (mapped_at IS NULL OR connection_id <> ALL (?::uuid[]))")
              .params(clinic.value(), values(booking))
              .update();
        });
  }

  private static String[] values(Collection<ConnectionId> connections) {
    return connections.stream().map(ConnectionId::toString).toArray(String[]::new);
  }
}
