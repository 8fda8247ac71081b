/** From the EMR into records: leases, windows, checkpoints, backfill and reconciliation. */
@ApplicationModule(
    allowedDependencies = {"tenancy", "canonical", "clinics", "records", "emr", "emr :: spi"})
@NullMarked
package io.clinicsync.sync;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
