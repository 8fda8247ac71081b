package io.clinicsync.bridge;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.io.Serial;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Calendars to compare with a diary, in the database. One worker at a time has a calendar, over all
 * nodes; whoever was overtaken can write nothing more. Claims run on the database's clock.
 */
@Component
class MirrorRows {

  /** Longer than any one call takes; each step begins it anew. */
  private static final String CLAIM = "clock_timestamp() + interval '2 minutes'";

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  MirrorRows(Tenancy tenancy, JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** Which calendar, of whose EMR. */
  record Key(ClinicId clinic, ConnectionId connection, String calendar) {

    Map<String, Object> parameters() {
      return Map.of(
          "tenant", clinic.value(), "connection", connection.value(), "calendar", calendar);
    }
  }

  /**
   * A calendar that is the caller's.
   *
   * @param tries failures in a row before this
   */
  record Claim(Key key, int turn, int tries) {

    /** As if nothing had failed before. */
    Claim afresh() {
      return new Claim(key, turn, 0);
    }
  }

  /** Somebody else has the calendar by now. */
  static final class Overtaken extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    Overtaken() {
      super("another worker has this calendar", null, false, false);
    }
  }

  /** Has a calendar compared at once; joins an open transaction. */
  void set(ClinicId clinic, ConnectionId connection, String calendar, boolean mirror) {
    Map<String, Object> key = new Key(clinic, connection, calendar).parameters();
    String anew =
        "due_at = clock_timestamp(), again = true, tries = 0, code = NULL, failing_since = NULL";
    if (mirror) {
      jdbc.sql(
              """
              INSERT INTO bridge_mirrors (tenant_id, connection_id, calendar_id, due_at, again, turn, tries)
              VALUES (:tenant, :connection, :calendar, clock_timestamp(), false, 0, 0)
              ON CONFLICT (tenant_id, connection_id, calendar_id) DO UPDATE SET
              """
                  + anew)
          .params(key)
          .update();
    } else {
      jdbc.sql("UPDATE bridge_mirrors SET " + anew + where("")).params(key).update();
    }
  }

  private static String where(String more) {
    return " WHERE tenant_id = :tenant AND connection_id = :connection AND calendar_id = :calendar"
        + more;
  }

