package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Forgets what the bridge does not need any more, a clinic at a time and in batches, so that no
 * statement holds anybody up.
 */
@Component
class BridgeRetention {

  /** After an appointment ended, or something was done about it, whichever was later. */
  static final Duration APPOINTMENTS_KEPT = Duration.ofDays(90);

  static final Duration CALLS_KEPT = Duration.ofDays(30);

  private static final int BATCH = 500;

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final AppEventRows events;
  private final Clock clock;

  BridgeRetention(
      Tenancy tenancy,
      JdbcClient jdbc,
      CrossTenantReads crossTenant,
      AppEventRows events,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.events = events;
    this.clock = clock;
  }

  /** Forgets what is old of a clinic. What is not done yet is kept, however old. */
  void forget(ClinicId clinic) {
    Instant now = clock.instant();
    delete(
        clinic,
        "bridge_appointments",
        "stage = 'DONE' AND NOT again AND greatest(ends_at, updated_at) < :before",
        now.minus(APPOINTMENTS_KEPT));
    delete(clinic, "bridge_looks", "looked_at < :before", now.minus(APPOINTMENTS_KEPT));
    delete(clinic, "bridge_calls", "called_at < :before", now.minus(CALLS_KEPT));
    events.prune(clinic);
  }

  /** Which clinics have anything of the bridge. */
  List<ClinicId> clinics() {
    return crossTenant.list(
        Sweep.BRIDGE_TO_FORGET,
        """
        SELECT tenant_id FROM bridge_appointments UNION SELECT tenant_id FROM bridge_looks
        UNION SELECT tenant_id FROM bridge_calls UNION SELECT tenant_id FROM bridge_events
        """,
        Map.of(),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  private void delete(ClinicId clinic, String table, String old, Instant before) {
    int gone = BATCH;
    while (gone == BATCH) {
      gone =
          tenancy.inClinic(
              clinic,
              () ->
                  jdbc.sql(
                          "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE tenant_id = :tenant AND %2$s LIMIT :batch))"
                              .formatted(table, old))
                      .param("tenant", clinic.value())
                      .param("before", before.atOffset(ZoneOffset.UTC))
                      .param("batch", BATCH)
                      .update());
    }
  }
}
