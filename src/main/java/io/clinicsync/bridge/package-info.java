/**
 * GoHighLevel's appointments and ours: what its workflows send, how it writes times and leaves
 * fields unfilled. Whatever comes without a key is believed only once GoHighLevel itself confirms
 * it. The other way, the EMR's taken times are blocked in its calendars.
 */
@ApplicationModule(
    allowedDependencies = {
      "tenancy",
      "canonical",
      "clinics",
      "records",
      "people",
      "booking",
      "ghl",
      "emr :: spi"
    })
@NullMarked
package io.clinicsync.bridge;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
