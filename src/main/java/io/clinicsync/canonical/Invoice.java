package io.clinicsync.canonical;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bill.
 *
 * @param issuedOn clinic-local date
 * @param total with tax
 * @param owedByPatient still owed by the patient; null where the EMR does not say
 * @param owedByThirdParty still owed by an insurer or other payer; null where the EMR does not say
 * @param paidByPatient paid by the patient so far, less refunds; null where the EMR does not say
 * @param paidByThirdParty paid by an insurer or other payer so far, less refunds; null where the
 *     EMR does not say
 * @param settledAt when it was paid or closed; null while open
 */
public record Invoice(
    EmrRef ref,
    @Nullable Instant changedAt,
    @Nullable Instant removedAt,
    @Nullable EmrRef patient,
    @Nullable EmrRef practitioner,
    @Nullable EmrRef appointment,
    @Nullable String number,
    @Nullable LocalDate issuedOn,
    Status status,
    Money total,
    @Nullable Money tax,
    @Nullable Money owedByPatient,
    @Nullable Money owedByThirdParty,
    @Nullable Money paidByPatient,
    @Nullable Money paidByThirdParty,
    @Nullable Instant settledAt,
    Map<String, String> extras,
    String source)
    implements EmrRecord {

  public Invoice {
    extras = Map.copyOf(extras);
  }

  /** Where an invoice stands. */
  public enum Status {
    OPEN,
    PAID,
    /** Closed without being paid in full (written off); nothing is owed, nothing was earned. */
    CLOSED,
    /** A credit note; never revenue. */
    CREDIT,
    VOID,
    UNKNOWN
  }
}
