package io.clinicsync.records;

import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** When a practitioner is taken. Every method joins the caller's transaction. */
@Component
public class PractitionerDiary {

  /** No appointment is longer, so one that started before is over. */
  private static final int LONGEST_DAYS = 2;

  /** Who is there now is treated now. */
  private static final String[] TAKING =
      Stream.of(Status.BOOKED, Status.CONFIRMED, Status.ARRIVED)
          .map(Enum::name)
          .toArray(String[]::new);

  private final JdbcClient jdbc;

  PractitionerDiary(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A taken time. One patient's: a class is one such time for each of its participants.
   *
   * @param booking what all participants of a class share; null for an individual appointment
   * @param endsAt null where the EMR does not say
   */
  public record Taken(
      String appointment,
      @Nullable String booking,
      @Nullable String treatment,
      Instant startsAt,
      @Nullable Instant endsAt) {}

  /**
   * What stands in a practitioner's diary, earliest first: all that starts before {@code to} and
   * may not be over at {@code from}.
   */
  public List<Taken> of(
      ClinicId clinic, ConnectionId connection, EmrId practitioner, Instant from, Instant to) {
    return jdbc.sql(
            """
            SELECT id, body ->> 'booking' AS booking, treatment_id, starts_at, ends_at FROM records_appointments
            WHERE tenant_id = :tenant AND connection_id = :connection AND practitioner_id = :practitioner
              AND starts_at >= :earliest AND starts_at < :to AND (ends_at IS NULL OR ends_at > :from)
              AND removed_at IS NULL AND status = ANY (:statuses)
            ORDER BY starts_at, id
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("practitioner", practitioner.value())
        .param("earliest", from.atOffset(ZoneOffset.UTC).minusDays(LONGEST_DAYS))
        .param("from", from.atOffset(ZoneOffset.UTC))
        .param("to", to.atOffset(ZoneOffset.UTC))
        .param("statuses", TAKING)
        .query(
            (row, number) ->
                new Taken(
                    row.getString("id"),
                    row.getString("booking"),
                    row.getString("treatment_id"),
                    row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                    instant(row.getObject("ends_at", OffsetDateTime.class))))
        .list();
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime moment) {
    return moment == null ? null : moment.toInstant();
  }
}
