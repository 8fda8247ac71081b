/**
 * Files clinics hand over where an EMR cannot be called: takes them in, keeps what they tell record
 * by record, and gives it back to the EMR's connector.
 */
@ApplicationModule(
    allowedDependencies = {"tenancy", "vault", "canonical", "clinics", "sync", "emr", "emr :: spi"})
@NullMarked
package io.clinicsync.imports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
