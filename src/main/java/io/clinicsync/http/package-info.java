/**
 * The one outgoing HTTP client: deadlines, byte caps, known hosts, permits, breakers, read retries
 * and redaction.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.clinicsync.http;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
