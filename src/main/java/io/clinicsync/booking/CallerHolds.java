package io.clinicsync.booking;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whose the times are that callers hold before they know the patient. The time itself is held by
 * {@link Holds}, under the hold's id until an attempt takes it over.
 */
@Component
class CallerHolds {

  /** How many live holds a key may have. */
  static final int MOST = 20;

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  CallerHolds(Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** What is held, by the EMR's ids. */
  record Kept(
      UUID id,
      String practitioner,
      String treatment,
      String site,
      Instant startsAt,
      Instant endsAt,
      Instant expiresAt) {}

  /** Whether the key holds as many times as it may. */
  boolean isFull(ClinicId clinic, UUID key) {
    return tenancy.inClinic(clinic, () -> live(clinic, key)) >= MOST;
  }

  /**
   * Makes a time that was taken a moment ago this key's for as long as it wants.
   *
   * @return false when the key holds as many as it may by now
   * @throws Overtaken when the time was lost meanwhile
   */
  boolean keep(ClinicId clinic, ConnectionId connection, UUID key, Kept kept) {
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () -> {
          // Calls of one key count one after the other.
          jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(?, 1))")
              .param(key.toString())
              .query()
              .singleRow();
          if (live(clinic, key) >= MOST) {
            return false;
          }
          extend(clinic, kept, now);
          jdbc.sql(
                  """
                  INSERT INTO booking_kept_times (tenant_id, id, connection_id, key_id, practitioner_id, treatment_id, site_id,
                    starts_at, ends_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                  """)
              .params(
                  clinic.value(),
                  kept.id(),
                  connection.value(),
                  key,
                  kept.practitioner(),
                  kept.treatment(),
                  kept.site(),
                  AttemptRows.utc(kept.startsAt()),
                  AttemptRows.utc(kept.endsAt()),
                  AttemptRows.utc(kept.expiresAt()))
              .update();
          return true;
        });
  }

  private void extend(ClinicId clinic, Kept kept, Instant now) {
    int held =
        jdbc.sql(
                "UPDATE booking_holds SET expires_at = ? WHERE tenant_id = ? AND attempt_id = ? AND expires_at > ?")
            .params(
                AttemptRows.utc(kept.expiresAt()), clinic.value(), kept.id(), AttemptRows.utc(now))
            .update();
    if (held == 0) {
      throw new Overtaken();
    }
  }

  private int live(ClinicId clinic, UUID key) {
    return jdbc.sql(
            """
            SELECT count(*) FROM booking_kept_times k WHERE k.tenant_id = ? AND k.key_id = ? AND k.expires_at > ?
              AND EXISTS (SELECT FROM booking_holds h WHERE h.tenant_id = k.tenant_id AND h.attempt_id = k.id)
            """)
        .params(clinic.value(), key, AttemptRows.utc(clock.instant()))
        .query(Integer.class)
        .single();
  }

  /** A key's hold on this connection, also one that is over; empty for any other. */
  Optional<Kept> find(ClinicId clinic, ConnectionId connection, UUID key, UUID hold) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM booking_kept_times WHERE tenant_id = ? AND connection_id = ? AND key_id = ? AND id = ?")
                .params(clinic.value(), connection.value(), key, hold)
                .query((row, number) -> read(row))
                .optional());
  }

  private static Kept read(ResultSet row) throws SQLException {
    return new Kept(
        row.getObject("id", UUID.class),
        row.getString("practitioner_id"),
        row.getString("treatment_id"),
        row.getString("site_id"),
        java.util.Objects.requireNonNull(AttemptRows.instant(row, "starts_at")),
        java.util.Objects.requireNonNull(AttemptRows.instant(row, "ends_at")),
        java.util.Objects.requireNonNull(AttemptRows.instant(row, "expires_at")));
  }

  /**
   * Lets a time go.
   *
   * @return false when it is no hold of this key
   */
  boolean letGo(ClinicId clinic, UUID key, UUID hold) {
    return tenancy.inClinic(
        clinic,
        () -> {
          boolean was =
              jdbc.sql(
                          "DELETE FROM booking_kept_times WHERE tenant_id = ? AND key_id = ? AND id = ?")
                      .params(clinic.value(), key, hold)
                      .update()
                  == 1;
          if (was) {
            jdbc.sql("DELETE FROM booking_holds WHERE tenant_id = ? AND attempt_id = ?")
                .params(clinic.value(), hold)
                .update();
          }
          return was;
        });
  }
}
