/** ClinicSync: the operating layer between clinics' practice software and GoHighLevel. */
@NullMarked
package io.clinicsync;

import org.jspecify.annotations.NullMarked;
