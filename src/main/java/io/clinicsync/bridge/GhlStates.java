package io.clinicsync.bridge;

import io.clinicsync.ghl.GhlEvent;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of a GoHighLevel appointment matters to an EMR: whether it is meant to be, and when. */
final class GhlStates {

  /** It was removed there for good. */
  static final String GONE = "gone";

  static final String CANCELLED = "cancelled";

  private GhlStates() {}

  static String of(Optional<GhlEvent> event) {
    return event
        .map(
            each -> {
              if (each.deleted()) {
                return GONE;
              }
              return switch (each.status().toLowerCase(java.util.Locale.ROOT)) {
                case "cancelled", "canceled", "invalid" -> CANCELLED;
                case "showed", "noshow" -> "over";
                default -> live(each.startsAt(), each.endsAt());
              };
            })
        .orElse(GONE);
  }

  static String live(Instant startsAt, @Nullable Instant endsAt) {
    return "live " + startsAt + " " + endsAt;
  }

  /** Whether a live appointment takes the whole of a span in its calendar. */
  static boolean covers(String state, Instant from, Instant to) {
    if (!isLive(state)) {
      return false;
    }
    String[] parts = state.split(" ");
    boolean begins = !Instant.parse(parts[1]).isAfter(from);
    // Without an end its calendar decides how long it is.
    return begins && (parts[2].equals("null") || !Instant.parse(parts[2]).isBefore(to));
  }

  static boolean isLive(String state) {
    return state.startsWith("live ");
  }

  /** When a live state starts; null for any other. */
  static @Nullable Instant start(String state) {
    return isLive(state) ? Instant.parse(state.split(" ", 3)[1]) : null;
  }

  /** When a live state ends, or starts where its end is not known; null for any other. */
  static @Nullable Instant end(String state) {
    if (!isLive(state)) {
      return null;
    }
    String[] parts = state.split(" ", 3);
    return Instant.parse(parts[2].equals("null") ? parts[1] : parts[2]);
  }

  static boolean isEnded(String state) {
    return state.equals(GONE) || state.equals(CANCELLED);
  }
}
