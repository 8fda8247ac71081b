/** Cliniko, read and written through its public API v1. */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi"})
@NullMarked
package io.clinicsync.emr.cliniko;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
