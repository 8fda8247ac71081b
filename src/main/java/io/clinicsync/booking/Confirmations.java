package io.clinicsync.booking;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * What the EMR confirmed goes into our records at once, with the attempt's end and the release of
 * its time in one transaction, so that the contact follows within seconds.
 */
@Component
class Confirmations {

  private final Tenancy tenancy;
  private final Records records;
  private final PatientRecords patients;
  private final Clinics clinics;
  private final Attempts attempts;
  private final OtherIds otherIds;
  private final Openings openings;

  Confirmations(
      Tenancy tenancy,
      Records records,
      PatientRecords patients,
      Clinics clinics,
      Attempts attempts,
      OtherIds otherIds,
      Openings openings) {
    this.tenancy = tenancy;
    this.records = records;
    this.patients = patients;
    this.clinics = clinics;
    this.attempts = attempts;
    this.otherIds = otherIds;
    this.openings = openings;
  }

  BookingAnswer confirm(
      Attempt attempt, Appointment appointment, BookingAnswer answer, Trace trace) {
    return confirm(attempt, appointment, List.of(), answer, trace);
  }

  /**
   * What the EMR confirmed.
   *
   * @param besides other appointments that changed with it
   */
  BookingAnswer confirm(
      Attempt attempt,
      Appointment appointment,
      List<Appointment> besides,
      BookingAnswer answer,
      Trace trace) {
    List<Appointment> changed = new ArrayList<>(besides);
    changed.add(appointment);
    trace.step("confirmed", answer.code().word());
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          Duration late =
              Duration.ofHours(clinics.require(attempt.clinic()).settings().lateCancelHours());
          records.store(
              attempt.clinic(), attempt.connection(), changed, Records.Mode.OWN_WRITE, late);
          String id = appointment.ref().id().value();
          String old = attempt.releases();
          String before = old == null ? attempt.appointment() : old;
          otherIds.keep(attempt, id);
          if (before != null) {
            otherIds.moved(attempt, before, id);
          }
          attempts.finish(attempt, answer, trace);
        });
    openings.forget(attempt.connection());
    return answer.of(attempt.id());
  }

  /** A patient the EMR has just registered, or showed us before our own reading met them. */
  void met(Attempt attempt, Patient patient) {
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          records.store(
              attempt.clinic(),
              attempt.connection(),
              List.of(patient),
              Records.Mode.OWN_WRITE,
              Duration.ZERO);
        });
  }

  /** The same, unless we hold the patient already: what a search shows may be less than we have. */
  void metFirst(Attempt attempt, Patient patient) {
    boolean held =
        tenancy.inClinic(
            attempt.clinic(),
            () ->
                !patients
                    .known(attempt.clinic(), attempt.connection(), List.of(patient.ref().id()))
                    .isEmpty());
    if (!held) {
      met(attempt, patient);
    }
  }

  /** Nothing was done, or it was taken back. */
  BookingAnswer end(Attempt attempt, BookingAnswer answer, Trace trace) {
    trace.step("ended", answer.code().word());
    tenancy.inClinic(
        attempt.clinic(),
        () -> {
          BookingAnswer.Entry stands = answer.appointment();
          if (stands != null && answer.code() == Code.ALREADY_BOOKED) {
            otherIds.keep(attempt, stands.id());
          }
          attempts.finish(attempt, answer, trace);
        });
    return answer.of(attempt.id());
  }
}
