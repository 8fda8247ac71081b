package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Patient;

/** Reads patients. */
public non-sealed interface PatientSource extends RecordSource<Patient> {}
