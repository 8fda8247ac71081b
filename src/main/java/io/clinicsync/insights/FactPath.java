package io.clinicsync.insights;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every fact we derive, under a name that never changes: field maps and stored facts refer to it.
 * Beside these there is {@code extras.<name>} for what only one EMR has.
 */
public enum FactPath {
  PATIENT_ID("patient.id", FactType.TEXT),
  PATIENT_TITLE("patient.title", FactType.TEXT),
  PATIENT_FIRST_NAME("patient.firstName", FactType.TEXT),
  PATIENT_LAST_NAME("patient.lastName", FactType.TEXT),
  PATIENT_PREFERRED_NAME("patient.preferredName", FactType.TEXT),
  PATIENT_FULL_NAME("patient.fullName", FactType.TEXT),
  PATIENT_BIRTH_DATE("patient.birthDate", FactType.DAY),
  PATIENT_GENDER("patient.gender", FactType.TEXT),
  PATIENT_EMAIL("patient.email", FactType.TEXT),
  /** As typed, mobile before home before work before other, never fax. */
  PATIENT_PHONE("patient.phone", FactType.TEXT),
  PATIENT_PHONE_MOBILE("patient.phoneMobile", FactType.TEXT),
  PATIENT_PHONE_HOME("patient.phoneHome", FactType.TEXT),
  PATIENT_PHONE_WORK("patient.phoneWork", FactType.TEXT),
  PATIENT_ADDRESS("patient.address", FactType.TEXT),
  PATIENT_CITY("patient.city", FactType.TEXT),
  PATIENT_STATE("patient.state", FactType.TEXT),
  PATIENT_POST_CODE("patient.postCode", FactType.TEXT),
  PATIENT_COUNTRY("patient.country", FactType.TEXT),
  PATIENT_REFERRAL_SOURCE("patient.referralSource", FactType.TEXT),
  PATIENT_CREATED_AT("patient.createdAt", FactType.MOMENT),
  PATIENT_ARCHIVED_AT("patient.archivedAt", FactType.MOMENT),
  PATIENT_MERGED_INTO("patient.mergedInto", FactType.TEXT),
  PATIENT_DECEASED("patient.deceased", FactType.BOOL),
  PATIENT_DISCHARGED("patient.discharged", FactType.BOOL),
  CONSENT_EMAIL_MARKETING("consent.emailMarketing", FactType.BOOL),
  CONSENT_SMS_MARKETING("consent.smsMarketing", FactType.BOOL),
  CONSENT_EMAIL_SERVICE("consent.emailService", FactType.BOOL),
  CONSENT_SMS_SERVICE("consent.smsService", FactType.BOOL),
  CONSENT_PRIVACY_POLICY("consent.privacyPolicy", FactType.BOOL),

  UPCOMING_ID("upcoming.id", FactType.TEXT),
  UPCOMING_STARTS_AT("upcoming.startsAt", FactType.MOMENT),
  UPCOMING_ENDS_AT("upcoming.endsAt", FactType.MOMENT),
  UPCOMING_TEXT("upcoming.text", FactType.TEXT),
  UPCOMING_REMINDER_AT("upcoming.reminderAt", FactType.MOMENT),
  UPCOMING_PRACTITIONER_NAME("upcoming.practitionerName", FactType.TEXT),
  UPCOMING_SITE_NAME("upcoming.siteName", FactType.TEXT),
  UPCOMING_NAME("upcoming.name", FactType.TEXT),
  UPCOMING_TYPE("upcoming.type", FactType.TEXT),
  UPCOMING_CANCELLED_AT("upcoming.cancelledAt", FactType.MOMENT),
  UPCOMING_CANCELLATION_REASON("upcoming.cancellationReason", FactType.TEXT),

  LAST_ID("last.id", FactType.TEXT),
  LAST_STARTS_AT("last.startsAt", FactType.MOMENT),
  LAST_TEXT("last.text", FactType.TEXT),
  LAST_PRACTITIONER_NAME("last.practitionerName", FactType.TEXT),
  LAST_SITE_NAME("last.siteName", FactType.TEXT),
  LAST_NAME("last.name", FactType.TEXT),
  LAST_TYPE("last.type", FactType.TEXT),
  LAST_CANCELLED_AT("last.cancelledAt", FactType.MOMENT),
  LAST_CANCELLATION_REASON("last.cancellationReason", FactType.TEXT),
  LAST_DID_NOT_ARRIVE("last.didNotArrive", FactType.BOOL),

