/**
 * Whose data this is: callers, clinic and organisation scope, and the transactions that bind them
 * to row-level security.
 */
@ApplicationModule(allowedDependencies = {"canonical"})
@NullMarked
package io.clinicsync.tenancy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
