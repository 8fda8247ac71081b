package io.clinicsync.emr.wire;

import io.clinicsync.emr.spi.WriteAttempt;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Our sign in the notes of what we booked, for EMRs that know no key which would make a repeated
 * request harmless. Staff can read it there, and may remove it. Plain ASCII.
 */
public record BookingMark(String text) {

  private static final Pattern ANY = Pattern.compile("\\[cs:[A-Za-z0-9-]+]");

  /** A vendor's clock and ours may differ by this much. */
  public static final Duration SKEW = Duration.ofMinutes(2);

  /** The sign of an attempt; the same for every try of it. */
  public static BookingMark of(WriteAttempt attempt) {
    return new BookingMark("[cs:" + attempt.key() + "]");
  }

  /** Leaves the sign and the moment with the attempt, before anything is sent. */
  public void noteWith(WriteAttempt attempt, Instant now) {
    attempt.note(text + " " + now);
  }

  /** When an attempt was sent, by what was noted; empty when nothing of ours was. */
  public static Optional<Instant> sentAt(WriteAttempt attempt) {
    return attempt.note().flatMap(BookingMark::moment);
  }

  private static Optional<Instant> moment(String note) {
    try {
      return Optional.of(Instant.parse(note.substring(note.lastIndexOf(' ') + 1)));
    } catch (DateTimeException notOurs) {
      return Optional.empty();
    }
  }

  /** The note with the sign behind it; a sign that somebody wrote into the note is taken out. */
  public String behind(@Nullable String note) {
    String clean = note == null ? "" : ANY.matcher(note).replaceAll("").strip();
    return clean.isEmpty() ? text : clean + " " + text;
  }

  /** Whether the notes of an entry bear this sign. */
  public boolean isIn(@Nullable String notes) {
    return notes != null && notes.contains(text);
  }

  /** Whether the notes of an entry bear the sign of any attempt. */
  public static boolean isAnyIn(@Nullable String notes) {
    return notes != null && ANY.matcher(notes).find();
  }
}
