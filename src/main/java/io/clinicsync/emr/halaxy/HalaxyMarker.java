package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Our sign in the comments of what we booked, since Halaxy knows no key that would make a repeated
 * request harmless. Staff can read it there, and may remove it; whether a booking's comment is kept
 * at all is not documented.
 */
record HalaxyMarker(String text) {

  /** Halaxy's clock and ours may differ by this much. */
  static final Duration SKEW = Duration.ofMinutes(2);

  private static final Pattern ANY = Pattern.compile("\\[cs:[A-Za-z0-9-]+]");

  static HalaxyMarker of(WriteAttempt attempt) {
    return new HalaxyMarker("[cs:" + attempt.key() + "]");
  }

  /** Leaves the sign and the moment with the attempt, before anything is sent. */
  void noteWith(WriteAttempt attempt, Instant now) {
    attempt.note(text + " " + now);
  }

  /** When an attempt began to send; empty when it sent nothing. */
  static Optional<Instant> sentAt(WriteAttempt attempt) {
    return attempt.note().flatMap(HalaxyMarker::moment);
  }

  private static Optional<Instant> moment(String note) {
    try {
      return Optional.of(Instant.parse(note.substring(note.lastIndexOf(' ') + 1)));
    } catch (DateTimeException notOurs) {
      return Optional.empty();
    }
  }

  /** The note with the sign behind it; a sign that somebody wrote into the note is taken out. */
  String behind(@Nullable String note) {
    String clean = note == null ? "" : ANY.matcher(note).replaceAll("").strip();
    return clean.isEmpty() ? text : clean + " " + text;
  }

  boolean isIn(Entry appointment) {
    return comment(appointment).contains(text);
  }

  /** Whether it bears nobody's sign. */
  static boolean isUnsigned(Entry appointment) {
    return !ANY.matcher(comment(appointment)).find();
  }

  private static String comment(Entry appointment) {
    return appointment.json().path("description").asText("");
  }
}
