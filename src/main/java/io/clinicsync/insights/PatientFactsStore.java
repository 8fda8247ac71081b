package io.clinicsync.insights;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Facts in the database. Every method but the cross-tenant lists joins the caller's transaction.
 */
@Component
public class PatientFactsStore {

  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;

  PatientFactsStore(JdbcClient jdbc, CrossTenantReads crossTenant) {
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
  }

  /** A patient's facts as last computed. */
  public record Stored(Facts facts, Instant computedAt) {}

  /** The facts of one patient; empty before they are computed. */
  public Optional<Stored> find(ClinicId clinic, ConnectionId connection, EmrId patient) {
    return Optional.ofNullable(find(clinic, connection, List.of(patient)).get(patient));
  }

  /** The facts of these patients; those not computed yet are left out. */
  public Map<EmrId, Stored> find(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> patients) {
    Map<EmrId, Stored> found = new LinkedHashMap<>();
    jdbc.sql(
            """
            SELECT patient_id, facts, due_at, computed_at FROM insights_facts
            WHERE tenant_id = ? AND connection_id = ? AND patient_id = ANY (?)
            """)
        .params(
            clinic.value(),
            connection.value(),
            patients.stream().map(EmrId::value).toArray(String[]::new))
        .query(
            row -> {
              OffsetDateTime due = row.getObject("due_at", OffsetDateTime.class);
              found.put(
                  new EmrId(row.getString("patient_id")),
                  new Stored(
                      new Facts(
                          FactsJson.read(row.getString("facts")),
                          due == null ? null : due.toInstant()),
                      row.getObject("computed_at", OffsetDateTime.class).toInstant()));
            });
    return found;
  }

  /**
   * Stores facts; equal ones cost no write. Gives the patients whose facts differ from what was
   * stored.
   */
  List<EmrId> store(
      ClinicId clinic, ConnectionId connection, Map<EmrId, Facts> computed, Instant now) {
    Map<EmrId, Facts> sorted = new TreeMap<>(java.util.Comparator.comparing(EmrId::value));
    sorted.putAll(computed);
    List<String> ids = new ArrayList<>();
    List<String> bodies = new ArrayList<>();
    List<String> hashes = new ArrayList<>();
    List<String> due = new ArrayList<>();
    sorted.forEach(
        (id, facts) -> {
          ids.add(id.value());
          bodies.add(FactsJson.write(facts));
          hashes.add(facts.hash());
          Instant dueAt = facts.dueAt();
          due.add(dueAt == null ? "" : dueAt.toString());
        });
    return jdbc
        .sql(
            """
            WITH incoming AS (
              SELECT id, body, hash, nullif(due, '')::timestamptz AS due
              FROM unnest(:ids::text[], :bodies::text[], :hashes::text[], :due::text[]) AS i (id, body, hash, due)
            ), changed AS (
              SELECT i.* FROM incoming i LEFT JOIN insights_facts f
                ON f.tenant_id = :tenant AND f.connection_id = :connection AND f.patient_id = i.id
              WHERE f.patient_id IS NULL OR f.hash <> i.hash OR f.due_at IS DISTINCT FROM i.due
            )
            INSERT INTO insights_facts (tenant_id, connection_id, patient_id, facts, hash, due_at, computed_at)
            SELECT :tenant, :connection, id, body::jsonb, hash, due, :now FROM changed
            ON CONFLICT (tenant_id, connection_id, patient_id) DO UPDATE SET
              facts = excluded.facts, hash = excluded.hash, due_at = excluded.due_at, computed_at = excluded.computed_at
            RETURNING new.patient_id, old.hash IS DISTINCT FROM new.hash AS differs
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("ids", ids.toArray(String[]::new))
        .param("bodies", bodies.toArray(String[]::new))
        .param("hashes", hashes.toArray(String[]::new))
        .param("due", due.toArray(String[]::new))
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                row.getBoolean("differs")
                    ? Optional.of(new EmrId(row.getString(1)))
                    : Optional.<EmrId>empty())
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** The patients whose facts were computed before. */
  List<EmrId> known(ClinicId clinic, ConnectionId connection) {
    return jdbc.sql(
            "SELECT patient_id FROM insights_facts WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), connection.value())
        .query((row, number) -> new EmrId(row.getString(1)))
        .list();
  }

  /** Patients whose facts change by the clock up to this moment. */
  Map<ConnectionId, List<EmrId>> dueBy(ClinicId clinic, Instant now, int limit) {
    Map<ConnectionId, List<EmrId>> due = new LinkedHashMap<>();
    jdbc.sql(
            "SELECT connection_id, patient_id FROM insights_facts WHERE tenant_id = ? AND due_at <= ? ORDER BY due_at LIMIT ?")
        .params(clinic.value(), now.atOffset(ZoneOffset.UTC), limit)
        .query(
            row -> {
              due.computeIfAbsent(
                      new ConnectionId(row.getObject("connection_id", UUID.class)),
                      id -> new ArrayList<>())
                  .add(new EmrId(row.getString("patient_id")));
            });
    return due;
  }

  /** Clinics with facts that change by the clock up to this moment. */
  List<ClinicId> clinicsDueBy(Instant now) {
    return crossTenant.list(
        Sweep.FACTS_DUE,
        "SELECT DISTINCT tenant_id FROM insights_facts WHERE due_at <= :now",
        Map.of("now", now.atOffset(ZoneOffset.UTC)),
        (row, number) -> new ClinicId(row.getObject(1, UUID.class)));
  }
}
