/** API keys and who may sign in; fills the caller of each request. */
@ApplicationModule(allowedDependencies = {"tenancy", "canonical", "vault", "clinics"})
@NullMarked
package io.clinicsync.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
