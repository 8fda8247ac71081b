package io.clinicsync.sync;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.PurchaseSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.SourceFacts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Leaves out of a source's pages what is not active, and counts it. */
final class ActiveOnly {

  private ActiveOnly() {}

  static RecordSource<?> of(RecordSource<?> source, AtomicInteger skipped) {
    return switch (source) {
      case PatientSource patients -> new Patients(patients, skipped);
      case AppointmentSource appointments -> new Appointments(appointments, skipped);
      case InvoiceSource invoices -> new Invoices(invoices, skipped);
      case PaymentSource payments -> new Payments(payments, skipped);
      case PurchaseSource purchases -> new Purchases(purchases, skipped);
    };
  }

  static boolean isActive(EmrRecord record) {
    if (record.removedAt() != null) {
      return false;
    }
    return !(record instanceof Patient patient)
        || !(patient.standing().deceased() || patient.standing().discharged());
  }

  private static <T extends EmrRecord> Page<T> filter(Page<T> page, AtomicInteger skipped) {
    List<T> active = page.records().stream().filter(ActiveOnly::isActive).toList();
    skipped.addAndGet(page.records().size() - active.size() + page.removed().size());
    return new Page<>(
        active, List.of(), page.rejected(), page.next(), page.changedUpTo(), page.vendorNow());
  }

  private record Patients(PatientSource of, AtomicInteger skipped) implements PatientSource {
    @Override
    public SourceFacts facts() {
      return of.facts();
    }

    @Override
    public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
      return filter(of.read(account, window, cursor), skipped);
    }

    @Override
    public Optional<Patient> get(EmrAccount account, EmrRef ref) {
      return of.get(account, ref);
    }
  }

  private record Appointments(AppointmentSource of, AtomicInteger skipped)
      implements AppointmentSource {
    @Override
    public SourceFacts facts() {
      return of.facts();
    }

    @Override
    public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
      return filter(of.read(account, window, cursor), skipped);
    }

    @Override
    public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
      return of.get(account, ref);
    }
  }

  private record Invoices(InvoiceSource of, AtomicInteger skipped) implements InvoiceSource {
    @Override
    public SourceFacts facts() {
      return of.facts();
    }

    @Override
    public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
      return filter(of.read(account, window, cursor), skipped);
    }

    @Override
    public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
      return of.get(account, ref);
    }
  }

  private record Payments(PaymentSource of, AtomicInteger skipped) implements PaymentSource {
    @Override
    public SourceFacts facts() {
      return of.facts();
    }

    @Override
    public Page<Payment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
      return filter(of.read(account, window, cursor), skipped);
    }

    @Override
    public Optional<Payment> get(EmrAccount account, EmrRef ref) {
      return of.get(account, ref);
    }
  }

  private record Purchases(PurchaseSource of, AtomicInteger skipped) implements PurchaseSource {
    @Override
    public SourceFacts facts() {
      return of.facts();
    }

    @Override
    public Page<Purchase> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
      return filter(of.read(account, window, cursor), skipped);
    }

    @Override
    public Optional<Purchase> get(EmrAccount account, EmrRef ref) {
      return of.get(account, ref);
    }
  }
}
