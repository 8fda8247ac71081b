package io.clinicsync.booking;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many appointments a practitioner has on a day, whoever booked them: those of our copy that
 * stand, and the times our own callers are booking at this moment [BK-4].
 */
@Component
class DailyCap {

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
          List<PatientRecords.DiaryEntry> standing =
              records.diary(attempt.clinic(), attempt.connection(), place.practitioner(), day);
          return standing.stream().anyMatch(place::isHere)
              || entries(standing) + underWay(attempt, place.practitioner(), day)
                  < rules.dailyCap();
        });
  }

  /** A class is one entry, however many are in it. */
  private static long entries(List<PatientRecords.DiaryEntry> standing) {
    return standing.stream()
        .map(each -> Objects.requireNonNullElse(each.booking(), each.id()))
        .distinct()
        .count();
  }

  /** Times of others that are held, and what was sent and is not settled, each once. */
  private int underWay(Attempt asking, EmrRef practitioner, TimeRange day) {
    return jdbc.sql(
            """
            SELECT count(*) FROM (
              SELECT attempt_id FROM booking_holds WHERE tenant_id = :tenant AND connection_id = :connection AND what = :what
                AND span && tstzrange(:from, :to) AND expires_at > :now
              UNION
              SELECT id FROM booking_attempts WHERE tenant_id = :tenant AND connection_id = :connection
                AND practitioner_id = :practitioner AND starts_at >= :from AND starts_at < :to AND seats <= 1
                AND state NOT IN ('DONE', 'STARTED', 'REGISTERING')) AS others (attempt_id)
            WHERE attempt_id <> :asking
            """)
        .param("tenant", asking.clinic().value())
        .param("connection", asking.connection().value())
        .param("what", Holds.practitioner(practitioner))
        .param("practitioner", practitioner.id().value())
        .param("from", AttemptRows.utc(day.from()))
        .param("to", AttemptRows.utc(day.to()))
        .param("now", AttemptRows.utc(clock.instant()))
        .param("asking", asking.id())
        .query(Integer.class)
        .single();
  }
}
