/** Benchmarks against the simulated vendors in a process of their own; see docs/benchmarks.md. */
@NullMarked
package io.clinicsync.bench;

import org.jspecify.annotations.NullMarked;
