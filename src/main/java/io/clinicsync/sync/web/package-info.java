/** Where vendors' webhooks arrive. */
@NullMarked
package io.clinicsync.sync.web;

import org.jspecify.annotations.NullMarked;
