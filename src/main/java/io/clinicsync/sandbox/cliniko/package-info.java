/**
 * Cliniko, simulated: accounts, keys, records, filters, availability and the edits its staff would
 * make.
 */
@NamedInterface("cliniko")
@NullMarked
package io.clinicsync.sandbox.cliniko;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
