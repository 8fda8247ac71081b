/**
 * PromptEMR, read from the reports its clinics export.
 *
 * <p>Prompt publishes no interface for developers, and its sign-in asks for a person, so nothing of
 * Prompt is ever called. Column names seen in public are few; what is assumed stands in {@code
 * docs/connectors.md}.
 */
@ApplicationModule(allowedDependencies = {"canonical", "http", "emr :: spi", "emr.wire"})
@NullMarked
package io.clinicsync.emr.promptemr;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
