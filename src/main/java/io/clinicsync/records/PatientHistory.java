package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import java.util.List;

/**
 * Everything we hold about one patient of one connection; removed and cancelled records included.
 */
public record PatientHistory(
    Patient patient,
    List<Appointment> appointments,
    List<Invoice> invoices,
    List<Payment> payments,
    List<Purchase> purchases) {}
