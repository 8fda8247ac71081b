package io.clinicsync.records;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;

/**
 * Patients of a connection were marked due. Wakes whoever computes facts; the markers, not this
 * event, say who is due, so a lost event costs seconds and never data.
 */
public record PatientsTouched(ClinicId clinic, ConnectionId connection, int count, Cause cause) {}
