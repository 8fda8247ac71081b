package io.clinicsync.canonical;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time that can be booked.
 *
 * @param seatsLeft for classes; null for an exclusive appointment
 */
public record Slot(
    Instant startsAt,
    Instant endsAt,
    EmrRef practitioner,
    EmrRef treatment,
    EmrRef site,
    @Nullable EmrRef room,
    @Nullable Integer seatsLeft) {}
