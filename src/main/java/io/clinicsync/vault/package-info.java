/** Authenticated encryption of secrets under per-owner keys wrapped by a rotating master key. */
@ApplicationModule(allowedDependencies = {"tenancy", "canonical"})
@NullMarked
package io.clinicsync.vault;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
