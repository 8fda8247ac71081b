package io.clinicsync.people;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;

/**
 * A person, or a merge in the EMR, changed who a patient is. Published within the transaction that
 * stores it.
 */
public record LinkDecided(ClinicId clinic, ConnectionId connection, EmrId patient) {}