  FIRST_VISIT_AT("firstVisit.startsAt", FactType.MOMENT),
  FIRST_VISIT_TEXT("firstVisit.text", FactType.TEXT),
  FIRST_VISIT_PRACTITIONER_NAME("firstVisit.practitionerName", FactType.TEXT),
  FIRST_VISIT_TREATMENT_NAME("firstVisit.treatmentName", FactType.TEXT),
  FIRST_VISIT_SITE_NAME("firstVisit.siteName", FactType.TEXT),
  LAST_VISIT_AT("lastVisit.startsAt", FactType.MOMENT),
  LAST_VISIT_TEXT("lastVisit.text", FactType.TEXT),
  LAST_VISIT_PRACTITIONER_NAME("lastVisit.practitionerName", FactType.TEXT),
  LAST_VISIT_TREATMENT_NAME("lastVisit.treatmentName", FactType.TEXT),
  LAST_VISIT_SITE_NAME("lastVisit.siteName", FactType.TEXT),
  NEXT_VISIT_AT("nextVisit.startsAt", FactType.MOMENT),
  NEXT_VISIT_TEXT("nextVisit.text", FactType.TEXT),
  NEXT_VISIT_PRACTITIONER_NAME("nextVisit.practitionerName", FactType.TEXT),
  NEXT_VISIT_TREATMENT_NAME("nextVisit.treatmentName", FactType.TEXT),
  NEXT_VISIT_SITE_NAME("nextVisit.siteName", FactType.TEXT),

  /** Not cancelled, not archived, begun. */
  TOTAL_APPOINTMENTS("totals.appointments", FactType.NUMBER),
  /** Everything not archived, past and future, cancelled included. */
  TOTAL_ALL("totals.allAppointments", FactType.NUMBER),
  TOTAL_UPCOMING("totals.upcoming", FactType.NUMBER),
  TOTAL_VISITS("totals.visits", FactType.NUMBER),
  TOTAL_ARRIVED("totals.arrived", FactType.NUMBER),
  TOTAL_NO_SHOWS("totals.noShows", FactType.NUMBER),
  TOTAL_CANCELLED("totals.cancelled", FactType.NUMBER),
  TOTAL_LATE_CANCELLED("totals.lateCancelled", FactType.NUMBER),
  TOTAL_RESCHEDULED("totals.rescheduled", FactType.NUMBER),
  TOTAL_BOOKED("totals.booked", FactType.NUMBER),

  MONEY_SPENT("money.spent", FactType.MONEY),
  MONEY_SPENT_THIS_MONTH("money.spentThisMonth", FactType.MONEY),
  MONEY_PAID_BY_PATIENT("money.paidByPatient", FactType.MONEY),
  MONEY_PAID_BY_THIRD_PARTY("money.paidByThirdParty", FactType.MONEY),
  MONEY_OWED("money.owed", FactType.MONEY),
  MONEY_OWED_BY_PATIENT("money.owedByPatient", FactType.MONEY),
  MONEY_OWED_BY_THIRD_PARTY("money.owedByThirdParty", FactType.MONEY),

  PACKAGE_NAME("package.name", FactType.TEXT),
  PACKAGE_REMAINING("package.remaining", FactType.NUMBER),
  PACKAGE_EXPIRES_ON("package.expiresOn", FactType.DAY),

  RETENTION_STATUS("retention.status", FactType.TEXT),
  RETENTION_ACTIVE("retention.active", FactType.BOOL),
  RETENTION_REACTIVATED_AT("retention.reactivatedAt", FactType.MOMENT),
  /** Only when the clinic asked for day counters: it changes every day. */
  RETENTION_DAYS_SINCE_LAST_VISIT("retention.daysSinceLastVisit", FactType.NUMBER),

  LAST_EVENT_NAME("lastEvent.name", FactType.TEXT),
  LAST_EVENT_AT("lastEvent.at", FactType.MOMENT),

  /** When our copy was last known to be complete; never causes a change. */
  DATA_AS_OF("meta.dataAsOf", FactType.MOMENT),
  /** When we last changed the contact; filled in while writing, never causes a change. */
  CONTACT_CHANGED_AT("meta.contactChangedAt", FactType.MOMENT);

  private static final String EXTRAS = "extras.";
  private static final String META = "meta.";
  private static final Map<String, FactPath> BY_PATH =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(FactPath::path, Function.identity()));

  private final String path;
  private final FactType type;

  FactPath(String path, FactType type) {
    this.path = path;
    this.type = type;
  }

  public String path() {
    return path;
  }

  public FactType type() {
    return type;
  }

  /** The type a path holds; empty when there is no such path. Extras are text. */
  public static Optional<FactType> typeOf(String path) {
    if (path.startsWith(EXTRAS) && path.length() > EXTRAS.length()) {
      return Optional.of(FactType.TEXT);
    }
    return Optional.ofNullable(BY_PATH.get(path)).map(FactPath::type);
  }

  /** True for what travels along with other changes and never causes one. */
  public static boolean travelsAlong(String path) {
    return path.startsWith(META);
  }

  static String extra(String name) {
    return EXTRAS + name;
  }
}
