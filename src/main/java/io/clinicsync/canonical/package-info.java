/**
 * The shared words of the product as records: what a patient, an appointment or an invoice is,
 * whatever EMR it came from.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.clinicsync.canonical;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
