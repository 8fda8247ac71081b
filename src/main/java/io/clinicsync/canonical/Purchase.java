package io.clinicsync.canonical;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something bought other than a visit: a package, a product, a membership.
 *
 * @param remaining units left of a package; null where it has none
 * @param expiresOn clinic-local date after which it is void
 */
public record Purchase(
    EmrRef ref,
    @Nullable Instant changedAt,
    @Nullable Instant removedAt,
    @Nullable EmrRef patient,
    Type type,
    String name,
    Money price,
    @Nullable Instant purchasedAt,
    @Nullable LocalDate expiresOn,
    @Nullable BigDecimal remaining,
    Map<String, String> extras,
    String source)
    implements EmrRecord {

  public Purchase {
    extras = Map.copyOf(extras);
  }

  /** What was bought. */
  public enum Type {
    PACKAGE,
    PRODUCT,
    MEMBERSHIP
  }
}
