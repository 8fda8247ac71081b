/** From facts to GoHighLevel: field maps, field pack, readiness and pushes. */
@ApplicationModule(
    allowedDependencies = {
      "tenancy",
      "canonical",
      "clinics",
      "records",
      "people",
      "insights",
      "ghl"
    })
@NullMarked
package io.clinicsync.crm;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
