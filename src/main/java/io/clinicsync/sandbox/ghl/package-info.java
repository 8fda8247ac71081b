/** GoHighLevel, simulated: agency, locations, tokens, contacts, custom fields and calendars. */
@NamedInterface("ghl")
@NullMarked
package io.clinicsync.sandbox.ghl;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
