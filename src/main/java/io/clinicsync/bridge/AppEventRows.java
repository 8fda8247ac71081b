package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * App webhooks in the database. One worker at a time has an event, over all nodes; whoever was
 * overtaken can end it no more. Claims run on the database's clock.
 */
@Component
class AppEventRows {

  private static final Duration KEPT = Duration.ofDays(7);

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  AppEventRows(Tenancy tenancy, JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** Keeps an event; false when it is known already. Durable when this returns. */
  boolean add(AppEvent event) {
    Instant toldAt = event.toldAt();
    return tenancy.inClinic(
        event.clinic(),
        () ->
            jdbc.sql(
                        """
                        INSERT INTO bridge_events (tenant_id, webhook_id, kind, location_id, subject_id, calendar_id, told_at,
                          received_at, state, attempts)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'WAITING', 0) ON CONFLICT (tenant_id, webhook_id) DO NOTHING
                        """)
                    .params(
                        event.clinic().value(),
                        event.id(),
                        event.kind().name(),
                        event.location(),
                        event.subject(),
                        event.calendar(),
                        toldAt == null ? null : utc(toldAt),
                        utc(clock.instant()))
                    .update()
                == 1);
  }

  /** Whether this event is known and still to be acted on. */
  boolean waits(ClinicId clinic, String id) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT state FROM bridge_events WHERE tenant_id = ? AND webhook_id = ?")
                .params(clinic.value(), id)
                .query(String.class)
                .optional()
                .filter("WAITING"::equals)
                .isPresent());
  }

  /**
   * The next one to act on, handed to one worker for longer than acting takes. Chosen apart from
   * the update: joined into it, the choice may be made more than once, and each time another is
   * claimed.
   */
  Optional<AppEvent> claim(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    WITH w AS MATERIALIZED (
                      SELECT webhook_id FROM bridge_events
                       WHERE tenant_id = :tenant AND state = 'WAITING'
                         AND (not_before IS NULL OR not_before <= clock_timestamp())
                         AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
                       ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    UPDATE bridge_events e SET claimed_until = clock_timestamp() + interval '3 minutes', attempts = e.attempts + 1
                      FROM w WHERE e.tenant_id = :tenant AND e.webhook_id = w.webhook_id
                    RETURNING e.*
                    """)
                .param("tenant", clinic.value())
                .query(AppEventRows::read)
                .optional());
  }

  /** It was acted on. */
  void done(AppEvent event, String code) {
    ended(event, "DONE", code);
  }

  /** It never will be acted on. */
  void givenUp(AppEvent event, String code) {
    ended(event, "GIVEN_UP", code);
  }

  private void ended(AppEvent event, String state, String code) {
    changed(event, "state = :state, code = :code", Map.of("state", state, "code", code));
  }

  /** It is acted on later. */
  void later(AppEvent event, Duration wait, String code) {
    changed(
        event,
        "code = :code, not_before = clock_timestamp() + :millis * interval '1 millisecond'",
        Map.of("millis", wait.toMillis(), "code", code));
  }

  private void changed(AppEvent event, String sets, Map<String, ?> parameters) {
    tenancy.inClinic(
        event.clinic(),
        () -> {
          jdbc.sql(
                  "UPDATE bridge_events SET claimed_until = NULL, "
                      + sets
                      + " WHERE tenant_id = :tenant AND webhook_id = :id AND attempts = :attempts AND state = 'WAITING'")
              .params(parameters)
              .param("tenant", event.clinic().value())
              .param("id", event.id())
              .param("attempts", event.attempts())
              .update();
        });
  }

  /** Forgets what is older than seven days. */
  void prune(ClinicId clinic) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "DELETE FROM bridge_events WHERE tenant_id = ? AND state <> 'WAITING' AND received_at < ?")
              .params(clinic.value(), utc(clock.instant().minus(KEPT)))
              .update();
        });
  }

  /** Clinics with something to act on, whatever wake was lost. */
  List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.APP_EVENTS_WAITING,
        """
        SELECT DISTINCT tenant_id FROM bridge_events WHERE state = 'WAITING'
           AND (not_before IS NULL OR not_before <= clock_timestamp())
           AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        """,
        Map.of(),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  private static AppEvent read(ResultSet row, int number) throws SQLException {
    OffsetDateTime toldAt = row.getObject("told_at", OffsetDateTime.class);
    return new AppEvent(
        new ClinicId(row.getObject("tenant_id", UUID.class)),
        row.getString("webhook_id"),
        AppEvent.Kind.valueOf(row.getString("kind")),
        row.getString("location_id"),
        row.getString("subject_id"),
        row.getString("calendar_id"),
        toldAt == null ? null : toldAt.toInstant(),
        row.getInt("attempts"));
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
