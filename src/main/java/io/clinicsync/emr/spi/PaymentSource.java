package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Payment;

/** Reads payments. */
public non-sealed interface PaymentSource extends RecordSource<Payment> {}
