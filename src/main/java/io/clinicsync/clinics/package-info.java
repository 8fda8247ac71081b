/**
 * Organisations, clinics and connections with their state, credentials, tokens, permits and
 * settings.
 */
@ApplicationModule(
    allowedDependencies = {"tenancy", "vault", "canonical", "http", "ghl", "emr", "emr :: spi"})
@NullMarked
package io.clinicsync.clinics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
