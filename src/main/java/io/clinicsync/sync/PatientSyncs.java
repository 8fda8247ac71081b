package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
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
  private final Clinics clinics;
  private final Connections connections;
  private final Connectors connectors;
  private final PatientRecords held;
  private final Records records;
  private final Clock clock;

  PatientSyncs(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Connectors connectors,
      PatientRecords held,
      Records records,
      Clock clock) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.connectors = connectors;
    this.held = held;
    this.records = records;
    this.clock = clock;
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
    Duration lateNotice = Duration.ofHours(clinics.require(clinic).settings().lateCancelHours());
    Result result =
        connectors
            .capability(connection.emr(), account, PatientSource.class)
            .map(
                source ->
                    reRead(
                        connection,
                        account,
                        source,
                        List.of(new EmrRef(RecordKind.PATIENT, patient)),
                        lateNotice))
            .orElse(new Result(0, 0, 0, 0));
    Result more =
        connectors
            .capability(connection.emr(), account, AppointmentSource.class)
            .map(source -> reRead(connection, account, source, appointments, lateNotice))
            .orElse(new Result(0, 0, 0, 0));
    return Optional.of(
        new Result(
            result.read() + more.read(),
            result.created() + more.created(),
            result.updated() + more.updated(),
            result.removed() + more.removed()));
  }

  private <T extends EmrRecord> Result reRead(
      Connection connection,
      EmrAccount account,
      RecordSource<T> source,
      List<EmrRef> refs,
      Duration lateNotice) {
    List<T> found = new ArrayList<>();
    List<EmrRef> gone = new ArrayList<>();
    for (EmrRef ref : refs) {
      source.get(account, ref).ifPresentOrElse(found::add, () -> gone.add(ref));
    }
    return tenancy.inClinic(
        connection.clinic(),
        () -> {
          Records.Stored stored =
              records.store(
                  connection.clinic(), connection.id(), found, Records.Mode.LIVE, lateNotice);
          int removed =
              records.remove(
                  connection.clinic(),
                  connection.id(),
                  gone,
                  clock.instant(),
                  Records.Mode.LIVE,
                  lateNotice);
          return new Result(refs.size(), stored.created(), stored.updated(), removed);
        });
  }
}
