/**
 * What all connectors do alike on the wire: one call with its quota and errors, one entry read with
 * its doubts, one page with its rejects. Knows no vendor.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi"})
@NullMarked
package io.clinicsync.emr.wire;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
