package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What we know ourselves of a booking, read in one transaction before the EMR is asked anything:
 * each of its own would be three more ways to the database and back, while a caller waits.
 */
@Component
class OnHand {

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final Catalogues catalogues;
  private final Policies policies;
  private final PatientFinder patients;
  private final PatientRecords records;

  OnHand(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      Catalogues catalogues,
      Policies policies,
      PatientFinder patients,
      PatientRecords records) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.catalogues = catalogues;
    this.policies = policies;
    this.patients = patients;
    this.records = records;
  }

  /**
   * What was read.
   *
   * @param catalogue empty before the EMR's was read
   * @param policies by treatment; see {@link Policies#all}
   * @param country of the clinic, for phones without country code
   * @param candidates whom our copy has by this id or last name
   * @param had appointments of the one among them who is meant; null while that is uncertain
   */
  record Read(
      Connections.Sealed sealed,
      Optional<Catalogue> catalogue,
      Map<String, BookingPolicy> policies,
      String country,
      List<Patient> candidates,
      @Nullable Had had) {

    /** The appointments our copy has of this patient, where they were read. */
    Optional<List<Appointment>> of(Patient patient) {
      return Optional.ofNullable(had)
          .filter(each -> each.patient().equals(patient.ref().id()))
          .map(Had::appointments);
    }
  }

  /** A patient's appointments. */
  record Had(EmrId patient, List<Appointment> appointments) {}

  Read read(Connection connection, Who who) {
    return tenancy.inClinic(
        connection.clinic(),
        () -> {
          String country = clinics.require(connection.clinic()).country();
          List<Patient> candidates = patients.ours(connection.clinic(), connection.id(), who);
          return new Read(
              connections.sealed(connection),
              catalogues.find(connection.clinic(), connection.id()),
              policies.all(connection.clinic(), connection.id()),
              country,
              candidates,
              patients
                  .sure(candidates, who, country)
                  .map(each -> had(connection, each))
                  .orElse(null));
        });
  }

  private Had had(Connection connection, Patient patient) {
    EmrId id = patient.ref().id();
    return new Had(id, records.appointments(connection.clinic(), connection.id(), id));
  }
}
