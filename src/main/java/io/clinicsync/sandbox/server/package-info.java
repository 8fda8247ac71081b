/**
 * The sandbox's own small HTTP/1.1 server, its fault switches, sliding quotas and operation log.
 */
@NamedInterface("server")
@NullMarked
package io.clinicsync.sandbox.server;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
