/**
 * Practice Better, read through its public API.
 *
 * <p>Its document ({@code api-docs.practicebetter.io/swagger.json}) was not at hand when this was
 * written; what is assumed stands in {@code docs/connectors.md}.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.practicebetter;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
