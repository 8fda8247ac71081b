package io.clinicsync.sandbox.world;

import java.math.BigDecimal;

/**
 * What can be booked.
 *
 * @param seats above one for a class
 */
public record Service(
    String name,
    String category,
    int minutes,
    int seats,
    BigDecimal price,
    boolean archived,
    boolean online) {}
