package io.clinicsync.sandbox.world;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One patient's appointment. Indices point into the world's lists.
 *
 * @param arrived true came, false did not come, null nobody said (or it was undone)
 * @param cancelReason 10 feeling better, 20 worse, 30 sick, 40 away, 50 other, 60 work; 0 when not
 *     cancelled
 */
public record Visit(
    int person,
    int worker,
    int site,
    int service,
    Instant start,
    Instant end,
    @Nullable Boolean arrived,
    @Nullable Instant arrivalNotedAt,
    @Nullable Instant cancelledAt,
    int cancelReason,
    @Nullable Instant archivedAt,
    @Nullable Instant deletedAt,
    @Nullable String note,
    Instant createdAt,
    Instant updatedAt) {}
