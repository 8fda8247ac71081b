/** Finds the connector of an EMR and what it is capable of. */
@ApplicationModule(allowedDependencies = {"canonical"})
@NullMarked
package io.clinicsync.emr;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
