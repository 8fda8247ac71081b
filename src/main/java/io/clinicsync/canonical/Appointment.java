package io.clinicsync.canonical;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One patient's place in the diary. A class or group counts once per participant, and each
 * participant is one record.
 *
 * @param patient null for a block or a hold without a patient
 * @param endsAt after {@code startsAt}; null where the EMR does not say
 * @param cancelledAt set exactly when {@code status} is CANCELLED and the EMR tells the moment
 * @param cancellationReason the EMR's label, for people to read
 * @param groupName name of the class or group; null for an individual appointment
 * @param booking the diary entry all participants of a class share; null for an individual
 *     appointment
 * @param movedFrom the appointment this one replaced, where the EMR rebooks instead of moving
 * @param bookedAt when it was first booked
 */
public record Appointment(
    EmrRef ref,
    @Nullable Instant changedAt,
    @Nullable Instant removedAt,
    @Nullable EmrRef patient,
    @Nullable EmrRef practitioner,
    @Nullable EmrRef treatment,
    @Nullable EmrRef site,
    @Nullable EmrRef room,
    Instant startsAt,
    @Nullable Instant endsAt,
    Status status,
    @Nullable Instant bookedAt,
    @Nullable Instant cancelledAt,
    @Nullable String cancellationReason,
    @Nullable String groupName,
    @Nullable String booking,
    @Nullable EmrRef movedFrom,
    @Nullable String notes,
    Map<String, String> extras,
    String source)
    implements EmrRecord {

  public Appointment {
    extras = Map.copyOf(extras);
  }

  /** Where an appointment stands. An EMR's unknown word becomes UNKNOWN and is never guessed. */
  public enum Status {
    BOOKED,
    CONFIRMED,
    /** Attended: the patient came. */
    ARRIVED,
    NO_SHOW,
    CANCELLED,
    /** A provisional hold; never a visit and never upcoming [TR-3]. */
    HELD,
    /** A slot that was reserved and let go without ever being booked [TR-3]. */
    NEVER_BOOKED,
    UNKNOWN;

    /** Still expected to take place: booked or confirmed. */
    public boolean isLive() {
      return this == BOOKED || this == CONFIRMED;
    }

    /** Counts as an appointment at all: not a hold, not a never-booked slot. */
    public boolean counts() {
      return this != HELD && this != NEVER_BOOKED;
    }
  }
}
