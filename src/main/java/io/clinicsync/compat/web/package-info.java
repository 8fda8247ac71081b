/**
 * The paths and bodies existing workflows and agents call, EMR by EMR; each call is translated onto
 * {@code booking}, which decides.
 */
@NullMarked
package io.clinicsync.compat.web;

import org.jspecify.annotations.NullMarked;
