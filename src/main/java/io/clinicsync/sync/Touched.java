package io.clinicsync.sync;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Patients whose appointments or money changed during a run. Thread-safe. */
final class Touched {

  private final Set<EmrRef> patients = ConcurrentHashMap.newKeySet();

  /** Notes the patients of these changed records. */
  void by(Collection<? extends EmrRecord> changed) {
    for (EmrRecord record : changed) {
      EmrRef patient = patientOf(record);
      if (patient != null) {
        patients.add(patient);
      }
    }
  }

  private static @Nullable EmrRef patientOf(EmrRecord record) {
    return switch (record) {
      case Patient patient -> null; // just read
      case Appointment appointment -> appointment.patient();
      case Invoice invoice -> invoice.patient();
      case Payment payment -> payment.patient();
      case Purchase purchase -> purchase.patient();
    };
  }

  List<EmrRef> patients() {
    return List.copyOf(patients);
  }
}
