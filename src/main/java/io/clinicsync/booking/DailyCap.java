package io.clinicsync.booking;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many appointments a practitioner has on a day, whoever booked them: those of our copy that
 * stand, and the times our own callers are booking at this moment [BK-4].
 */
@Component
class DailyCap {

  private static final int LOOKS = 2;

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final PatientRecords records;
  private final Clock clock;

  DailyCap(Tenancy tenancy, JdbcClient jdbc, PatientRecords records, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.records = records;
    this.clock = clock;
  }

  /**
   * What would be added to a day, which is the one of its start in the connection's zone.
   *
   * @param joins the treatment of a class in which a seat is taken; null for everything else
   * @param moves the EMR's id of the appointment that is moved; null for everything else
   */
  record Place(
      Connection connection,
      EmrRef practitioner,
      Instant startsAt,
      @Nullable EmrRef joins,
      @Nullable String moves) {

    private TimeRange day() {
      ZoneId zone = connection.zone();
      LocalDate day = startsAt.atZone(zone).toLocalDate();
      return new TimeRange(
          day.atStartOfDay(zone).toInstant(), day.plusDays(1).atStartOfDay(zone).toInstant());
    }

    private boolean isThatClass(Under under) {
      return joins != null
          && under.startsAt().equals(startsAt)
          && joins.id().value().equals(under.classOf());
    }

    private boolean isHere(PatientRecords.DiaryEntry entry) {
      boolean thatClass =
          joins != null
              && entry.startsAt().equals(startsAt)
              && joins.id().value().equals(entry.treatment());
      return thatClass || entry.id().equals(moves);
    }
  }

  /**
   * Whether the day takes one more. Of several that ask within the transactions that take their
   * times, each sees those that were let in before it. Joins an open transaction.
   *
   * @param rules of the treatment
   */
  boolean hasRoom(Attempt attempt, Place place, BookingPolicy rules) {
    if (rules.dailyCap() <= 0) {
      return true;
    }
    TimeRange day = place.day();
    return tenancy.inClinic(
        attempt.clinic(),
        () -> {
          // Callers for one practitioner count one after the other, until their times are visible.
          jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(?, 2))")
              .param(attempt.connection() + Holds.practitioner(place.practitioner()))
              .query()
              .singleRow();
          // What is confirmed between the two counts is in the second as well, so one that finds
          // the day full counts again.
          for (int look = 0; look < LOOKS; look++) {
            if (fits(attempt, place, day, rules)) {
              return true;
            }
          }
          return false;
        });
  }

  /** What is under way first: what ends meanwhile stands in the diary by then. */
  private boolean fits(Attempt attempt, Place place, TimeRange day, BookingPolicy rules) {
    Collection<Under> under = underWay(attempt, place.practitioner(), day);
    List<PatientRecords.DiaryEntry> standing =
        records.diary(attempt.clinic(), attempt.connection(), place.practitioner(), day);
    if (standing.stream().anyMatch(place::isHere) || under.stream().anyMatch(place::isThatClass)) {
      return true;
    }
    long alone = under.stream().filter(each -> each.classOf() == null).count();
    long classes =
        under.stream()
            .filter(each -> each.classOf() != null && standing.stream().noneMatch(each::stands))
            .distinct()
            .count();
    return entries(standing) + alone + classes < rules.dailyCap();
  }

  /** A class is one entry, however many are in it. */
  private static long entries(List<PatientRecords.DiaryEntry> standing) {
    return standing.stream()
        .map(each -> Objects.requireNonNullElse(each.booking(), each.id()))
        .distinct()
        .count();
  }

  /**
   * What another attempt holds or has sent.
   *
   * @param classOf the treatment of a class; null for an appointment of its own
   */
  private record Under(@Nullable String classOf, Instant startsAt) {

    boolean stands(PatientRecords.DiaryEntry entry) {
      return entry.startsAt().equals(startsAt) && Objects.equals(entry.treatment(), classOf);
    }
  }

  /** Times of others that are held, and what was sent and is not settled; one for each attempt. */
  private Collection<Under> underWay(Attempt asking, EmrRef practitioner, TimeRange day) {
    Map<UUID, Under> under = new LinkedHashMap<>();
    jdbc.sql(
            """
            SELECT others.* FROM (
              SELECT id, CASE WHEN seats > 1 THEN treatment_id END, starts_at FROM booking_attempts
              WHERE tenant_id = :tenant AND connection_id = :connection
                AND practitioner_id = :practitioner AND starts_at >= :from AND starts_at < :to
                AND state NOT IN ('DONE', 'STARTED', 'REGISTERING')
              UNION ALL
              SELECT attempt_id, CASE WHEN what <> :what THEN substr(what, length(:classes) + 1) END, lower(span) FROM booking_holds
              WHERE tenant_id = :tenant AND connection_id = :connection AND (what = :what OR starts_with(what, :classes))
                AND span && tstzrange(:from, :to) AND expires_at > :now) AS others (attempt_id, class_of, starts_at)
            WHERE attempt_id <> :asking
            """)
        .param("tenant", asking.clinic().value())
        .param("connection", asking.connection().value())
        .param("what", Holds.practitioner(practitioner))
        .param("classes", Holds.classesOf(practitioner))
        .param("practitioner", practitioner.id().value())
        .param("from", AttemptRows.utc(day.from()))
        .param("to", AttemptRows.utc(day.to()))
        .param("now", AttemptRows.utc(clock.instant()))
        .param("asking", asking.id())
        .query(
            row -> {
              under.putIfAbsent(
                  row.getObject("attempt_id", UUID.class),
                  new Under(
                      row.getString("class_of"),
                      row.getObject("starts_at", OffsetDateTime.class).toInstant()));
            });
    return under.values();
  }
}
