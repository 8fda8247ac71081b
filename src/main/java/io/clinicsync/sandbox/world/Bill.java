package io.clinicsync.sandbox.world;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * An invoice.
 *
 * @param visit index of the visit it is for; -1 when it is for goods only
 * @param issued in the site's zone
 * @param closedAt when it was paid or voided
 */
public record Bill(
    int person,
    int visit,
    int worker,
    int site,
    int service,
    int number,
    LocalDate issued,
    BigDecimal amount,
    BigDecimal tax,
    State state,
    @Nullable Instant closedAt,
    @Nullable Instant archivedAt,
    Instant createdAt,
    Instant updatedAt) {

  /** Where the bill stands. */
  public enum State {
    OPEN,
    PAID,
    VOID,
    CREDITED
  }
}
