package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.emr.wire.Entry;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an appointment stands, from its flags and its status word. A no-show that is cancelled
 * later keeps its flag, so cancellation goes first (seen 2026-04); arrival is rarely ticked, so a
 * word of completion or a bill for a visit that is over stands for it.
 */
final class NookalStatus {

  /** Words of writes, of filters, and of v3. */
  private static final Set<String> OPEN = Set.of("Pending", "StdAppt", "Class", "Uninvoiced");

  private static final Set<String> DONE = Set.of("Completed", "Unpaid");

  private NookalStatus() {}

  /**
   * The status.
   *
   * @param over when the appointment ends
   */
  static Appointment.Status of(Entry entry, Instant over, Instant now) {
    String word = entry.text("status");
    if (isSet(entry, "cancelled") || "Cancelled".equals(word)) {
      return Appointment.Status.CANCELLED;
    }
    if (isSet(entry, "DNA") || "DNA".equals(word)) {
      return Appointment.Status.NO_SHOW;
    }
    if (word != null && !OPEN.contains(word) && !DONE.contains(word)) {
      return Appointment.Status.UNKNOWN;
    }
    boolean billed = isSet(entry, "invoiceGenerated") && !over.isAfter(now);
    return isSet(entry, "arrived") || isDone(word) || billed
        ? Appointment.Status.ARRIVED
        : Appointment.Status.BOOKED;
  }

  private static boolean isDone(@Nullable String word) {
    return word != null && DONE.contains(word);
  }

  private static boolean isSet(Entry entry, String member) {
    return Boolean.TRUE.equals(entry.flag(member));
  }
}
