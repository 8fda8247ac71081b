package io.clinicsync.canonical;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Money that moved.
 *
 * @param amount positive; {@code refund} says which way it went
 */
public record Payment(
    EmrRef ref,
    @Nullable Instant changedAt,
    @Nullable Instant removedAt,
    @Nullable EmrRef patient,
    @Nullable EmrRef invoice,
    Money amount,
    boolean refund,
    Payer payer,
    Instant paidAt,
    @Nullable String method,
    Map<String, String> extras,
    String source)
    implements EmrRecord {

  public Payment {
    extras = Map.copyOf(extras);
  }

  /** Who paid. */
  public enum Payer {
    PATIENT,
    THIRD_PARTY
  }
}
