package io.clinicsync.records;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Says whose facts must be computed again. Written in the transaction of the change, taken by
 * {@code insights}.
 */
@Component
public class DueMarkers {

  private final JdbcClient jdbc;
  private final Markers markers;
  private final CrossTenantReads crossTenant;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  DueMarkers(
      JdbcClient jdbc,
      CrossTenantReads crossTenant,
      ApplicationEventPublisher events,
      Clock clock) {
    this.jdbc = jdbc;
    this.markers = new Markers(jdbc, "records_due");
    this.crossTenant = crossTenant;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Marks patients, within the caller's transaction; announces it, to be heard after the commit.
   */
  public void mark(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> patients, Cause cause) {
    if (!patients.isEmpty()) {
      int marked = markers.mark(clinic, connection, patients, cause, clock.instant());
      events.publishEvent(new PatientsTouched(clinic, connection, marked, cause));
    }
  }

  /**
   * Marks every patient of a connection, in one statement: at the end of a first load, or when a
   * mapping changed.
   */
  public void markAll(ClinicId clinic, ConnectionId connection, Cause cause) {
    int marked =
        jdbc.sql(
                """
                INSERT INTO records_due AS d (tenant_id, connection_id, patient_id, cause, turn, marked_at)
                SELECT p.tenant_id, p.connection_id, p.id, :cause, nextval('records_due_turns'), :now
                FROM records_patients p WHERE p.tenant_id = :tenant AND p.connection_id = :connection ORDER BY p.id
                ON CONFLICT (tenant_id, connection_id, patient_id)
                DO UPDATE SET cause = least(d.cause, excluded.cause), turn = excluded.turn
                """)
            .param("tenant", clinic.value())
            .param("connection", connection.value())
            .param("cause", cause.ordinal())
            .param("now", clock.instant().atOffset(ZoneOffset.UTC))
            .update();
    events.publishEvent(new PatientsTouched(clinic, connection, marked, cause));
  }

  /** The marked patients, to be worked off by {@code insights}. */
  public Markers markers() {
    return markers;
  }

  /** Every clinic that has patients due, most urgent first. */
  public List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.FACTS_DUE,
        "SELECT tenant_id FROM records_due GROUP BY tenant_id ORDER BY min(cause), min(marked_at)",
        Map.of(),
        (row, number) -> new ClinicId(row.getObject(1, UUID.class)));
  }
}
