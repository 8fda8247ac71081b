package io.clinicsync.bridge;

import io.clinicsync.bridge.Bridged.Stage;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Tenancy;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * GoHighLevel's appointments in the database. One caller at a time works on one of them, over all
 * nodes; one state of it is acted on once.
 */
@Component
class BridgedRows {

  /** Longer than one try takes. */
  static final Duration CLAIM = Duration.ofSeconds(100);

  /** Whether its time has passed; where it never said one, two months after it was told of. */
  static final String IS_PAST = "(coalesce(ends_at, created_at + interval '60 days') <= :now)";

  private static final String SHOWS = "ghl_state = :state, ends_at = coalesce(:ends, ends_at)";

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final BridgedJson stored;
  private final Clock clock;

  BridgedRows(
      Tenancy tenancy,
      JdbcClient jdbc,
      CrossTenantReads crossTenant,
      BridgedJson stored,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.stored = stored;
    this.clock = clock;
  }

  /** What being told of an appointment turned out to be. */
  sealed interface Told {
    /** A new state, to be worked on by the caller. */
    record Ours(Bridged row) implements Told {}

    /** This state was acted on before. */
    record Before(Bridged row) implements Told {}

    /** It is in another EMR of the clinic. */
    record Theirs() implements Told {}

    /** Somebody works on it, and will look at it once more. */
    record Elsewhere() implements Told {}
  }

