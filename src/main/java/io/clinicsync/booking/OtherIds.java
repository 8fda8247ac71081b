package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Appointments by the ids GoHighLevel and callers know them by, within one connection. An id that
 * means two different appointments is refused, never guessed.
 */
@Component
class OtherIds {

  private static final Duration NAMED_ANEW = Duration.ofDays(1);

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final PatientRecords records;
  private final Clock clock;

  OtherIds(Tenancy tenancy, JdbcClient jdbc, PatientRecords records, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.records = records;
    this.clock = clock;
  }

  /** The EMR's id of the appointment that is known by another one. */
  Optional<String> appointment(ClinicId clinic, ConnectionId connection, OtherId other) {
    return tenancy.inClinic(
        clinic,
        () -> {
          Optional<String> found =
              jdbc.sql(
                      "SELECT appointment_id FROM booking_other_ids WHERE tenant_id = ? AND connection_id = ?"
                          + " AND other_id_of = ? AND other_id = ?")
                  .params(clinic.value(), connection.value(), other.of().name(), other.value())
                  .query(String.class)
                  .optional();
          if (found.isPresent()) {
            named(clinic, connection, other.value());
          }
          return found;
        });
  }

  /** An id that somebody names is kept; written once a day at most. */
  private void named(ClinicId clinic, ConnectionId connection, String id) {
    Instant now = clock.instant();
    jdbc.sql(
            "UPDATE booking_other_ids SET named_at = ? WHERE tenant_id = ? AND connection_id = ? AND other_id = ?"
                + " AND named_at < ?")
        .params(
            AttemptRows.utc(now),
            clinic.value(),
            connection.value(),
            id,
            AttemptRows.utc(now.minus(NAMED_ANEW)))
        .update();
  }

  /** The ids GoHighLevel knows these appointments by. */
  Map<String, List<String>> inGhl(
      ClinicId clinic, ConnectionId connection, Collection<String> appointments) {
    Map<String, List<String>> found = new HashMap<>();
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "SELECT appointment_id, other_id FROM booking_other_ids WHERE tenant_id = ? AND connection_id = ?"
                      + " AND other_id_of = 'GHL' AND appointment_id = ANY (?)")
              .params(clinic.value(), connection.value(), appointments.toArray(String[]::new))
              .query(
                  row -> {
                    found
                        .computeIfAbsent(row.getString("appointment_id"), each -> new ArrayList<>())
                        .add(row.getString("other_id"));
                  });
        });
    return found;
  }

  /**
   * The EMR's id of the appointment a caller means: by GoHighLevel's id, by the caller's own, else
   * as the EMR's.
   *
   * @throws Stopped NEEDS_CHOICE where it means two, UNKNOWN while its booking is not settled
   */
  String meant(Connection connection, String id) {
    ClinicId clinic = connection.clinic();
    return tenancy.inClinic(
        clinic,
        () -> {
          Optional<String> moved = movedTo(clinic, connection.id(), id);
          Set<String> hits = new LinkedHashSet<>(known(clinic, connection.id(), id));
          if (isUnsettled(clinic, connection.id(), id)) {
            throw Stopped.field(
                Code.UNKNOWN,
                "appointment",
                "This appointment is still being booked; ask again in a moment.");
          }
          if (moved.isPresent() || !hits.isEmpty()) {
            named(clinic, connection.id(), id);
          }
          if (moved.isPresent()) {
            hits.add(moved.get());
          } else if (records.hasAppointment(clinic, connection.id(), id)) {
            hits.add(id);
          }
          if (hits.size() > 1) {
            throw Stopped.field(
                Code.NEEDS_CHOICE,
                "appointment",
                "This id means two appointments; name the one you mean by the EMR's id.");
          }
          return hits.stream().findFirst().orElse(id);
        });
  }

  /** Where an appointment stands that was moved by booking it anew. */
  private Optional<String> movedTo(ClinicId clinic, ConnectionId connection, String id) {
    return jdbc.sql(
            "SELECT appointment_id FROM booking_other_ids WHERE tenant_id = ? AND connection_id = ?"
                + " AND other_id_of = 'MOVED' AND other_id = ?")
        .params(clinic.value(), connection.value(), id)
        .query(String.class)
        .optional();
  }

  private List<String> known(ClinicId clinic, ConnectionId connection, String id) {
    return jdbc.sql(
            "SELECT appointment_id FROM booking_other_ids WHERE tenant_id = ? AND connection_id = ? AND other_id = ?"
                + " AND other_id_of <> 'MOVED'")
        .params(clinic.value(), connection.value(), id)
        .query(String.class)
        .list();
  }

  /**
   * Whether an appointment of this id was sent to the EMR by another attempt and is not settled.
   */
  boolean isUnsettled(ClinicId clinic, ConnectionId connection, OtherId other, UUID asking) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                        "SELECT count(*) FROM booking_attempts WHERE tenant_id = ? AND connection_id = ? AND other_id = ?"
                            + " AND other_id_of = ? AND state NOT IN ('DONE', 'STARTED') AND id <> ?")
                    .params(
                        clinic.value(),
                        connection.value(),
                        other.value(),
                        other.of().name(),
                        asking)
                    .query(Integer.class)
                    .single()
                > 0);
  }

  private boolean isUnsettled(ClinicId clinic, ConnectionId connection, String id) {
    return jdbc.sql(
                "SELECT count(*) FROM booking_attempts WHERE tenant_id = ? AND connection_id = ? AND other_id = ?"
                    + " AND operation = 'BOOK' AND state <> 'DONE'")
            .params(clinic.value(), connection.value(), id)
            .query(Integer.class)
            .single()
        > 0;
  }

  /** An attempt's appointment is known by its other id from now on; joins an open transaction. */
  void keep(Attempt attempt, String appointment) {
    OtherId other = attempt.otherId();
    if (other == null) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO booking_other_ids (tenant_id, connection_id, other_id_of, other_id, appointment_id, named_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, connection_id, other_id_of, other_id)
            DO UPDATE SET appointment_id = excluded.appointment_id, named_at = excluded.named_at
            """)
        .params(
            attempt.clinic().value(),
            attempt.connection().value(),
            other.of().name(),
            other.value(),
            appointment,
            AttemptRows.utc(clock.instant()))
        .update();
  }

  /**
   * The EMR gave an appointment another id when it was moved: whatever named the old one names the
   * new one, the old id itself too. Joins an open transaction.
   */
  void moved(Attempt attempt, String from, String to) {
    if (!from.equals(to)) {
      jdbc.sql(
              """
              INSERT INTO booking_other_ids (tenant_id, connection_id, other_id_of, other_id, appointment_id, named_at)
              VALUES (?, ?, 'MOVED', ?, ?, ?)
              ON CONFLICT (tenant_id, connection_id, other_id_of, other_id)
              DO UPDATE SET appointment_id = excluded.appointment_id
              """)
          .params(
              attempt.clinic().value(),
              attempt.connection().value(),
              from,
              to,
              AttemptRows.utc(clock.instant()))
          .update();
      jdbc.sql(
              "UPDATE booking_other_ids SET appointment_id = ? WHERE tenant_id = ? AND connection_id = ? AND appointment_id = ?")
          .params(to, attempt.clinic().value(), attempt.connection().value(), from)
          .update();
    }
  }
}
