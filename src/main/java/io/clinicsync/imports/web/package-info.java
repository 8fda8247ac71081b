/** Where clinics' own software drops files. */
@NullMarked
package io.clinicsync.imports.web;

import org.jspecify.annotations.NullMarked;