  Told tell(Connection connection, String ghlAppointment, Shown shown, Choice choice) {
    ClinicId clinic = connection.clinic();
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () -> {
          int made =
              jdbc.sql(
                      """
                      INSERT INTO bridge_appointments (tenant_id, connection_id, ghl_appointment_id, ghl_state, calendar_id, location_id, ends_at,
                        change, stage, choice, alternatives, noted, again, tries, turn, due_at, created_at, updated_at)
                      VALUES (?, ?, ?, ?, ?, ?, ?, 1, 'OPEN', ?::jsonb, '[]'::jsonb, false, false, 0, 1, ?, ?, ?)
                      ON CONFLICT DO NOTHING
                      """)
                  .params(
                      clinic.value(),
                      connection.id().value(),
                      ghlAppointment,
                      shown.state(),
                      shown.calendar(),
                      shown.location(),
                      end(shown.state()),
                      stored.write(choice),
                      utc(now.plus(CLAIM)),
                      utc(now),
                      utc(now))
                  .update();
          Bridged row = locked(clinic, ghlAppointment);
          if (!row.connection().equals(connection.id())) {
            return new Told.Theirs();
          }
          return made == 1 ? new Told.Ours(row) : known(row, shown, choice, now);
        });
  }

  private Bridged locked(ClinicId clinic, String ghlAppointment) {
    return jdbc.sql(
            "SELECT * FROM bridge_appointments WHERE tenant_id = ? AND ghl_appointment_id = ? FOR UPDATE")
        .params(clinic.value(), ghlAppointment)
        .query((found, number) -> stored.read(found))
        .single();
  }

  private Told known(Bridged row, Shown shown, Choice choice, Instant now) {
    boolean same = row.ghlState().equals(shown.state());
    // A refusal that could not be told waits for long; what is new there does not wait for it.
    boolean isBusy = row.stage() != Stage.DONE && (same || !row.untold());
    if (isBusy) {
      jdbc.sql(
              "UPDATE bridge_appointments SET again = true, location_id = coalesce(?, location_id)"
                  + " WHERE tenant_id = ? AND connection_id = ? AND ghl_appointment_id = ?")
          .params(
              shown.location(),
              row.clinic().value(),
              row.connection().value(),
              row.ghlAppointment())
          .update();
      return new Told.Elsewhere();
    }
    if (same) {
      // Whoever told of it while it was worked on is answered by this look, too.
      jdbc.sql(
              """
              UPDATE bridge_appointments SET again = false, calendar_id = coalesce(:calendar, calendar_id),
                location_id = coalesce(:location, location_id)
              WHERE tenant_id = :tenant AND connection_id = :connection AND ghl_appointment_id = :id
                AND (again OR calendar_id IS DISTINCT FROM coalesce(:calendar, calendar_id)
                  OR location_id IS DISTINCT FROM coalesce(:location, location_id))
              """)
          .param("calendar", shown.calendar(), Types.VARCHAR)
          .param("location", shown.location(), Types.VARCHAR)
          .param("tenant", row.clinic().value())
          .param("connection", row.connection().value())
          .param("id", row.ghlAppointment())
          .update();
      return new Told.Before(row);
    }
    return new Told.Ours(
        jdbc.sql(
                """
                UPDATE bridge_appointments SET ghl_state = :state, calendar_id = coalesce(:calendar, calendar_id),
                  location_id = coalesce(:location, location_id),
                  ends_at = coalesce(:ends, ends_at), change = change + 1, stage = 'OPEN', again = false,
                  choice = :choice::jsonb, untold_at = NULL, code = NULL, says = NULL, alternatives = '[]'::jsonb, noted = false, tries = 0, emr_tries = 0, turn = turn + 1,
                  due_at = :due, updated_at = :now
                WHERE tenant_id = :tenant AND connection_id = :connection AND ghl_appointment_id = :id RETURNING *
                """)
            .param("state", shown.state())
            .param("calendar", shown.calendar(), Types.VARCHAR)
            .param("location", shown.location(), Types.VARCHAR)
            .param("ends", end(shown.state()), Types.TIMESTAMP_WITH_TIMEZONE)
            .param("choice", stored.write(choice))
            .param("due", utc(now.plus(CLAIM)))
            .param("now", utc(now))
            .param("tenant", row.clinic().value())
            .param("connection", row.connection().value())
            .param("id", row.ghlAppointment())
            .query((found, number) -> stored.read(found))
            .single());
  }

  /** GoHighLevel shows another state now than the one that was to be acted on. */
  Optional<Bridged> overtaken(Bridged row, Shown shown) {
    Map<String, Object> parameters = shows(shown.state());
    parameters.put("calendar", shown.calendar());
    parameters.put("location", shown.location());
    return changed(
        row,
        SHOWS
            + ", calendar_id = coalesce(:calendar, calendar_id), location_id = coalesce(:location, location_id),"
            + " change = change + 1, tries = 0, emr_tries = 0",
        parameters);
  }

  private static Map<String, Object> shows(String state) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("state", state);
    parameters.put("ends", end(state));
    return parameters;
  }

  private static @Nullable OffsetDateTime end(String state) {
    Instant end = GhlStates.end(state);
    return end == null ? null : utc(end);
  }

  /** What acting on it came to. Telling it, where that is next, has its own number of tries. */
  Optional<Bridged> finish(Bridged row, Stage next, HookAnswer answer) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("stage", next.name());
    parameters.put("code", answer.code());
    parameters.put("says", answer.message());
    parameters.put("alternatives", stored.write(answer.alternatives()));
    parameters.put("appointment", answer.appointmentId());
    return changed(
        row,
        """
        stage = :stage, tries = 0, emr_tries = 0, code = :code, says = :says, alternatives = :alternatives::jsonb,
        appointment_id = coalesce(:appointment, appointment_id)
        """,
        parameters);
  }

  /** GoHighLevel was told, and shows this state since: our own echo will be known by it. */
  void reported(Bridged row, String ghlState) {
    changed(row, "stage = 'DONE', untold_at = NULL, " + SHOWS, shows(ghlState));
  }

  /**
   * GoHighLevel does not take that it is told: somebody has to look. It is told again in a while,
   * until its time has passed.
   */
  void untold(Bridged row, Duration wait) {
    changed(
        row,
        "stage = CASE WHEN ends_at <= :now THEN 'DONE' ELSE stage END,"
            + " untold_at = coalesce(untold_at, :now), tries = tries + 1, due_at = :due",
        Map.of("due", utc(clock.instant().plus(wait))));
  }

  /**
   * It is of a sub-account that cannot be asked, or the clinic may not book now: it waits until
   * that is over, and ends as it is once its time has passed.
   */
  void standBy(Bridged row, Duration wait) {
    changed(
        row,
        """
        stage = CASE WHEN %1$s THEN 'DONE' ELSE stage END, again = again AND NOT %1$s,
        untold_at = CASE WHEN %1$s THEN NULL ELSE untold_at END, tries = tries + 1, due_at = :due
        """
            .formatted(IS_PAST),
        Map.of("due", utc(clock.instant().plus(wait))));
  }

  /** The contact is about to get its note. */
  Optional<Bridged> noting(Bridged row) {
    return changed(row, "noted = true", Map.of());
  }

  /** Another try in a while. */
  void later(Bridged row, Duration wait) {
    changed(
        row, "tries = tries + 1, due_at = :due", Map.of("due", utc(clock.instant().plus(wait))));
  }

  /** Another try in a while, after one at which the EMR did not answer. */
  void unanswered(Bridged row, Duration wait) {
    changed(
        row,
        "tries = tries + 1, emr_tries = emr_tries + 1, due_at = :due",
        Map.of("due", utc(clock.instant().plus(wait))));
  }

  private Optional<Bridged> changed(Bridged row, String sets, Map<String, ?> parameters) {
    return tenancy.inClinic(
        row.clinic(),
        () ->
            jdbc.sql(
                    "UPDATE bridge_appointments SET updated_at = :now, "
                        + sets
                        + " WHERE tenant_id = :tenant AND connection_id = :connection AND ghl_appointment_id = :id"
                        + " AND turn = :turn RETURNING *")
                .params(parameters)
                .param("now", utc(clock.instant()))
                .param("tenant", row.clinic().value())
                .param("connection", row.connection().value())
                .param("id", row.ghlAppointment())
                .param("turn", row.turn())
                .query((found, number) -> stored.read(found))
                .optional());
  }

  /** Whether somebody told of it meanwhile; it stays so until it was looked at again. */
  boolean toldAgain(Bridged row) {
    return tenancy.inClinic(
        row.clinic(),
        () ->
            jdbc.sql(
                        "SELECT count(*) FROM bridge_appointments WHERE tenant_id = ? AND connection_id = ?"
                            + " AND ghl_appointment_id = ? AND again")
                    .params(row.clinic().value(), row.connection().value(), row.ghlAppointment())
                    .query(Integer.class)
                    .single()
                == 1);
  }

  /** It was never ours to bring: whoever tells of it better is judged anew. */
  void forget(Bridged row) {
    tenancy.inClinic(
        row.clinic(),
        () -> {
          jdbc.sql(
                  "DELETE FROM bridge_appointments WHERE tenant_id = ? AND connection_id = ? AND ghl_appointment_id = ?"
                      + " AND turn = ?")
              .params(
                  row.clinic().value(), row.connection().value(), row.ghlAppointment(), row.turn())
              .update();
        });
  }

  /** GoHighLevel shows what the EMR has from now on; the contact is yet to be told. */
  Optional<Bridged> corrected(Bridged row, String ghlState) {
    return changed(row, SHOWS, shows(ghlState));
  }

  Optional<Bridged> find(ClinicId clinic, ConnectionId connection, String ghlAppointment) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT * FROM bridge_appointments WHERE tenant_id = ? AND connection_id = ? AND ghl_appointment_id = ?")
                .params(clinic.value(), connection.value(), ghlAppointment)
                .query((found, number) -> stored.read(found))
                .optional());
  }

  /** What a calendar showed last of those of these appointments that are known to be in it. */
  Map<String, String> states(
      ClinicId clinic, String location, String calendar, Collection<String> ghlAppointments) {
    Map<String, String> states = new HashMap<>();
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "SELECT ghl_appointment_id, ghl_state FROM bridge_appointments WHERE tenant_id = ?"
                      + " AND location_id = ? AND calendar_id = ? AND ghl_appointment_id = ANY (?)")
              .params(clinic.value(), location, calendar, ghlAppointments.toArray(String[]::new))
              .query(
                  row -> {
                    states.put(row.getString("ghl_appointment_id"), row.getString("ghl_state"));
                  });
        });
    return states;
  }

  /** Which clinics have appointments to work on. */
  List<ClinicId> clinicsWaiting() {
    return crossTenant.list(
        Sweep.HOOKS_WAITING,
        "SELECT DISTINCT tenant_id FROM bridge_appointments WHERE (stage <> 'DONE' OR again) AND due_at <= :now",
        Map.of("now", utc(clock.instant())),
        (row, number) -> new ClinicId(row.getObject("tenant_id", UUID.class)));
  }

  /**
   * The next one to work on, handed to one caller; whoever had it has it no more. Chosen apart from
   * the update: joined into it, the choice may be made more than once.
   */
  Optional<Bridged> claim(ClinicId clinic) {
    Instant now = clock.instant();
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    WITH next AS MATERIALIZED (
                      SELECT tenant_id, connection_id, ghl_appointment_id FROM bridge_appointments
                      WHERE tenant_id = :tenant AND (stage <> 'DONE' OR again) AND due_at <= :now
                      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    UPDATE bridge_appointments b SET due_at = :due, turn = turn + 1 FROM next
                    WHERE b.tenant_id = next.tenant_id AND b.connection_id = next.connection_id
                      AND b.ghl_appointment_id = next.ghl_appointment_id
                    RETURNING b.*
                    """)
                .param("due", utc(now.plus(CLAIM)))
                .param("tenant", clinic.value())
                .param("now", utc(now))
                .query((found, number) -> stored.read(found))
                .optional());
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
