/** Halaxy, read through its FHIR API with an API key of the practice group. */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.halaxy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
