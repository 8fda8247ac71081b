package io.clinicsync.emr.cliniko;

import io.clinicsync.emr.spi.WriteAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Our sign in the notes of what we booked, since Cliniko knows no key that would make a repeated
 * request harmless. Staff can read it there, and may remove it.
 */
record ClinikoMarker(String text) {

  private static final Pattern ANY = Pattern.compile("\\[cs:[A-Za-z0-9-]+]");

  /** Cliniko's clock and ours may differ by this much. */
  private static final Duration SKEW = Duration.ofMinutes(2);

  static ClinikoMarker of(WriteAttempt attempt) {
    return new ClinikoMarker("[cs:" + attempt.key() + "]");
  }

  /** Whether an attempt may have made a row that bears no sign any more: it is young enough. */
  static boolean mayBe(ClinikoEntry row, WriteAttempt attempt) {
    if (ANY.matcher(row.json().path("notes").asText("")).find()) {
      return false;
    }
    Instant earliest = attempt.begunAt().minus(SKEW);
    return row.time("created_at").filter(made -> !made.isBefore(earliest)).isPresent();
  }

  /** The note with the sign behind it; a sign that somebody wrote into the note is taken out. */
  String behind(@Nullable String note) {
    String clean = note == null ? "" : ANY.matcher(note).replaceAll("").strip();
    return clean.isEmpty() ? text : clean + " " + text;
  }

  boolean isIn(ClinikoEntry row) {
    return row.json().path("notes").asText("").contains(text);
  }
}
