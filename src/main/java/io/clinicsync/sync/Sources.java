package io.clinicsync.sync;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.PurchaseSource;
import io.clinicsync.emr.spi.RecordSource;

/** Which records a source gives. */
final class Sources {

  private Sources() {}

  static RecordKind kindOf(RecordSource<?> source) {
    return switch (source) {
      case PatientSource patients -> RecordKind.PATIENT;
      case AppointmentSource appointments -> RecordKind.APPOINTMENT;
      case InvoiceSource invoices -> RecordKind.INVOICE;
      case PaymentSource payments -> RecordKind.PAYMENT;
      case PurchaseSource purchases -> RecordKind.PURCHASE;
    };
  }
}
