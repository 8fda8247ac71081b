package io.clinicsync.bridge;

import io.clinicsync.booking.CatalogueNames;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.records.Catalogues;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the calendars of a sub-account stand for in an EMR, and what a refusal does there. */
@Component
public class Calendars {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Catalogues catalogues;
  private final MirrorRows mirrors;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  Calendars(
      Tenancy tenancy,
      JdbcClient jdbc,
      Catalogues catalogues,
      MirrorRows mirrors,
      ApplicationEventPublisher events,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.catalogues = catalogues;
    this.mirrors = mirrors;
    this.events = events;
    this.clock = clock;
  }

  /**
   * What a calendar stands for: ids or names of the EMR; null leaves it to the workflow.
   *
   * @param mirror whether the practitioner's taken times are blocked in the calendar; only with a
   *     practitioner
   */
  public record Meaning(
      String calendar,
      @Nullable String practitioner,
      @Nullable String treatment,
      @Nullable String site,
      @Nullable String room,
      boolean mirror) {

    /** Whether it leaves nothing to a workflow that a booking needs. */
    boolean isWhole() {
      return practitioner != null && treatment != null;
    }
  }

  /**
   * A calendar that stands for both practitioner and treatment.
   *
   * @param mappedAt since when
   */
  record Mapped(ConnectionId connection, String calendar, Instant mappedAt) {}

  /** A calendar is mirrored, or stops being so. Published within the transaction that says it. */
  record MirrorSet(ClinicId clinic) {}

  /** Whether exactly one practitioner is meant; true while the EMR's list was not read yet. */
  public boolean knowsPractitioner(ClinicId clinic, ConnectionId connection, String wanted) {
    return tenancy
        .inClinic(clinic, () -> catalogues.find(clinic, connection))
        .map(catalogue -> CatalogueNames.practitioner(catalogue, wanted).isPresent())
        .orElse(true);
  }

  /** Says what a calendar stands for. */
  public void set(ClinicId clinic, ConnectionId connection, Meaning meaning) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  """
                  INSERT INTO bridge_calendars AS c (tenant_id, connection_id, calendar_id, practitioner, treatment, site, room,
                    mirror, mapped_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                  ON CONFLICT (tenant_id, connection_id, calendar_id) DO UPDATE SET practitioner = excluded.practitioner,
                    treatment = excluded.treatment, site = excluded.site, room = excluded.room, mirror = excluded.mirror,
                    mapped_at = CASE WHEN excluded.mapped_at IS NULL THEN NULL ELSE coalesce(c.mapped_at, excluded.mapped_at) END,
                    emptied_since = CASE WHEN excluded.mapped_at IS NULL THEN NULL ELSE c.emptied_since END
                  """)
              .params(
                  clinic.value(),
                  connection.value(),
                  meaning.calendar(),
                  meaning.practitioner(),
                  meaning.treatment(),
                  meaning.site(),
                  meaning.room(),
                  meaning.mirror(),
                  meaning.isWhole() ? now() : null)
              .update();
          compareWithDiary(clinic, connection, meaning.calendar(), meaning.mirror());
        });
  }

  /** In milliseconds, as GoHighLevel says when its appointments changed. */
  private OffsetDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC);
  }

  /** Leaves a calendar to the workflows again. */
  public void remove(ClinicId clinic, ConnectionId connection, String calendar) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "DELETE FROM bridge_calendars WHERE tenant_id = ? AND connection_id = ? AND calendar_id = ?")
              .params(clinic.value(), connection.value(), calendar)
              .update();
          compareWithDiary(clinic, connection, calendar, false);
        });
  }

  private void compareWithDiary(
      ClinicId clinic, ConnectionId connection, String calendar, boolean mirror) {
    mirrors.set(clinic, connection, calendar, mirror);
    events.publishEvent(new MirrorSet(clinic));
  }

  /** All calendars whose meaning was said. */
  public List<Meaning> of(ClinicId clinic, ConnectionId connection) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM bridge_calendars WHERE tenant_id = ? AND connection_id = ? ORDER BY calendar_id")
                .params(clinic.value(), connection.value())
                .query(
                    (row, number) ->
                        new Meaning(
                            row.getString("calendar_id"),
                            row.getString("practitioner"),
                            row.getString("treatment"),
                            row.getString("site"),
                            row.getString("room"),
                            row.getBoolean("mirror")))
                .list());
  }

  Optional<Meaning> find(ClinicId clinic, ConnectionId connection, @Nullable String calendar) {
    return of(clinic, connection).stream()
        .filter(each -> each.calendar().equals(calendar))
        .findFirst();
  }

  /** All calendars of a clinic that leave nothing to a workflow. */
  List<Mapped> mapped(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT connection_id, calendar_id, mapped_at FROM bridge_calendars"
                        + " WHERE tenant_id = ? AND mapped_at IS NOT NULL ORDER BY calendar_id, connection_id")
                .param(clinic.value())
                .query(
                    (row, number) ->
                        new Mapped(
                            new ConnectionId(row.getObject("connection_id", UUID.class)),
                            row.getString("calendar_id"),
                            row.getObject("mapped_at", OffsetDateTime.class).toInstant()))
                .list());
  }

  /** Whether an appointment the EMR refused is cancelled in GoHighLevel; so it is unless said. */
  public boolean cancelsRefused(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT cancel_refused FROM bridge_settings WHERE tenant_id = ?")
                .param(clinic.value())
                .query(Boolean.class)
                .optional()
                .orElse(true));
  }

  /** Says what a refusal does. */
  public void cancelRefused(ClinicId clinic, boolean cancel) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "INSERT INTO bridge_settings (tenant_id, cancel_refused) VALUES (?, ?)"
                      + " ON CONFLICT (tenant_id) DO UPDATE SET cancel_refused = excluded.cancel_refused")
              .params(clinic.value(), cancel)
              .update();
        });
  }
}
