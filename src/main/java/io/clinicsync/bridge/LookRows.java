package io.clinicsync.bridge;

import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What is known of the appointments that a look at a calendar finds. */
@Component
class LookRows {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  LookRows(Tenancy tenancy, JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** How an appointment stood when a look came to nothing with it. */
  record Mark(String state, @Nullable Instant changedAt) {}

  /**
   * What is known.
   *
   * @param acted the state each was acted on, or is being acted on
   * @param looked those that came to nothing
   * @param standing ids of appointments that this sub-account showed and that were acted on as live
   *     ones of this calendar and start within the span that was looked at
   */
  record Found(Map<String, String> acted, Map<String, Mark> looked, Set<String> standing) {}

  static Mark mark(GhlEvent event) {
    Instant changed = event.changedAt();
    return new Mark(
        GhlStates.of(Optional.of(event)),
        changed == null ? null : changed.truncatedTo(ChronoUnit.MICROS));
  }

  /** What is known of these appointments, and of all others that should be among them. */
  Found find(
      ClinicId clinic,
      String location,
      String calendar,
      Set<String> ids,
      Instant from,
      Instant until) {
    String[] shown = ids.toArray(String[]::new);
    Map<String, String> acted = new HashMap<>();
    Map<String, Mark> looked = new HashMap<>();
    Set<String> standing = new HashSet<>();
    tenancy.inClinic(
        clinic,
        () -> {
          // Where the sub-account was not kept yet, this look says it.
          jdbc.sql(
                  "UPDATE bridge_appointments SET location_id = ?"
                      + " WHERE tenant_id = ? AND ghl_appointment_id = ANY (?) AND location_id IS NULL")
              .params(location, clinic.value(), shown)
              .update();
          jdbc.sql(
                  "SELECT ghl_appointment_id, ghl_state FROM bridge_appointments"
                      + " WHERE tenant_id = ? AND ghl_appointment_id = ANY (?)")
              .params(clinic.value(), shown)
              .query(
                  row -> {
                    acted.put(row.getString(1), row.getString(2));
                  });
          jdbc.sql(
                  "SELECT ghl_appointment_id, ghl_state, changed_at FROM bridge_looks"
                      + " WHERE tenant_id = ? AND ghl_appointment_id = ANY (?)")
              .params(clinic.value(), shown)
              .query(
                  row -> {
                    OffsetDateTime changed = row.getObject(3, OffsetDateTime.class);
                    looked.put(
                        row.getString(1),
                        new Mark(row.getString(2), changed == null ? null : changed.toInstant()));
                  });
          jdbc.sql(
                  """
                  SELECT ghl_appointment_id, ghl_state FROM bridge_appointments
                  WHERE tenant_id = ? AND calendar_id = ? AND ends_at > ? AND stage = 'DONE' AND location_id = ?
                  """)
              .params(clinic.value(), calendar, utc(from), location)
              .query(
                  row -> {
                    Instant start = GhlStates.start(row.getString(2));
                    if (start != null && start.isAfter(from) && start.isBefore(until)) {
                      standing.add(row.getString(1));
                    }
                  });
        });
    return new Found(acted, looked, standing);
  }

  /** Not to be judged again as it is; one that is acted on needs no such mark. */
  void remember(ClinicId clinic, GhlEvent event) {
    Mark mark = mark(event);
    Instant changed = mark.changedAt();
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  """
                  INSERT INTO bridge_looks (tenant_id, ghl_appointment_id, ghl_state, changed_at, looked_at)
                  SELECT :tenant, :id, :state, :changed, :now WHERE NOT EXISTS (
                    SELECT FROM bridge_appointments WHERE tenant_id = :tenant AND ghl_appointment_id = :id)
                  ON CONFLICT (tenant_id, ghl_appointment_id) DO UPDATE SET ghl_state = excluded.ghl_state,
                    changed_at = excluded.changed_at, looked_at = excluded.looked_at
                  """)
              .param("tenant", clinic.value())
              .param("id", event.id())
              .param("state", mark.state())
              .param(
                  "changed",
                  changed == null ? null : utc(changed),
                  java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
              .param("now", utc(clock.instant()))
              .update();
        });
  }

  /** Which clinics have calendars to look at. */
  List<ClinicId> clinics() {
    return crossTenant.list(
        Sweep.CALENDARS_TO_LOOK_AT,
        "SELECT DISTINCT tenant_id FROM bridge_calendars WHERE mapped_at IS NOT NULL",
        Map.of(),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
