package io.clinicsync.emr.jane;

import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.emr.wire.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What an appointment's state and moments say together. Jane keeps the word where it was while a
 * moment is added, and an abandoned provisional one is only archived.
 */
final class JaneState {

  private JaneState() {}

  static Status of(Entry entry) {
    String word = entry.text("state");
    Status known = word(word, entry);
    if (known == null) {
      return Status.UNKNOWN;
    }
    boolean placed = known != Status.NEVER_BOOKED && known != Status.HELD;
    if (placed && cancelled(entry)) {
      return Status.CANCELLED;
    }
    return placed && entry.has("no_show_at") ? Status.NO_SHOW : known;
  }

  private static boolean cancelled(Entry entry) {
    return entry.has("cancelled_at") || Boolean.TRUE.equals(entry.flag("cancelled"));
  }

  /** Null for a word we do not know. */
  private static @Nullable Status word(@Nullable String word, Entry entry) {
    return switch (word) {
      case "reserved" -> entry.has("archived_at") ? Status.NEVER_BOOKED : Status.HELD;
      case "booked" -> Status.BOOKED;
      case "arrived" -> Status.ARRIVED;
      case "no_show" -> Status.NO_SHOW;
      case "cancelled" -> Status.CANCELLED;
      case "never_booked" -> Status.NEVER_BOOKED;
      case "archived" -> archived(entry);
      case null, default -> null;
    };
  }

  private static Status archived(Entry entry) {
    if (!entry.has("booked_at")) {
      return Status.NEVER_BOOKED;
    }
    return entry.has("arrived_at") ? Status.ARRIVED : Status.BOOKED;
  }
}
