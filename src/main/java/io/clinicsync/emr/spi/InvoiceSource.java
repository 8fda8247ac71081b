package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Invoice;

/** Reads invoices. */
public non-sealed interface InvoiceSource extends RecordSource<Invoice> {}
