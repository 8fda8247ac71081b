package io.clinicsync.ghl;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An appointment in a calendar. {@code toString} shows ids only.
 *
 * @param status the vendor's word: new, confirmed, cancelled, showed, noshow, invalid, and newer
 *     ones
 * @param createdBySource what made it, for example {@code booking_widget}; never proves our own
 *     echo
 * @param deleted removed for good rather than cancelled
 * @param changedAt when the vendor says it was made or last changed; null when it does not say
 */
public record GhlEvent(
    String id,
    @Nullable String calendarId,
    @Nullable String locationId,
    @Nullable String contactId,
    String status,
    Instant startsAt,
    @Nullable Instant endsAt,
    @Nullable String title,
    @Nullable String assignedUserId,
    @Nullable String createdBySource,
    boolean deleted,
    @Nullable Instant changedAt) {

  @Override
  public String toString() {
    return "GhlEvent[" + id + ", contact " + contactId + ", " + status + "]";
  }

  /** Whether it is of this sub-account, as far as it says of which it is. */
  public boolean isOf(GhlAccount account) {
    return locationId == null || locationId.equals(account.locationId());
  }
}
