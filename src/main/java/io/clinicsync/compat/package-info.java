/**
 * The shapes and paths others already use, translated onto the rest; no decisions of its own. Each
 * EMR's documented payload is rendered here.
 */
@ApplicationModule(
    allowedDependencies = {
      "tenancy",
      "canonical",
      "clinics",
      "records",
      "insights",
      "crm",
      "booking",
      "bridge",
      "emr :: spi"
    })
@NullMarked
package io.clinicsync.compat;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
