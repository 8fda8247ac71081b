package io.clinicsync.insights;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Patient;
import io.clinicsync.insights.FactSettings.Thresholds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the patient stands, and when that changes by the clock. */
final class Retention {

  private final Patient patient;
  private final Diary diary;
  private final FactSettings settings;
  private final ClinicDays days;
  private final Instant now;

  Retention(Patient patient, Diary diary, FactSettings settings, ClinicDays days, Instant now) {
    this.patient = patient;
    this.diary = diary;
    this.settings = settings;
    this.days = days;
    this.now = now;
  }

  RetentionStatus status() {
    if (patient.standing().deceased()) {
      return RetentionStatus.DECEASED;
    }
    if (patient.standing().discharged()) {
      return RetentionStatus.DISCHARGED;
    }
    if (patient.removedAt() != null || patient.mergedInto() != null) {
      return RetentionStatus.ARCHIVED;
    }
    if (diary.all == 0) {
      return RetentionStatus.PROSPECT;
    }
    Appointment lastVisit = diary.lastVisit();
    if (lastVisit == null) {
      return diary.next != null ? RetentionStatus.NEW_BOOKED : RetentionStatus.NEVER_ATTENDED;
    }
    return diary.next != null ? RetentionStatus.ACTIVE_REBOOKED : byDays(lastVisit);
  }

  private RetentionStatus byDays(Appointment lastVisit) {
    Thresholds thresholds = thresholds(lastVisit);
    long since = days.daysSince(lastVisit.startsAt(), now);
    if (since <= thresholds.atRisk()) {
      return RetentionStatus.ACTIVE;
    }
    if (since <= thresholds.lapsed()) {
      return RetentionStatus.AT_RISK;
    }
    return since <= thresholds.lost() ? RetentionStatus.LAPSED : RetentionStatus.LOST;
  }

  static boolean isActive(RetentionStatus status) {
    return switch (status) {
      case NEW_BOOKED, ACTIVE_REBOOKED, ACTIVE, AT_RISK -> true;
      case DECEASED, DISCHARGED, ARCHIVED, PROSPECT, NEVER_ATTENDED, LAPSED, LOST -> false;
    };
  }

  /**
   * The latest visit that came after more than the lapsed days without one; null when there was
   * none.
   */
  @Nullable Appointment reactivation() {
    for (int index = diary.visits.size() - 1; index > 0; index--) {
      Appointment before = diary.visits.get(index - 1);
      Appointment visit = diary.visits.get(index);
      long gap =
          ChronoUnit.DAYS.between(days.dateOf(before.startsAt()), days.dateOf(visit.startsAt()));
      if (gap > thresholds(before).lapsed()) {
        return visit;
      }
    }
    return null;
  }

  /** Moments after which a day count passes a threshold. */
  List<Instant> turns() {
    List<Instant> result = new ArrayList<>();
    Appointment lastVisit = diary.lastVisit();
    if (lastVisit != null) {
      Thresholds thresholds = thresholds(lastVisit);
      for (int bound : new int[] {thresholds.atRisk(), thresholds.lapsed(), thresholds.lost()}) {
        result.add(days.rollOver(days.dateOf(lastVisit.startsAt()).plusDays(bound + 1L)));
      }
      if (settings.dayCounters()) {
        result.add(days.rollOver(days.stateDate(now).plusDays(1)));
        // A visit that began between midnight and 03:00 counts as zero days for longer than one
        // night.
        result.add(days.rollOver(days.stateDate(now).plusDays(2)));
      }
    }
    return result;
  }

  private Thresholds thresholds(Appointment visit) {
    if (visit.treatment() == null) {
      return settings.thresholds();
    }
    return settings.thresholdsByTreatment().getOrDefault(visit.treatment(), settings.thresholds());
  }
}
