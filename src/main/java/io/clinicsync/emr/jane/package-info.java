/**
 * Jane, read through its Developer Platform or, where a clinic authorises it in writing, through
 * the session of a staff user in the clinic's own web application.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.jane;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
