/** The controllers of {@code /api/v1}, their problems, limits and documentation. */
@NullMarked
package io.clinicsync.api.web;

import org.jspecify.annotations.NullMarked;