  /** The clinic's calendars. */
  List<Key> of(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT connection_id, calendar_id FROM bridge_mirrors WHERE tenant_id = ?"
                        + " ORDER BY due_at, connection_id, calendar_id")
                .param(clinic.value())
                .query(
                    (row, number) ->
                        new Key(
                            clinic,
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("calendar_id")))
                .list());
  }

  private record Standing(int turn, int tries, boolean busy, boolean waits) {}

  /**
   * Takes a calendar. Empty while it waits after a failure, and while somebody else has it, who is
   * told to look once more.
   */
  Optional<Claim> claim(Key key) {
    return tenancy.inClinic(
        key.clinic(),
        () -> {
          Standing standing =
              jdbc.sql(
                      "SELECT turn, tries, coalesce(claimed_until >= clock_timestamp(), false) AS busy,"
                          + " tries > 0 AND due_at > clock_timestamp() AS waits FROM bridge_mirrors"
                          + where(" FOR UPDATE"))
                  .params(key.parameters())
                  .query(
                      (row, number) ->
                          new Standing(
                              row.getInt("turn"),
                              row.getInt("tries"),
                              row.getBoolean("busy"),
                              row.getBoolean("waits")))
                  .optional()
                  .orElse(null);
          if (standing == null || (standing.waits() && !standing.busy())) {
            return Optional.empty();
          }
          if (standing.busy()) {
            jdbc.sql("UPDATE bridge_mirrors SET again = true" + where(" AND NOT again"))
                .params(key.parameters())
                .update();
            return Optional.empty();
          }
          jdbc.sql(
                  "UPDATE bridge_mirrors SET turn = turn + 1, again = false, claimed_until = "
                      + CLAIM
                      + where(""))
              .params(key.parameters())
              .update();
          return Optional.of(new Claim(key, standing.turn() + 1, standing.tries()));
        });
  }

  /**
   * Keeps a claim for another step; joins an open transaction, which so writes nothing that is not
   * the caller's to write.
   *
   * @throws Overtaken when it is somebody else's
   */
  void keep(Claim claim) {
    int kept =
        jdbc.sql("UPDATE bridge_mirrors SET claimed_until = " + CLAIM + where(" AND turn = :turn"))
            .params(claim.key().parameters())
            .param("turn", claim.turn())
            .update();
    if (kept != 1) {
      throw new Overtaken();
    }
  }

  /**
   * The calendar shows what it should.
   *
   * @param ended whether it is mirrored no more; it is forgotten once nothing of ours is in it
   * @param next when it is compared again without being woken
   * @return whether somebody asked for another look meanwhile
   */
  boolean finish(Claim claim, boolean ended, Duration next) {
    return tenancy.inClinic(
        claim.key().clinic(),
        () -> {
          if (ended) {
            jdbc.sql(
                    "DELETE FROM bridge_mirrors m"
                        + where(" AND turn = :turn AND NOT again")
                        + " AND NOT EXISTS (SELECT FROM bridge_blocks b WHERE b.tenant_id = m.tenant_id"
                        + " AND b.connection_id = m.connection_id AND b.calendar_id = m.calendar_id)")
                .params(claim.key().parameters())
                .param("turn", claim.turn())
                .update();
          }
          return jdbc.sql(
                  "UPDATE bridge_mirrors SET claimed_until = NULL, tries = 0, code = NULL, failing_since = NULL,"
                      + " failed_at = NULL, due_at = clock_timestamp() + :next * interval '1 millisecond'"
                      + where(" AND turn = :turn RETURNING again"))
              .params(claim.key().parameters())
              .param("turn", claim.turn())
              .param("next", next.toMillis())
              .query(Boolean.class)
              .optional()
              .orElse(false);
        });
  }

  /** It could not be done now. */
  void failed(Claim claim, String code, Duration wait) {
    tenancy.inClinic(
        claim.key().clinic(),
        () -> {
          jdbc.sql(
                  "UPDATE bridge_mirrors SET claimed_until = NULL, tries = :tries + 1, code = :code,"
                      + " failing_since = CASE WHEN :tries > 0 THEN coalesce(failing_since, :now) ELSE :now END, failed_at = :now,"
                      + " due_at = clock_timestamp() + :wait * interval '1 millisecond'"
                      + where(" AND turn = :turn"))
              .params(claim.key().parameters())
              .param("turn", claim.turn())
              .param("tries", claim.tries())
              .param("code", code)
              .param("now", clock.instant().atOffset(ZoneOffset.UTC))
              .param("wait", wait.toMillis())
              .update();
        });
  }

  /** Every clinic with a calendar to compare, and whether one is due that nobody works on. */
  Map<ClinicId, Boolean> clinics() {
    Map<ClinicId, Boolean> found = new HashMap<>();
    crossTenant
        .list(
            Sweep.CALENDARS_TO_MIRROR,
            """
            SELECT tenant_id, bool_or(due_at <= clock_timestamp()
              AND (claimed_until IS NULL OR claimed_until < clock_timestamp())) AS due
            FROM bridge_mirrors GROUP BY tenant_id
            """,
            Map.of(),
            (row, number) ->
                Map.entry(
                    new ClinicId(row.getObject("tenant_id", UUID.class)), row.getBoolean("due")))
        .forEach(each -> found.put(each.getKey(), each.getValue()));
    return found;
  }

  /** Calendars that do not show what they should, by connection and reason. */
  List<Mirror.Trouble> troubles(ClinicId clinic, int tries) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    SELECT connection_id, code, min(since) AS first, max(last) AS last, count(*) AS n,
                      (array_agg(DISTINCT calendar_id ORDER BY calendar_id))[1\\:5] AS some
                    FROM (
                      SELECT connection_id, calendar_id, code, failing_since AS since, failed_at AS last FROM bridge_mirrors
                      WHERE tenant_id = :tenant AND (tries >= :tries OR code = :unknown)
                      UNION ALL
                      SELECT connection_id, calendar_id, :refused, refused_since, refused_at FROM bridge_blocks
                      WHERE tenant_id = :tenant AND tries >= :tries
                    ) t
                    GROUP BY connection_id, code ORDER BY n DESC, code
                    """)
                .param("tenant", clinic.value())
                .param("tries", tries)
                .param("unknown", Mirror.PRACTITIONER_UNKNOWN)
                .param("refused", Mirror.REFUSED)
                .query(
                    (row, number) ->
                        new Mirror.Trouble(
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("code"),
                            row.getObject("first", OffsetDateTime.class).toInstant(),
                            row.getObject("last", OffsetDateTime.class).toInstant(),
                            row.getInt("n"),
                            List.of((String[]) row.getArray("some").getArray())))
                .list());
  }
}
