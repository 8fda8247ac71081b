package io.clinicsync.insights;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Patients whose facts could not be computed. They keep the facts they had, and are computed again
 * with their next change and after each start. Every method but the cross-tenant list joins the
 * caller's transaction.
 */
@Component
public class ParkedFacts {

  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  ParkedFacts(JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** A parked patient; the problem is type and place and quotes no value. */
  public record Entry(
      ConnectionId connection,
      EmrId patient,
      String problem,
      Instant firstSeen,
      Instant lastSeen) {}

  /** A clinic's parked patients, latest first. */
  public List<Entry> of(ClinicId clinic) {
    return jdbc.sql(
            "SELECT * FROM insights_parked WHERE tenant_id = ? ORDER BY last_seen_at DESC, patient_id LIMIT 1000")
        .param(clinic.value())
        .query(
            (row, number) ->
                new Entry(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    new EmrId(row.getString("patient_id")),
                    row.getString("problem"),
                    row.getObject("first_seen_at", OffsetDateTime.class).toInstant(),
                    row.getObject("last_seen_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  void park(ClinicId clinic, ConnectionId connection, EmrId patient, String problem) {
    jdbc.sql(
            """
            INSERT INTO insights_parked AS p (tenant_id, connection_id, patient_id, problem, seen, first_seen_at, last_seen_at)
            VALUES (:tenant, :connection, :patient, :problem, 1, :now, :now)
            ON CONFLICT (tenant_id, connection_id, patient_id)
            DO UPDATE SET problem = excluded.problem, seen = p.seen + 1, last_seen_at = excluded.last_seen_at
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("patient", patient.value())
        .param("problem", problem)
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  /** Lets patients go whose facts were computed. */
  void release(ClinicId clinic, ConnectionId connection, Collection<EmrId> computed) {
    jdbc.sql(
            "DELETE FROM insights_parked WHERE tenant_id = ? AND connection_id = ? AND patient_id = ANY (?)")
        .params(
            clinic.value(),
            connection.value(),
            computed.stream().map(EmrId::value).toArray(String[]::new))
        .update();
  }

  Map<ConnectionId, List<EmrId>> byConnection(ClinicId clinic) {
    return of(clinic).stream()
        .collect(
            Collectors.groupingBy(
                Entry::connection,
                LinkedHashMap::new,
                Collectors.mapping(Entry::patient, Collectors.toList())));
  }

  /** Clinics that have any. */
  List<ClinicId> clinics() {
    return crossTenant.list(
        Sweep.FACTS_PARKED,
        "SELECT DISTINCT tenant_id FROM insights_parked",
        Map.of(),
        (row, number) -> new ClinicId(row.getObject(1, UUID.class)));
  }
}
