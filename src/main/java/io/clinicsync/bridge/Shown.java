package io.clinicsync.bridge;

import io.clinicsync.ghl.GhlEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What GoHighLevel shows of an appointment.
 *
 * @param state see {@link GhlStates}
 * @param calendar which it is in; null when it is not said, or the appointment is gone
 */
record Shown(String state, @Nullable String calendar) {

  static Shown of(Optional<GhlEvent> event) {
    return new Shown(GhlStates.of(event), event.map(GhlEvent::calendarId).orElse(null));
  }
}
