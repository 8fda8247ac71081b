/** Facts about a patient, derived from records by a pure function of data and clock. */
@ApplicationModule(allowedDependencies = {"tenancy", "canonical", "clinics", "records"})
@NullMarked
package io.clinicsync.insights;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
