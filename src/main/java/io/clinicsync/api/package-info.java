/**
 * The operator's API: set up and operate clinics, see what is wrong, and read what we hold. Nothing
 * uses it.
 */
@ApplicationModule(
    allowedDependencies = {
      "tenancy",
      "canonical",
      "vault",
      "http",
      "ghl",
      "emr",
      "emr :: spi",
      "clinics",
      "access",
      "records",
      "sync",
      "imports",
      "insights",
      "people",
      "crm",
      "compat",
      "booking",
      "bridge"
    })
@NullMarked
package io.clinicsync.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
