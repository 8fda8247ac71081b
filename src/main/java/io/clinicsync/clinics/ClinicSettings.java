package io.clinicsync.clinics;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a clinic decides for itself. Stored as JSON; a missing key takes its default, so a new
 * setting needs no migration.
 *
 * @param household how people sharing a phone or e-mail become contacts [ID-4]
 * @param marketingWithoutConsent whether an unknown marketing consent counts as a yes [CO-2]
 * @param pack which field pack is installed and written [CF-1]
 * @param approvedClasses field classes beyond the default ones that a named approver released
 *     [PR-1]
 * @param recreateDeletedContacts whether a contact a user deleted is made again (once); else a
 *     person is asked [ID-6]
 * @param reminderLeadMinutes how long before an appointment its reminder time lies
 * @param lateCancelHours a cancellation this close to the start is late [TR-3]
 * @param atRiskDays a last visit longer ago than this without a next one is at risk
 * @param lapsedDays longer ago than this: lapsed
 * @param lostDays longer ago than this: lost
 * @param approval null where no class beyond the default ones is released
 * @param dayCounters also derive and write what changes every day, such as the days since a visit
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ClinicSettings(
    Household household,
    boolean marketingWithoutConsent,
    Pack pack,
    Set<String> approvedClasses,
    boolean recreateDeletedContacts,
    int reminderLeadMinutes,
    int lateCancelHours,
    int atRiskDays,
    int lapsedDays,
    int lostDays,
    @Nullable Approval approval,
    boolean dayCounters) {

  /**
   * Who released field classes beyond the default ones, and why [PR-1].
   *
   * @param approver a person of the clinic
   */
  public record Approval(String approver, String reason) {}

  public ClinicSettings {
    household = household == null ? Household.SEPARATE : household;
    pack = pack == null ? Pack.STANDARD : pack;
    approvedClasses = approvedClasses == null ? Set.of() : Set.copyOf(approvedClasses);
    reminderLeadMinutes = reminderLeadMinutes == 0 ? 30 : reminderLeadMinutes;
    lateCancelHours = lateCancelHours == 0 ? 24 : lateCancelHours;
    atRiskDays = atRiskDays == 0 ? 14 : atRiskDays;
    lapsedDays = lapsedDays == 0 ? 90 : lapsedDays;
    lostDays = lostDays == 0 ? 365 : lostDays;
    if (!(atRiskDays < lapsedDays && lapsedDays < lostDays)) {
      throw new IllegalArgumentException("at_risk, lapsed and lost days must rise");
    }
  }

  /** What a new clinic starts with. */
  public static ClinicSettings defaults() {
    return new ClinicSettings(
        Household.SEPARATE,
        false,
        Pack.STANDARD,
        Set.of(),
        false,
        30,
        24,
        14,
        90,
        365,
        null,
        false);
  }

  /** How people who share a phone or e-mail become contacts. */
  public enum Household {
    SEPARATE,
    GUARDIAN,
    PRIMARY_ONLY
  }

  /** How many fields are installed. */
  public enum Pack {
    MINIMAL,
    STANDARD,
    FULL
  }
}
