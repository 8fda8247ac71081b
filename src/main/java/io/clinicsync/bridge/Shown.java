package io.clinicsync.bridge;

import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What GoHighLevel shows of an appointment.
 *
 * @param state see {@link GhlStates}
 * @param calendar which it is in; null when it is not said, or the appointment is gone
 * @param location the sub-account that shows it; null when none does
 */
record Shown(String state, @Nullable String calendar, @Nullable String location) {

  /** What a sub-account was just read to show. */
  static Shown of(GhlAccount account, Optional<GhlEvent> event) {
    return new Shown(
        GhlStates.of(event),
        event.map(GhlEvent::calendarId).orElse(null),
        event.isPresent() ? account.locationId() : null);
  }

  /** GoHighLevel itself said that it is, or was, in this sub-account. */
  Shown in(String location) {
    return new Shown(state, calendar, location);
  }
}
