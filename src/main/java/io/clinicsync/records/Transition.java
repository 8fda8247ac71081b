package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an appointment between two versions of it.
 *
 * @param occurredAt the EMR's moment where it tells one, else the version's change time
 * @param previousStart where it stood before a move; null otherwise
 */
record Transition(
    Type type, Appointment appointment, Instant occurredAt, @Nullable Instant previousStart) {

  /** The kinds of transitions [TR-1]. */
  enum Type {
    BOOKED,
    RESCHEDULED,
    CANCELLED,
    LATE_CANCELLED,
    UNCANCELLED,
    NO_SHOW,
    ATTENDED,
    UNATTENDED,
    ARCHIVED
  }

  /** What we knew of it before. */
  record Before(Status status, Instant startsAt, boolean removed) {}

  /**
   * Compares a new version with what we knew; empty when nothing happened that anybody must hear
   * of. A move is one transition, not a cancel and a booking; holds never cause any [TR-3].
   */
  static Optional<Transition> between(
      @Nullable Before before, Appointment now, Duration lateNotice, Instant detectedAt) {
    Instant changed = now.changedAt() == null ? detectedAt : now.changedAt();
    if (!now.status().counts()) {
      return Optional.empty();
    }
    if (before == null || !before.status().counts()) {
      boolean fresh =
          now.status().isLive() && now.removedAt() == null && now.startsAt().isAfter(detectedAt);
      Instant bookedAt = now.bookedAt() == null ? changed : now.bookedAt();
      return fresh
          ? Optional.of(new Transition(Type.BOOKED, now, bookedAt, null))
          : Optional.empty();
    }
    if (now.removedAt() != null) {
      return before.removed() || !before.status().isLive()
          ? Optional.empty()
          : Optional.of(new Transition(Type.ARCHIVED, now, now.removedAt(), null));
    }
    Optional<Transition> ofStatus =
        before.status() == now.status()
            ? Optional.empty()
            : ofStatus(before.status(), now, changed, lateNotice);
    if (ofStatus.isPresent()) {
      return ofStatus;
    }
    // Also where it was confirmed in the same breath.
    if (now.status().isLive() && !before.startsAt().equals(now.startsAt())) {
      return Optional.of(new Transition(Type.RESCHEDULED, now, changed, before.startsAt()));
    }
    return Optional.empty();
  }

  private static Optional<Transition> ofStatus(
      Status before, Appointment now, Instant changed, Duration lateNotice) {
    return switch (now.status()) {
      case CANCELLED -> {
        Instant cancelledAt = now.cancelledAt() == null ? changed : now.cancelledAt();
        boolean late = cancelledAt.isAfter(now.startsAt().minus(lateNotice));
        yield Optional.of(
            new Transition(late ? Type.LATE_CANCELLED : Type.CANCELLED, now, cancelledAt, null));
      }
      case NO_SHOW -> Optional.of(new Transition(Type.NO_SHOW, now, changed, null));
      case ARRIVED -> Optional.of(new Transition(Type.ATTENDED, now, changed, null));
      case BOOKED, CONFIRMED ->
          switch (before) {
            case ARRIVED, NO_SHOW ->
                Optional.of(new Transition(Type.UNATTENDED, now, changed, null));
            case CANCELLED -> Optional.of(new Transition(Type.UNCANCELLED, now, changed, null));
            default -> Optional.empty();
          };
      case HELD, NEVER_BOOKED, UNKNOWN -> Optional.empty();
    };
  }
}
