/** Where workflows of GoHighLevel call without a key. */
@NullMarked
package io.clinicsync.bridge.web;

import org.jspecify.annotations.NullMarked;
