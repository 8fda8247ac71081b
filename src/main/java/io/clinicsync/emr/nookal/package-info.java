/**
 * Nookal, read through its API v2 and, where a clinic adds a v3 client, through GraphQL for what
 * only v3 tells: when and how something was paid.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.nookal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
