/** Pages and answers about field maps. */
@NullMarked
package io.clinicsync.crm.web;

import org.jspecify.annotations.NullMarked;
