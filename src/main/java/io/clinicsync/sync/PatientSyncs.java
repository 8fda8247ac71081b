package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Reads one patient and the appointments we know of them again, while somebody waits. */
@Component
public class PatientSyncs {

  /** One person waiting must not use up the clinic's quota. */
  private static final int APPOINTMENTS_AT_MOST = 20;

  private final Tenancy tenancy;
  private final Connections connections;
  private final Connectors connectors;
  private final PatientRecords held;
  private final SingleReads reads;

  PatientSyncs(
      Tenancy tenancy,
      Connections connections,
      Connectors connectors,
      PatientRecords held,
      SingleReads reads) {
    this.tenancy = tenancy;
    this.connections = connections;
    this.connectors = connectors;
    this.held = held;
    this.reads = reads;
  }

  /** What re-reading came to. */
  public record Result(int read, int created, int updated, int removed) {}

  /**
   * Re-reads a patient we hold.
   *
   * @return empty when we hold no such patient of this connection
   * @throws io.clinicsync.emr.spi.EmrException as the EMR fails
   */
  public Optional<Result> sync(Connection connection, EmrId patient) {
    ClinicId clinic = connection.clinic();
    ConnectionId id = connection.id();
    List<EmrRef> appointments =
        tenancy.inClinic(clinic, () -> held.histories(clinic, id, List.of(patient))).stream()
            .findFirst()
            .map(
                history ->
                    history.appointments().stream()
                        .sorted(
                            Comparator.comparing(io.clinicsync.canonical.Appointment::startsAt)
                                .reversed())
                        .limit(APPOINTMENTS_AT_MOST)
                        .map(EmrRecord::ref)
                        .toList())
            .orElse(null);
    if (appointments == null) {
      return Optional.empty();
    }
    EmrAccount account = connections.account(clinic, id, Urgency.BOOKING);
    List<EmrRef> person = List.of(new EmrRef(RecordKind.PATIENT, patient));
    SingleReads.Result all =
        connectors
            .capability(connection.emr(), account, PatientSource.class)
            .map(source -> reads.one(connection, account, source, person))
            .orElse(SingleReads.Result.NOTHING)
            .plus(
                connectors
                    .capability(connection.emr(), account, AppointmentSource.class)
                    .map(source -> reads.one(connection, account, source, appointments))
                    .orElse(SingleReads.Result.NOTHING));
    return Optional.of(new Result(all.read(), all.created(), all.updated(), all.removed()));
  }
}
