package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.WriteAttempt;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far an attempt to book came, as its note says: a hold was asked for, or there is one under
 * this id and it may have been booked.
 *
 * @param id Jane's number of the hold, which stays that of the appointment; null before it is known
 * @param since when it was noted, by our clock
 */
record JaneAnchor(@Nullable String id, Instant since) {

  /** Jane's clock and ours may differ by this much. */
  private static final Duration SKEW = Duration.ofMinutes(2);

  private static final String ASKED = "asked ";
  private static final String HELD = "held ";

  void leaveWith(WriteAttempt attempt) {
    attempt.note((id == null ? ASKED : HELD + id + " ") + since);
  }

  /** Empty for an attempt that sent nothing yet. */
  static Optional<JaneAnchor> of(WriteAttempt attempt) {
    return attempt.note().flatMap(JaneAnchor::of);
  }

  private static Optional<JaneAnchor> of(String note) {
    try {
      if (note.startsWith(ASKED)) {
        return Optional.of(new JaneAnchor(null, Instant.parse(note.substring(ASKED.length()))));
      }
      String[] parts = note.split(" ");
      return note.startsWith(HELD) && parts.length == 3
          ? Optional.of(new JaneAnchor(parts[1], Instant.parse(parts[2])))
          : Optional.empty();
    } catch (DateTimeException notOurs) {
      return Optional.empty();
    }
  }

  /** Whether what changed then can be this attempt's. */
  boolean mayBeOf(Instant changed) {
    return !changed.isBefore(since.minus(SKEW));
  }
}
