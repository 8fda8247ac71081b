package io.clinicsync.bridge;

import io.clinicsync.bridge.MirrorRows.Claim;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What we wrote into calendars of GoHighLevel. Each change is refused with {@link
 * MirrorRows.Overtaken} once the calendar is somebody else's to write.
 */
@Component
class BlockRows {

  private static final String WHERE =
      " WHERE tenant_id = :tenant AND connection_id = :connection AND calendar_id = :calendar";

  private static final String ONE = WHERE + " AND subject = :subject";

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final MirrorRows mirrors;
  private final Clock clock;

  BlockRows(Tenancy tenancy, JdbcClient jdbc, MirrorRows mirrors, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.mirrors = mirrors;
    this.clock = clock;
  }

  /** Whether a block of ours has this id in GoHighLevel. */
  boolean isOurs(ClinicId clinic, String event) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT count(*) FROM bridge_blocks WHERE tenant_id = ? AND event_id = ?")
                    .params(clinic.value(), event)
                    .query(Integer.class)
                    .single()
                > 0);
  }

  /**
   * All of a calendar in this sub-account; those in one the clinic left cannot be reached any more
   * and are forgotten. Joins an open transaction.
   */
  List<Block> of(Claim claim, String location) {
    jdbc.sql("DELETE FROM bridge_blocks" + WHERE + " AND location_id <> :location")
        .params(claim.key().parameters())
        .param("location", location)
        .update();
    return jdbc.sql(
            "SELECT *, coalesce(due_at > clock_timestamp(), false) AS waits FROM bridge_blocks"
                + WHERE)
        .params(claim.key().parameters())
        .query(
            (row, number) ->
                new Block(
                    row.getString("subject"),
                    row.getString("mark"),
                    row.getString("event_id"),
                    new Span(
                        row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        row.getObject("ends_at", OffsetDateTime.class).toInstant()),
                    row.getBoolean("sure"),
                    row.getInt("tries"),
                    row.getBoolean("waits")))
        .list();
  }

  /** Whether a block waits to be tried or looked for again. */
  boolean anyWaits(Claim claim) {
    return tenancy.inClinic(
        claim.key().clinic(),
        () ->
            jdbc.sql(
                    "SELECT EXISTS (SELECT FROM bridge_blocks"
                        + WHERE
                        + " AND due_at > clock_timestamp())")
                .params(claim.key().parameters())
                .query(Boolean.class)
                .single());
  }

  /**
   * A block is about to be made, or made once more. Where its answer is lost it is looked for when
   * it should be visible, if it was made.
   */
  void making(Claim claim, String location, String subject, String mark, Span span) {
    Map<String, Object> parameters = times(span);
    parameters.put("location", location);
    parameters.put("mark", mark);
    change(
        claim,
        subject,
        """
        INSERT INTO bridge_blocks (tenant_id, connection_id, calendar_id, subject, location_id, mark, starts_at, ends_at, sure,
          tries, due_at)
        VALUES (:tenant, :connection, :calendar, :subject, :location, :mark, :from, :to, false, 0,
          clock_timestamp() + interval '1 minute')
        ON CONFLICT (tenant_id, connection_id, calendar_id, subject) DO UPDATE SET mark = excluded.mark, event_id = NULL,
          starts_at = excluded.starts_at, ends_at = excluded.ends_at, sure = false, due_at = excluded.due_at, missed = false
        """,
        parameters);
  }

  /** A block was certainly not made: one look for it is enough. */
  void notMade(Claim claim, String subject) {
    change(claim, subject, "UPDATE bridge_blocks SET missed = true" + ONE, Map.of());
  }

  /**
   * A block whose answer was lost was looked for and not found. The first time it is put off, for
   * it may be listed late, which counts as a refusal: who never takes one is told of.
   *
   * @return whether it was missed before, and so long ago that it will not come any more
   */
  boolean missedBefore(Claim claim, String subject) {
    return tenancy.inClinic(
        claim.key().clinic(),
        () -> {
          mirrors.keep(claim);
          int first =
              jdbc.sql(
                      "UPDATE bridge_blocks SET missed = true, tries = tries + 1, refused_since = coalesce(refused_since, :now),"
                          + " refused_at = :now, due_at = clock_timestamp() + interval '5 minutes'"
                          + ONE
                          + " AND NOT missed")
                  .params(claim.key().parameters())
                  .param("now", utc(clock.instant()))
                  .param("subject", subject)
                  .update();
          return first == 0;
        });
  }

  /** A block is about to get other times. */
  void moving(Claim claim, String subject, Span span) {
    change(
        claim,
        subject,
        "UPDATE bridge_blocks SET starts_at = :from, ends_at = :to, sure = false" + ONE,
        times(span));
  }

  /** GoHighLevel shows it so. */
  void stands(Claim claim, String subject, String event, Span span) {
    Map<String, Object> parameters = times(span);
    parameters.put("event", event);
    change(
        claim,
        subject,
        "UPDATE bridge_blocks SET event_id = :event, starts_at = :from, ends_at = :to, sure = true, tries = 0,"
            + " due_at = NULL, refused_since = NULL, refused_at = NULL"
            + ONE,
        parameters);
  }

  /** GoHighLevel does not take it; it is tried again in a while. */
  void refused(Claim claim, String subject, Duration wait) {
    change(
        claim,
        subject,
        "UPDATE bridge_blocks SET tries = tries + 1, due_at = clock_timestamp() + :wait * interval '1 millisecond',"
            + " refused_since = coalesce(refused_since, :now), refused_at = :now"
            + ONE,
        Map.of("wait", wait.toMillis(), "now", utc(clock.instant())));
  }

  /** Nothing of it is there any more, or it is over. */
  void forget(Claim claim, String subject) {
    change(claim, subject, "DELETE FROM bridge_blocks" + ONE, Map.of());
  }

  private void change(Claim claim, String subject, String sql, Map<String, ?> parameters) {
    tenancy.inClinic(
        claim.key().clinic(),
        () -> {
          mirrors.keep(claim);
          jdbc.sql(sql)
              .params(claim.key().parameters())
              .params(parameters)
              .param("subject", subject)
              .update();
        });
  }

  private static Map<String, Object> times(Span span) {
    Map<String, Object> times = new HashMap<>();
    times.put("from", utc(span.from()));
    times.put("to", utc(span.to()));
    return times;
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
