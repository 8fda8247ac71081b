/** Which patient is which contact: links, households, consent and the review queue. */
@ApplicationModule(allowedDependencies = {"tenancy", "canonical", "clinics", "records", "ghl"})
@NullMarked
package io.clinicsync.people;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
