/**
 * Turns the {@code x-api-key} header into a caller; everything else about a request is somebody
 * else's.
 */
@NullMarked
package io.clinicsync.access.web;

import org.jspecify.annotations.NullMarked;
