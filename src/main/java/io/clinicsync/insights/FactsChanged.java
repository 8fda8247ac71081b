package io.clinicsync.insights;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;
import java.util.List;

/**
 * Facts of these patients changed. Published within the transaction that stores them, so that a
 * listener can queue what follows from it in the same transaction.
 */
public record FactsChanged(
    ClinicId clinic, ConnectionId connection, List<EmrId> patients, Cause cause) {

  public FactsChanged {
    patients = List.copyOf(patients);
  }
}
