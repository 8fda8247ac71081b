/** The contract every EMR connector fulfils; see docs/connectors.md for who can do what. */
@NamedInterface("spi")
@NullMarked
package io.clinicsync.emr.spi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
