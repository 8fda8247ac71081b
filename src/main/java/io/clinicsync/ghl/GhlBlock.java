package io.clinicsync.ghl;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A blocked time: nobody is booked into it. {@code toString} shows the id only, since a person may
 * have written anything into the title.
 *
 * @param calendarId null for one that blocks a user in all their calendars
 * @param deleted removed, and listed all the same
 */
public record GhlBlock(
    String id,
    @Nullable String calendarId,
    @Nullable String title,
    Instant startsAt,
    Instant endsAt,
    boolean deleted) {

  @Override
  public String toString() {
    return "GhlBlock[" + id + "]";
  }
}
