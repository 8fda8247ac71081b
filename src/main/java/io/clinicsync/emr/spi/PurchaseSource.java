package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Purchase;

/** Reads purchases. */
public non-sealed interface PurchaseSource extends RecordSource<Purchase> {}
