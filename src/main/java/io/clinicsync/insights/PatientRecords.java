package io.clinicsync.insights;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything we hold of one patient of one connection, each record once, in any order, removed ones
 * included.
 *
 * @param movedInPlace appointments whose start was changed by the EMR without a new record, known
 *     from transitions
 * @param asOf when this copy was last known to be complete; null before the first complete run
 */
public record PatientRecords(
    Patient patient,
    List<Appointment> appointments,
    List<Invoice> invoices,
    List<Payment> payments,
    List<Purchase> purchases,
    Set<EmrRef> movedInPlace,
    @Nullable Instant asOf) {

  public PatientRecords {
    appointments = List.copyOf(appointments);
    invoices = List.copyOf(invoices);
    payments = List.copyOf(payments);
    purchases = List.copyOf(purchases);
    movedInPlace = Set.copyOf(movedInPlace);
  }

  @Override
  public String toString() {
    return "PatientRecords[" + patient.ref() + ", " + appointments.size() + " appointments]";
  }
}
