/**
 * PtEverywhere, read through its Open API v2.
 *
 * <p>Of its document ({@code openapi.pteverywhere.com/api/v2/swagger.html}) only the opening was at
 * hand; what is assumed stands in {@code docs/connectors.md}.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.pteverywhere;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
