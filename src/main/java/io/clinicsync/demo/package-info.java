/**
 * Profile {@code local}: the developer's database, the demo organisation, its clinics and keys, and
 * the closing block.
 */
@ApplicationModule
@NullMarked
package io.clinicsync.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
