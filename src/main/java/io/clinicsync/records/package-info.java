/**
 * Our versioned copy of each EMR thing, the transitions seen on it, and the markers that say whose
 * facts are due.
 */
@ApplicationModule(allowedDependencies = {"tenancy", "canonical", "clinics"})
@NullMarked
package io.clinicsync.records;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
