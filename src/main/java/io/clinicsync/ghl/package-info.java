/** The GoHighLevel client, and the ports through which clinics lends it credentials and permits. */
@ApplicationModule(allowedDependencies = {"http"})
@NullMarked
package io.clinicsync.ghl;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
