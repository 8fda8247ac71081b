package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What a connection may be used for beyond the sync, and when. What was never granted is not
 * allowed.
 */
@Component
public class Entitlements {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  Entitlements(Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** What can be granted. */
  public enum Feature {
    /** Booking, moving and cancelling in the EMR. */
    BOOKING,
    /** The voice receptionist's routes. */
    RECEPTIONIST
  }

  /**
   * A grant.
   *
   * @param from inclusive
   * @param until exclusive; null without end
   */
  public record Entitlement(Feature feature, Instant from, @Nullable Instant until) {

    /** Whether it holds at a moment. */
    public boolean holdsAt(Instant moment) {
      return !moment.isBefore(from) && (until == null || moment.isBefore(until));
    }
  }

  /** Grants something, in the place of an earlier grant of it. */
  public void grant(ClinicId clinic, ConnectionId connection, Entitlement what) {
    Instant until = what.until();
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  """
                  INSERT INTO clinics_entitlements (tenant_id, connection_id, feature, valid_from, valid_until)
                  VALUES (?, ?, ?, ?, ?)
                  ON CONFLICT (tenant_id, connection_id, feature)
                  DO UPDATE SET valid_from = excluded.valid_from, valid_until = excluded.valid_until
                  """)
              .params(
                  clinic.value(),
                  connection.value(),
                  what.feature().name(),
                  utc(what.from()),
                  until == null ? null : utc(until))
              .update();
        });
  }

  /** Takes a grant back. */
  public void withdraw(ClinicId clinic, ConnectionId connection, Feature feature) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "DELETE FROM clinics_entitlements WHERE tenant_id = ? AND connection_id = ? AND feature = ?")
              .params(clinic.value(), connection.value(), feature.name())
              .update();
        });
  }

  /** All grants of a connection, also those that do not hold now. */
  public List<Entitlement> of(ClinicId clinic, ConnectionId connection) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM clinics_entitlements WHERE tenant_id = ? AND connection_id = ? ORDER BY feature")
                .params(clinic.value(), connection.value())
                .query(
                    (row, number) -> {
                      OffsetDateTime until = row.getObject("valid_until", OffsetDateTime.class);
                      return new Entitlement(
                          Feature.valueOf(row.getString("feature")),
                          row.getObject("valid_from", OffsetDateTime.class).toInstant(),
                          until == null ? null : until.toInstant());
                    })
                .list());
  }

  /** Whether a connection may be used for something now. */
  public boolean allows(ClinicId clinic, ConnectionId connection, Feature feature) {
    Instant now = clock.instant();
    return of(clinic, connection).stream()
        .anyMatch(each -> each.feature() == feature && each.holdsAt(now));
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
