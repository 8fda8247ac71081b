/**
 * An invented clinic: who works there, who comes, what was booked and billed; the same for the same
 * seed.
 */
@NamedInterface("world")
@NullMarked
package io.clinicsync.sandbox.world;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
