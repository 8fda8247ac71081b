/**
 * The vendors, simulated over real HTTP with state, honest quotas, an operation log and fault
 * switches.
 */
@ApplicationModule(allowedDependencies = {"canonical"})
@NullMarked
package io.clinicsync.sandbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
