package io.clinicsync.crm;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What keeps contacts from being written as they should be. Every method joins the caller's
 * transaction.
 */
@Component
public class PushTroubles {

  private final JdbcClient jdbc;

  PushTroubles(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Patients whose contact waits or differs for one reason.
   *
   * @param patients up to five of their EMR ids
   */
  public record Trouble(
      ConnectionId connection,
      String code,
      Instant firstSeen,
      Instant lastSeen,
      int count,
      List<String> patients) {}

  /** The clinic's troubles, most patients first. */
  public List<Trouble> of(ClinicId clinic) {
    return jdbc.sql(
            """
            SELECT connection_id, code, min(at) AS first, max(at) AS last, count(*) AS n,
              (array_agg(patient_id ORDER BY patient_id))[1\\:5] AS some
            FROM (
              SELECT connection_id, patient_id, code, marked_at AS at FROM crm_pushes
              WHERE tenant_id = :tenant AND code IS NOT NULL AND attempts > 0
              UNION ALL
              SELECT connection_id, patient_id, 'crm_value_not_applied', pushed_at FROM crm_pushed
              WHERE tenant_id = :tenant AND cardinality(not_applied) > 0
            ) t
            GROUP BY connection_id, code ORDER BY n DESC, code
            """)
        .param("tenant", clinic.value())
        .query(
            (row, number) ->
                new Trouble(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    row.getString("code"),
                    row.getObject("first", OffsetDateTime.class).toInstant(),
                    row.getObject("last", OffsetDateTime.class).toInstant(),
                    row.getInt("n"),
                    List.of((String[]) row.getArray("some").getArray())))
        .list();
  }
}
