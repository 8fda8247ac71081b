package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads records back. Every method joins the caller's transaction. */
@Component
public class PatientRecords {

  private final JdbcClient jdbc;

  PatientRecords(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The histories of these patients, one statement per kind of record; patients we do not hold are
   * left out.
   */
  public List<PatientHistory> histories(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> patients) {
    String[] ids = patients.stream().map(EmrId::value).toArray(String[]::new);
    List<Patient> found =
        jdbc.sql(
                "SELECT body, source FROM records_patients WHERE tenant_id = ? AND connection_id = ? AND id = ANY (?)")
            .params(clinic.value(), connection.value(), ids)
            .query(
                (row, number) ->
                    RecordJson.read(row.getString("body"), row.getString("source"), Patient.class))
            .list();
    var appointments = byPatient(clinic, connection, RecordTable.APPOINTMENTS, ids);
    var invoices = byPatient(clinic, connection, RecordTable.INVOICES, ids);
    var payments = byPatient(clinic, connection, RecordTable.PAYMENTS, ids);
    var purchases = byPatient(clinic, connection, RecordTable.PURCHASES, ids);
    return found.stream()
        .map(
            patient -> {
              EmrId id = patient.ref().id();
              return new PatientHistory(
                  patient,
                  appointments.getOrDefault(id, List.of()),
                  invoices.getOrDefault(id, List.of()),
                  payments.getOrDefault(id, List.of()),
                  purchases.getOrDefault(id, List.of()));
            })
        .toList();
  }

  /** A patient's appointments, those that are past, cancelled or removed too. */
  public List<Appointment> appointments(ClinicId clinic, ConnectionId connection, EmrId patient) {
    return this.<Appointment>byPatient(
            clinic, connection, RecordTable.APPOINTMENTS, new String[] {patient.value()})
        .getOrDefault(patient, List.of());
  }

  /** Appointments of these patients that the EMR moved without making a new record. */
  public Map<EmrId, Set<EmrRef>> movedInPlace(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> patients) {
    Map<EmrId, Set<EmrRef>> moved = new HashMap<>();
    jdbc.sql(
            """
            SELECT DISTINCT patient_id, appointment_id FROM records_transitions
            WHERE tenant_id = ? AND connection_id = ? AND patient_id = ANY (?) AND type = 'RESCHEDULED'
            """)
        .params(
            clinic.value(),
            connection.value(),
            patients.stream().map(EmrId::value).toArray(String[]::new))
        .query(
            row -> {
              moved
                  .computeIfAbsent(new EmrId(row.getString("patient_id")), id -> new HashSet<>())
                  .add(EmrRef.appointment(row.getString("appointment_id")));
            });
    return moved;
  }

  /** These patients, without their histories; those we do not hold are left out. */
  public Map<EmrId, Patient> patients(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> ids) {
    Map<EmrId, Patient> found = new HashMap<>();
    jdbc.sql(
            "SELECT body, source FROM records_patients WHERE tenant_id = ? AND connection_id = ? AND id = ANY (?)")
        .params(
            clinic.value(),
            connection.value(),
            ids.stream().map(EmrId::value).toArray(String[]::new))
        .query(
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), Patient.class))
        .list()
        .forEach(patient -> found.put(patient.ref().id(), patient));
    return found;
  }

  /** Whether we hold an appointment of this id. */
  public boolean hasAppointment(ClinicId clinic, ConnectionId connection, String id) {
    return jdbc.sql(
                "SELECT count(*) FROM records_appointments WHERE tenant_id = ? AND connection_id = ? AND id = ?")
            .params(clinic.value(), connection.value(), id)
            .query(Integer.class)
            .single()
        > 0;
  }

  /** One appointment. */
  public Optional<Appointment> appointment(
      ClinicId clinic, ConnectionId connection, EmrRef appointment) {
    return jdbc.sql(
            "SELECT body, source FROM records_appointments WHERE tenant_id = ? AND connection_id = ? AND id = ?")
        .params(clinic.value(), connection.value(), appointment.id().value())
        .query(
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), Appointment.class))
        .optional();
  }

  /** An appointment as its EMR has it, without what we leave out of every copy; JSON. */
  public Optional<String> appointmentSource(ClinicId clinic, ConnectionId connection, String id) {
    return jdbc.sql(
            "SELECT source FROM records_appointments WHERE tenant_id = ? AND connection_id = ? AND id = ?")
        .params(clinic.value(), connection.value(), id)
        .query(String.class)
        .optional();
  }

  /** Which of these patients we hold. */
  public Set<EmrId> known(ClinicId clinic, ConnectionId connection, Collection<EmrId> ids) {
    return Set.copyOf(
        jdbc.sql(
                "SELECT id FROM records_patients WHERE tenant_id = ? AND connection_id = ? AND id = ANY (?)")
            .params(
                clinic.value(),
                connection.value(),
                ids.stream().map(EmrId::value).toArray(String[]::new))
            .query((row, number) -> new EmrId(row.getString(1)))
            .list());
  }

  /** One patient. */
  public Optional<Patient> patient(ClinicId clinic, ConnectionId connection, EmrId id) {
    return jdbc.sql(
            "SELECT body, source FROM records_patients WHERE tenant_id = ? AND connection_id = ? AND id = ?")
        .params(clinic.value(), connection.value(), id.value())
        .query(
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), Patient.class))
        .optional();
  }

  /** A patient and whose EMR knows it. */
  public record Known(ConnectionId connection, Patient patient) {}

  /**
   * Patients of any connection that stand and have one of these last names, whatever its case,
   * accents and punctuation. A lookup, not a proof: callers compare the rest.
   */
  public List<Known> withLastName(ClinicId clinic, Collection<@Nullable String> names) {
    String[] keys =
        names.stream()
            .map(NameKey::of)
            .filter(key -> !key.isEmpty())
            .distinct()
            .toArray(String[]::new);
    return jdbc.sql(
            "SELECT connection_id, body, source FROM records_patients WHERE tenant_id = ? AND last_name_key = ANY (?)"
                + " AND removed_at IS NULL AND merged_into IS NULL ORDER BY connection_id, id")
        .params(clinic.value(), keys)
        .query(
            (row, number) ->
                new Known(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    RecordJson.read(row.getString("body"), row.getString("source"), Patient.class)))
        .list();
  }

  /**
   * A page of a connection's patients in id order, after the given id; empty text starts at the
   * beginning.
   */
  public List<Patient> patients(ClinicId clinic, ConnectionId connection, String after, int limit) {
    return jdbc.sql(
            "SELECT body, source FROM records_patients WHERE tenant_id = ? AND connection_id = ? AND id > ? ORDER BY id LIMIT ?")
        .params(clinic.value(), connection.value(), after, limit)
        .query(
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), Patient.class))
        .list();
  }

  /**
   * A page of a connection's patient ids in id order, after the given one; empty text starts at the
   * beginning.
   */
  public List<EmrId> patientIds(ClinicId clinic, ConnectionId connection, String after, int limit) {
    return jdbc.sql(
            "SELECT id FROM records_patients WHERE tenant_id = ? AND connection_id = ? AND id > ? ORDER BY id LIMIT ?")
        .params(clinic.value(), connection.value(), after, limit)
        .query((row, number) -> new EmrId(row.getString(1)))
        .list();
  }

  /** How many records of a kind stand, removed ones left out. */
  public int count(ClinicId clinic, ConnectionId connection, RecordKind kind) {
    return jdbc.sql(
            "SELECT count(*) FROM "
                + RecordTable.of(kind).name()
                + " WHERE tenant_id = ? AND connection_id = ? AND removed_at IS NULL")
        .params(clinic.value(), connection.value())
        .query(Integer.class)
        .single();
  }

  /** How many appointments that stand start within a range. */
  public int countStarting(ClinicId clinic, ConnectionId connection, TimeRange range) {
    return jdbc.sql(
            "SELECT count(*) FROM records_appointments WHERE tenant_id = ? AND connection_id = ? AND removed_at IS NULL"
                + " AND starts_at >= ? AND starts_at < ?")
        .params(
            clinic.value(),
            connection.value(),
            range.from().atOffset(ZoneOffset.UTC),
            range.to().atOffset(ZoneOffset.UTC))
        .query(Integer.class)
        .single();
  }

  /**
   * An appointment in a practitioner's diary.
   *
   * @param booking what all participants of a class share; null for an individual appointment
   * @param treatment null where the EMR does not say
   */
  public record DiaryEntry(
      String id, @Nullable String booking, @Nullable String treatment, Instant startsAt) {}

  /**
   * What of a practitioner's diary starts within a range and takes place or did: what was cancelled
   * or removed, holds, and what is not understood are left out.
   */
  public List<DiaryEntry> diary(
      ClinicId clinic, ConnectionId connection, EmrRef practitioner, TimeRange range) {
    return jdbc.sql(
            "SELECT id, body ->> 'booking' AS booking, treatment_id, starts_at FROM records_appointments"
                + " WHERE tenant_id = ? AND connection_id = ? AND practitioner_id = ? AND removed_at IS NULL"
                + " AND starts_at >= ? AND starts_at < ? AND status IN ('BOOKED', 'CONFIRMED', 'ARRIVED', 'NO_SHOW')")
        .params(
            clinic.value(),
            connection.value(),
            practitioner.id().value(),
            range.from().atOffset(ZoneOffset.UTC),
            range.to().atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                new DiaryEntry(
                    row.getString("id"),
                    row.getString("booking"),
                    row.getString("treatment_id"),
                    row.getObject("starts_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  /** Records of a kind that stand and are not among these ids. */
  public List<EmrRef> standingBut(
      ClinicId clinic, ConnectionId connection, RecordKind kind, Collection<String> ids) {
    return jdbc.sql(
            "SELECT r.id FROM "
                + RecordTable.of(kind).name()
                + " r WHERE r.tenant_id = ? AND r.connection_id = ? AND r.removed_at IS NULL"
                + " AND NOT EXISTS (SELECT FROM unnest(?::text[]) AS met (id) WHERE met.id = r.id) ORDER BY r.id")
        .params(clinic.value(), connection.value(), ids.toArray(String[]::new))
        .query((row, number) -> EmrRef.of(kind, row.getString(1)))
        .list();
  }

  private <T extends EmrRecord> Map<EmrId, List<T>> byPatient(
      ClinicId clinic, ConnectionId connection, RecordTable<T> table, String[] ids) {
    Map<EmrId, List<T>> grouped = new HashMap<>();
    jdbc.sql(
            "SELECT body, source FROM "
                + table.name()
                + " WHERE tenant_id = ? AND connection_id = ? AND patient_id = ANY (?)")
        .params(clinic.value(), connection.value(), ids)
        .query(
            (row, number) ->
                RecordJson.read(row.getString("body"), row.getString("source"), table.type()))
        .list()
        .forEach(
            record -> {
              EmrRef patient = table.patientOf().apply(record);
              if (patient != null) {
                grouped.computeIfAbsent(patient.id(), id -> new ArrayList<>()).add(record);
              }
            });
    return grouped;
  }
}
