package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import java.time.Instant;

/** The same record, gone from the EMR. */
final class Removal {

  private Removal() {}

  static EmrRecord of(EmrRecord record, Instant when) {
    return switch (record) {
      case Patient p ->
          new Patient(
              p.ref(),
              p.changedAt(),
              when,
              p.createdAt(),
              p.name(),
              p.birthDate(),
              p.gender(),
              p.email(),
              p.phones(),
              p.address(),
              p.consent(),
              p.standing(),
              p.mergedInto(),
              p.referralSource(),
              p.extras(),
              p.source());
      case Appointment a ->
          new Appointment(
              a.ref(),
              a.changedAt(),
              when,
              a.patient(),
              a.practitioner(),
              a.treatment(),
              a.site(),
              a.room(),
              a.startsAt(),
              a.endsAt(),
              a.status(),
              a.bookedAt(),
              a.cancelledAt(),
              a.cancellationReason(),
              a.groupName(),
              a.booking(),
              a.movedFrom(),
              a.notes(),
              a.extras(),
              a.source());
      case Invoice i ->
          new Invoice(
              i.ref(),
              i.changedAt(),
              when,
              i.patient(),
              i.practitioner(),
              i.appointment(),
              i.number(),
              i.issuedOn(),
              i.status(),
              i.total(),
              i.tax(),
              i.owedByPatient(),
              i.owedByThirdParty(),
              i.paidByPatient(),
              i.paidByThirdParty(),
              i.settledAt(),
              i.extras(),
              i.source());
      case Payment p ->
          new Payment(
              p.ref(),
              p.changedAt(),
              when,
              p.patient(),
              p.invoice(),
              p.amount(),
              p.refund(),
              p.payer(),
              p.paidAt(),
              p.method(),
              p.extras(),
              p.source());
      case Purchase p ->
          new Purchase(
              p.ref(),
              p.changedAt(),
              when,
              p.patient(),
              p.type(),
              p.name(),
              p.price(),
              p.purchasedAt(),
              p.expiresOn(),
              p.remaining(),
              p.extras(),
              p.source());
    };
  }
}
