package io.clinicsync.insights;

import io.clinicsync.canonical.Purchase;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is left of a patient's packages. The one that expires first is the one named. */
final class Packages {

  private static final Comparator<Purchase> BY_EXPIRY =
      Comparator.comparing(
              Purchase::expiresOn, Comparator.nullsLast(Comparator.<LocalDate>naturalOrder()))
          .thenComparing(each -> each.ref().id().value());

  private final List<Instant> turns = new ArrayList<>();
  private @Nullable BigDecimal remaining;
  private @Nullable Purchase first;

  Packages(List<Purchase> purchases, ClinicDays days, Instant now) {
    LocalDate today = days.stateDate(now);
    for (Purchase each : purchases) {
      if (each.type() == Purchase.Type.PACKAGE
          && each.removedAt() == null
          && each.remaining() != null) {
        take(each, each.remaining(), today, days);
      }
    }
  }

  void write(FactsDraft draft) {
    draft.number(FactPath.PACKAGE_REMAINING, remaining);
    if (first != null) {
      draft.text(FactPath.PACKAGE_NAME, first.name());
      draft.day(FactPath.PACKAGE_EXPIRES_ON, first.expiresOn());
    }
  }

  List<Instant> turns() {
    return turns;
  }

  private void take(Purchase each, BigDecimal left, LocalDate today, ClinicDays days) {
    LocalDate expiresOn = each.expiresOn();
    boolean valid = expiresOn == null || !expiresOn.isBefore(today);
    remaining =
        (remaining == null ? BigDecimal.ZERO : remaining).add(valid ? left : BigDecimal.ZERO);
    if (valid && left.signum() > 0) {
      if (first == null || BY_EXPIRY.compare(each, first) < 0) {
        first = each;
      }
      if (expiresOn != null) {
        turns.add(days.rollOver(expiresOn.plusDays(1)));
      }
    }
  }
}
