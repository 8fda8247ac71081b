package io.clinicsync.sandbox.world;

import java.time.ZoneId;

/**
 * A place of the clinic with its own zone. {@code archived} ones are still named by old
 * appointments.
 */
public record Site(
    String name,
    String street,
    String city,
    String state,
    String postCode,
    ZoneId zone,
    boolean archived,
    boolean online) {}
