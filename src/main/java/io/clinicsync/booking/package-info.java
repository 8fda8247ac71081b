/**
 * Books, moves and cancels appointments in the EMR: one intent gives at most one live appointment,
 * and nothing is called booked before the EMR confirms it.
 */
@ApplicationModule(
    allowedDependencies = {
      "tenancy",
      "canonical",
      "clinics",
      "records",
      "people",
      "emr",
      "emr :: spi"
    })
@NullMarked
package io.clinicsync.booking;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
