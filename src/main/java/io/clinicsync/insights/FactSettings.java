package io.clinicsync.insights;

import io.clinicsync.canonical.EmrRef;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;

/**
 * What a clinic decides about its facts.
 *
 * @param zone the clinic's zone: days, months and texts of appointments whose site has no zone
 * @param locale how dates are written for people
 * @param currency ISO 4217; amounts in another currency are left out of sums
 * @param moneyBasis what counts as collected
 * @param thresholds when a patient is at risk, lapsed, lost
 * @param thresholdsByTreatment other thresholds for patients whose last visit was this treatment
 * @param reminderLead how long before the start a reminder is due
 * @param cancellationNotice a cancellation later than this before the start is late
 * @param dayCounters also derive counters that change every day
 */
public record FactSettings(
    ZoneId zone,
    Locale locale,
    String currency,
    MoneyBasis moneyBasis,
    Thresholds thresholds,
    Map<EmrRef, Thresholds> thresholdsByTreatment,
    Duration reminderLead,
    Duration cancellationNotice,
    boolean dayCounters) {

  public FactSettings {
    thresholdsByTreatment = Map.copyOf(thresholdsByTreatment);
  }

  /**
   * The defaults for a clinic: 14, 90 and 365 days, reminder 30 minutes before, 24 hours' notice,
   * no day counters.
   */
  public static FactSettings defaults(
      ZoneId zone, Locale locale, String currency, MoneyBasis moneyBasis) {
    return new FactSettings(
        zone,
        locale,
        currency,
        moneyBasis,
        Thresholds.DEFAULT,
        Map.of(),
        Duration.ofMinutes(30),
        Duration.ofHours(24),
        false);
  }

  /** The same with another basis of money. */
  public FactSettings with(MoneyBasis other) {
    return new FactSettings(
        zone,
        locale,
        currency,
        other,
        thresholds,
        thresholdsByTreatment,
        reminderLead,
        cancellationNotice,
        dayCounters);
  }

  /** What counts as collected money. */
  public enum MoneyBasis {
    /** Payments by anybody, less refunds. */
    PAYMENTS,
    /**
     * What invoices say was paid of them, else the totals of those settled in full; for an EMR
     * without payments.
     */
    PAID_INVOICES,
    /** The EMR gives no money; every amount is unknown. */
    NONE
  }

  /**
   * Days since the last visit, in clinic days, each bound included in the better state.
   *
   * @param atRisk active up to this many days
   * @param lapsed at risk up to this many days
   * @param lost lapsed up to this many days
   */
  public record Thresholds(int atRisk, int lapsed, int lost) {

    /** 14, 90 and 365 days. */
    public static final Thresholds DEFAULT = new Thresholds(14, 90, 365);

    public Thresholds {
      if (atRisk < 0 || atRisk > lapsed || lapsed > lost) {
        throw new IllegalArgumentException("Thresholds rise: at risk, lapsed, lost");
      }
    }
  }
}
