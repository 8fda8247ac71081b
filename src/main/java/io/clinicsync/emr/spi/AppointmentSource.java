package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Appointment;

/** Reads appointments. */
public non-sealed interface AppointmentSource extends RecordSource<Appointment> {}
