package io.clinicsync.canonical;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One EMR record in our words, as read at one moment. Immutable. */
public sealed interface EmrRecord permits Patient, Appointment, Invoice, Payment, Purchase {

  EmrRef ref();

  /** The vendor's own change time of this version; null where the EMR has none. Never our clock. */
  @Nullable Instant changedAt();

  /** When the EMR says the record went away (archived or deleted); null while it stands. */
  @Nullable Instant removedAt();

  /**
   * What only this EMR has and a field map uses, by {@code extras.<name>} path; values are plain
   * text.
   */
  Map<String, String> extras();

  /** The EMR's own object as JSON, trimmed of clinical text and identifiers nobody mapped. */
  String source();
}
