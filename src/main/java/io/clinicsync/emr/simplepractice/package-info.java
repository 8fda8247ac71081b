/**
 * SimplePractice, read through the session of a team member in the practice's own web application,
 * where the practice authorises it in writing. The vendor has no public interface.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.simplepractice;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
