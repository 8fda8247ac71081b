package io.clinicsync.sandbox.world;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A class with its seats. */
public record Session(
    int worker,
    int site,
    int service,
    Instant start,
    Instant end,
    List<Seat> seats,
    @Nullable Instant archivedAt,
    Instant createdAt,
    Instant updatedAt) {

  /** One patient's place in the class. */
  public record Seat(
      int person,
      @Nullable Boolean arrived,
      @Nullable Instant cancelledAt,
      int cancelReason,
      Instant createdAt,
      Instant updatedAt) {}
}
