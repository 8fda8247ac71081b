package io.clinicsync.crm;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Patients whose contact is to be compared and written. Every method but the cross-tenant list
 * joins the caller's transaction.
 */
@Component
class PushQueue {

  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  PushQueue(JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** A claimed entry. */
  record Claimed(ConnectionId connection, EmrId patient, Cause cause, long turn, int attempts) {}

  void add(ClinicId clinic, ConnectionId connection, Collection<EmrId> patients, Cause cause) {
    jdbc.sql(
            """
            INSERT INTO crm_pushes AS p (tenant_id, connection_id, patient_id, cause, turn, marked_at, attempts)
            SELECT :tenant, :connection, id, :cause, nextval('records_due_turns'), :now, 0
            FROM unnest(:ids::text[]) AS id
            ON CONFLICT (tenant_id, connection_id, patient_id)
            DO UPDATE SET cause = least(p.cause, excluded.cause), turn = excluded.turn, attempts = 0, not_before = NULL, code = NULL, refusals = 0
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("cause", cause.ordinal())
        .param("now", utc(clock.instant()))
        .param(
            "ids", patients.stream().map(EmrId::value).distinct().sorted().toArray(String[]::new))
        .update();
  }

  /**
   * Every patient of the clinic whose facts are known; when the field map, the selection or the
   * sub-account changed.
   */
  int addAll(ClinicId clinic, Cause cause) {
    return jdbc.sql(
            """
            INSERT INTO crm_pushes AS p (tenant_id, connection_id, patient_id, cause, turn, marked_at, attempts)
            SELECT tenant_id, connection_id, patient_id, :cause, nextval('records_due_turns'), :now, 0
            FROM insights_facts WHERE tenant_id = :tenant ORDER BY connection_id, patient_id
            ON CONFLICT (tenant_id, connection_id, patient_id)
            DO UPDATE SET cause = least(p.cause, excluded.cause), turn = excluded.turn, attempts = 0, not_before = NULL, code = NULL, refusals = 0
            """)
        .param("cause", cause.ordinal())
        .param("now", utc(clock.instant()))
        .param("tenant", clinic.value())
        .update();
  }

  /**
   * Queues patients whose facts are newer than what was pushed of them, and who wait for nothing:
   * whatever should have queued them was lost [SY-3]. Who was skipped or waits for a person is
   * looked at again only where the facts changed since.
   */
  int addForgotten(ClinicId clinic, Cause cause) {
    return jdbc.sql(
            """
            INSERT INTO crm_pushes (tenant_id, connection_id, patient_id, cause, turn, marked_at, attempts)
            SELECT f.tenant_id, f.connection_id, f.patient_id, :cause, nextval('records_due_turns'), :now, 0
            FROM insights_facts f
              LEFT JOIN crm_pushed p USING (tenant_id, connection_id, patient_id)
              LEFT JOIN people_links l USING (tenant_id, connection_id, patient_id)
            WHERE f.tenant_id = :tenant
              AND NOT EXISTS (SELECT FROM crm_pushes q WHERE q.tenant_id = f.tenant_id
                AND q.connection_id = f.connection_id AND q.patient_id = f.patient_id)
              AND CASE WHEN p.patient_id IS NOT NULL THEN f.computed_at > p.pushed_at
                ELSE l.patient_id IS NULL OR l.state NOT IN ('SKIPPED', 'REVIEW') OR f.computed_at > l.decided_at END
            ORDER BY f.connection_id, f.patient_id
            ON CONFLICT DO NOTHING
            """)
        .param("cause", cause.ordinal())
        .param("now", utc(clock.instant()))
        .param("tenant", clinic.value())
        .update();
  }

  /** Every clinic with a sub-account. */
  List<ClinicId> clinicsWithSubAccount() {
    return crossTenant.list(
        Sweep.CONTACTS_TO_COMPARE,
        "SELECT DISTINCT tenant_id FROM clinics_ghl_accounts",
        Map.of(),
        (row, number) -> new ClinicId(row.getObject(1, UUID.class)));
  }

  /**
   * Claims entries for a while, most urgent first; whoever dies with a claim loses it after the
   * hold. Chosen apart from the update: joined into it, the choice may be made more than once, and
   * each time others are claimed.
   */
  List<Claimed> claim(ClinicId clinic, int limit, Duration hold) {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            WITH c AS MATERIALIZED (
              SELECT tenant_id, connection_id, patient_id FROM crm_pushes
              WHERE tenant_id = :tenant AND (not_before IS NULL OR not_before <= :now)
                AND (claimed_until IS NULL OR claimed_until < :now)
              ORDER BY cause, turn LIMIT :limit FOR UPDATE SKIP LOCKED)
            UPDATE crm_pushes p SET claimed_until = :until FROM c
            WHERE p.tenant_id = c.tenant_id AND p.connection_id = c.connection_id AND p.patient_id = c.patient_id
            RETURNING p.connection_id, p.patient_id, p.cause, p.turn, p.attempts
            """)
        .param("until", utc(now.plus(hold)))
        .param("now", utc(now))
        .param("tenant", clinic.value())
        .param("limit", limit)
        .query(
            (row, number) ->
                new Claimed(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    new EmrId(row.getString("patient_id")),
                    Cause.values()[row.getInt("cause")],
                    row.getLong("turn"),
                    row.getInt("attempts")))
        .list();
  }

  /**
   * Removes an entry that was worked off, unless it was marked again meanwhile; then only the claim
   * ends.
   */
  void done(ClinicId clinic, Collection<Claimed> worked) {
    String[] connections =
        worked.stream().map(each -> each.connection().toString()).toArray(String[]::new);
    String[] ids = worked.stream().map(each -> each.patient().value()).toArray(String[]::new);
    Long[] turns = worked.stream().map(Claimed::turn).toArray(Long[]::new);
    int deleted =
        jdbc.sql(
                """
                DELETE FROM crm_pushes p USING unnest(:connections::uuid[], :ids::text[], :turns::bigint[]) AS w (c, i, t)
                WHERE p.tenant_id = :tenant AND p.connection_id = w.c AND p.patient_id = w.i AND p.turn = w.t
                """)
            .param("connections", connections)
            .param("ids", ids)
            .param("turns", turns)
            .param("tenant", clinic.value())
            .update();
    if (deleted < worked.size()) {
      jdbc.sql(
              """
              UPDATE crm_pushes p SET claimed_until = NULL
              FROM unnest(:connections::uuid[], :ids::text[]) AS w (c, i)
              WHERE p.tenant_id = :tenant AND p.connection_id = w.c AND p.patient_id = w.i
              """)
          .param("connections", connections)
          .param("ids", ids)
          .param("tenant", clinic.value())
          .update();
    }
  }

  /**
   * Gives an entry back for later, with the reason; marked again meanwhile, it may go at once. One
   * that was refused {@code most} times is parked: it is not tried again until the patient changes
   * or somebody asks for it.
   *
   * @param most 0 where the reason is no refusal, and it is tried for ever
   */
  void later(ClinicId clinic, Claimed entry, Duration wait, String code, int most) {
    jdbc.sql(
            """
            UPDATE crm_pushes SET claimed_until = NULL,
              not_before = CASE WHEN turn <> :turn THEN not_before
                WHEN :most > 0 AND refusals + 1 >= :most THEN 'infinity' ELSE :at END,
              attempts = CASE WHEN turn = :turn THEN attempts + 1 ELSE attempts END,
              refusals = CASE WHEN turn = :turn AND :most > 0 THEN refusals + 1 ELSE refusals END,
              code = CASE WHEN turn = :turn THEN :code ELSE code END
            WHERE tenant_id = :tenant AND connection_id = :connection AND patient_id = :patient
            """)
        .param("turn", entry.turn())
        .param("at", utc(clock.instant().plus(wait)))
        .param("code", code)
        .param("most", most)
        .param("tenant", clinic.value())
        .param("connection", entry.connection().value())
        .param("patient", entry.patient().value())
        .update();
  }

  /** How many entries wait; parked ones do not. */
  int waiting(ClinicId clinic) {
    return jdbc.sql(
            "SELECT count(*) FROM crm_pushes WHERE tenant_id = ? AND not_before IS DISTINCT FROM 'infinity'")
        .param(clinic.value())
        .query(Integer.class)
        .single();
  }

  /** Every clinic with entries that may go now. */
  List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.PUSHES_WAITING,
        """
        SELECT tenant_id FROM crm_pushes
        WHERE (not_before IS NULL OR not_before <= :now) AND (claimed_until IS NULL OR claimed_until < :now)
        GROUP BY tenant_id ORDER BY min(cause), min(marked_at)
        """,
        Map.of("now", utc(clock.instant())),
        (row, number) -> new ClinicId(row.getObject(1, UUID.class)));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
